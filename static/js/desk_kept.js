// What was typed on the desk's page of a proposal and not saved yet is kept on this computer, and
// brought back: pressing a move, or following any link, loses nothing.
(() => {
  const article = document.querySelector("[data-keeps-for]");
  const account = article.dataset.keepsFor;
  const wasSaved = document.querySelector(".messages .alert-success") !== null;
  let isEnded = false;

  const isTick = (input) => input.type === "checkbox" || input.type === "radio";
  const fieldsOf = (form) =>
    [...form.elements].filter((input) => input.name && !/^(hidden|file|submit|button)$/.test(input.type) && input.tagName !== "BUTTON" && input.tagName !== "FIELDSET");
  const now = (input) => (isTick(input) ? String(input.checked) : input.value);
  const saved = (input) => {
    if (isTick(input)) return String(input.defaultChecked);
    if (input.tagName !== "SELECT") return input.defaultValue;
    return ([...input.options].find((option) => option.defaultSelected) ?? input.options[0])?.value ?? "";
  };
  // Line ends are what the browser makes of them, not what somebody typed.
  const isSame = (one, other) => one.replace(/\r\n/g, "\n") === other.replace(/\r\n/g, "\n");
  const put = (input, value) => {
    if (isTick(input)) input.checked = value === "true";
    else input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };

  for (const form of article.querySelectorAll("form[method=post]")) {
    const fields = fieldsOf(form);
    if (!fields.some((input) => input.tagName === "TEXTAREA" || input.type === "text")) continue;
    // Not form.action: a button called "action" would be it.
    const where = new URL(form.getAttribute("action") ?? "", location.href).pathname;
    const name = `${account}:desk:${where}:${fields[0].name}`;
    const copy = kept.all(name).find((each) => each.name === name);

    const keep = (more = {}) => {
      if (isEnded) return;
      const typed = fields
        .filter((input) => !isSame(now(input), saved(input)))
        .map((input) => [input.id, { is: now(input), was: saved(input) }]);
      if (typed.length) kept.put(name, { typed: Object.fromEntries(typed), ...more });
      else kept.drop(name);
    };

    if (copy?.sent && wasSaved) kept.drop(name);
    else if (copy) {
      const brought = fields.filter((input) => {
        const one = copy.typed[input.id];
        // Somebody saved this field meanwhile: theirs stands.
        if (!one || isSame(one.is, now(input)) || !isSame(one.was, saved(input))) return false;
        put(input, one.is);
        return true;
      });
      if (brought.length) tell(form, brought, copy.at, () => kept.drop(name));
    }
    form.addEventListener("input", () => keep());
    form.addEventListener("submit", () => keep({ sent: true }));
  }

  function tell(form, brought, at, drop) {
    const said = document.createElement("p");
    said.className = "kept-said small soft";
    const words = document.createElement("span");
    words.setAttribute("role", "status");
    const when = new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
    const out = document.createElement("button");
    out.type = "button";
    out.className = "button button-quiet button-small";
    out.textContent = "Leave it out";
    out.addEventListener("click", () => {
      for (const input of brought) put(input, saved(input));
      drop();
      said.remove();
      brought[0].focus();
    });
    said.append(words, out);
    form.append(said);
    words.textContent = `Brought back what you typed here on ${when}. It is not saved yet.`;
    const folded = form.closest("details");
    if (folded) folded.open = true;
  }

  kept.onSignOut(account, () => {
    isEnded = true;
    kept.drop(`${account}:`);
  });
})();
