// Marks a conversation as read once its newest message has been on the screen for a moment. Without
// this script the button beside the number does it.
const PAUSE = 1000;

for (const form of document.querySelectorAll("[data-read-when-seen]")) {
  const newest = document.getElementById(form.dataset.readWhenSeen);
  const said = document.createElement("span");
  said.className = "soft";
  said.setAttribute("role", "status");
  form.after(said);
  let pause;

  const mark = async () => {
    if (document.visibilityState !== "visible") return;
    watch.disconnect();
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Requested-With": "fetch" },
      });
      // Anything else (a lost sign-in, a lost network): the button stays.
      if (answer.status !== 204) return;
    } catch {
      return;
    }
    const hadFocus = form.contains(document.activeElement);
    form.hidden = true;
    said.textContent = "Marked as read";
    if (hadFocus) newest.focus();
  };

  const watch = new IntersectionObserver(([entry]) => {
    clearTimeout(pause);
    if (entry.isIntersecting) pause = setTimeout(mark, PAUSE);
  }, { threshold: 0.5 });
  watch.observe(newest);
}
