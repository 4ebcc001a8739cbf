// Answers to points that were typed and not saved yet are kept on this computer, and brought back.
(() => {
  const account = document.querySelector("[data-keeps-for]").dataset.keepsFor;
  let isEnded = false;

  for (const text of document.querySelectorAll("[data-point] textarea")) {
    const name = `${account}:point:${text.closest("[data-point]").dataset.point}:`;
    const said = document.createElement("p");
    said.className = "soft small";
    said.setAttribute("role", "status");
    text.closest("form").append(said);

    const isRefused = text.getAttribute("aria-invalid") === "true";
    const [copy] = kept.all(name);
    if (copy && copy.text.trim() === text.value.trim() && !isRefused) kept.drop(name);
    else if (copy && !isRefused) {
      text.value = copy.text;
      text.dispatchEvent(new Event("input", { bubbles: true }));
      const when = new Date(copy.at).toLocaleString([], { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
      said.textContent = `Brought back what you typed here on ${when}. It is not saved yet.`;
    }
    text.addEventListener("input", () => {
      if (!isEnded) kept.put(name, { text: text.value });
    });
  }
  kept.onSignOut(account, () => {
    isEnded = true;
    kept.drop(`${account}:`);
  });
})();
