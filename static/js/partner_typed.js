// What a partner types is kept at the university while they type: for them alone, and nothing of it
// on this computer, which may be a shared one. Typing counts as being there, so no long answer
// runs into the end of the session.
(() => {
  const pause = 4000;
  const longest = 30000;

  for (const mark of document.querySelectorAll('form[method="post"] > input[name="whose"]')) {
    const form = mark.form;
    const said = document.createElement("p");
    said.className = "typed-kept small soft";
    let waiting = 0;
    let since = 0;
    let under = null;
    let isSent = false;

    const keep = async () => {
      clearTimeout(waiting);
      waiting = since = 0;
      if (isSent) return;
      const typed = new FormData(form);
      for (const [name, value] of [...typed]) if (value instanceof File) typed.delete(name);
      typed.set("keep", "1");
      under?.abort();
      under = new AbortController();
      try {
        // Not form.action: a button called "action" would be it.
        const answer = await fetch(form.getAttribute("action") ?? location.pathname, {
          method: "POST", body: new URLSearchParams(typed), keepalive: true, signal: under.signal,
        });
        if (!answer.ok || isSent) return;
        const time = new Date().toLocaleTimeString([], { timeStyle: "short", hourCycle: "h23" });
        said.textContent = `What you typed is kept, ${time}. Nobody reads it until you send it.`;
        form.append(said);
      } catch { /* away, or more was typed meanwhile: kept with the next word, or when it is sent */ }
    };
    form.addEventListener("input", () => {
      since ||= Date.now();
      clearTimeout(waiting);
      waiting = setTimeout(keep, Math.min(pause, Math.max(0, since + longest - Date.now())));
    });
    form.addEventListener("submit", () => {
      isSent = true;
      clearTimeout(waiting);
      under?.abort();
    });
    document.addEventListener("visibilitychange", () => {
      if (waiting && document.visibilityState === "hidden") keep();
    });
    addEventListener("pageshow", (event) => {
      if (event.persisted) isSent = false;
    });
  }
})();
