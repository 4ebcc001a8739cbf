// One key for what a button or link of the page does: j k o x a m / ? and g h, g l. Each press lands
// on something that stands there to be pressed. Switched off in the overlay, nothing is listened to.
(() => {
  const dialog = document.querySelector("[data-keys]");
  if (!dialog) return;
  const shelf = "microcreds:keys";
  const button = document.querySelector("[data-keys-open]");
  const isOn = dialog.querySelector("[data-keys-on]");
  const said = document.querySelector("[data-keys-said]");
  const find = (selector) => document.querySelector(selector);
  const list = find("#changelist-form");
  const rows = () => [...document.querySelectorAll("#changelist-form tbody tr[data-ref]")];
  const link = (row) => row.querySelector("th a[href], td a[href]");
  const tick = (row) => row.querySelector("input[type=checkbox]");
  let here = null;
  let goes = 0;

  const current = () => document.activeElement?.closest("tr[data-ref]") ?? here;
  const say = (words) => { said.textContent = words; };
  const press = (element) => element && (element.focus(), element.click(), true);

  const step = (by) => {
    if (!list) return press(find(by > 0 ? "a[rel~=next]" : "a[rel~=prev]"));
    const all = rows();
    const at = all.indexOf(current());
    const to = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
    if (!to) return false;
    here = to;
    link(to).focus();
    to.scrollIntoView({ block: "nearest" });
    return true;
  };
  const act = (name) => {
    const action = list.querySelector(`button[name=action][value=${name}]`);
    if (!action) return false;
    const row = current();
    if (!list.querySelector("tbody input:checked") && row && tick(row)) tick(row).checked = true;
    if (!list.querySelector("tbody input:checked")) {
      say("Choose a proposal first: j goes to the next, x ticks it.");
      return true;
    }
    return press(action);
  };
  const does = {
    j: () => step(1),
    k: () => step(-1),
    o: () => list && current() && press(link(current())),
    x: () => {
      const box = list && current() && tick(current());
      if (!box) return false;
      box.click();
      say(`${current().dataset.ref}: ${box.checked ? "checked" : "not checked"}`);
      return true;
    },
    a: () => (list ? act("assign_to_me") : press(find("[data-key=a]"))),
    m: () => {
      if (list) return act("move_several");
      const first = find(".move-bar a.button");
      first?.focus();
      return Boolean(first);
    },
    "/": () => {
      const search = find("#searchbar");
      if (search) search.select();
      search?.focus();
      return Boolean(search) || (location.assign(`${dialog.dataset.list}#searchbar`), true);
    },
    "?": () => (show(), true),
  };
  const leads = { h: dialog.dataset.home, l: dialog.dataset.list };

  const isTyped = (element) =>
    element.isContentEditable ||
    element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=submit])");
  const hear = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.defaultPrevented || dialog.open || isTyped(event.target)) return;
    const after = event.timeStamp - goes < 1500;
    goes = 0;
    if (after && leads[event.key]) {
      event.preventDefault();
      location.assign(leads[event.key]);
    } else if (event.key === "g") {
      goes = event.timeStamp;
    } else if (Object.hasOwn(does, event.key) && does[event.key]()) {
      event.preventDefault();
    }
  };
  const listen = (on) => {
    document[on ? "addEventListener" : "removeEventListener"]("keydown", hear);
  };
  const show = () => dialog.showModal();
  const kept = () => {
    try {
      return localStorage.getItem(shelf);
    } catch {
      return null; // the browser keeps nothing for sites
    }
  };

  isOn.checked = kept() !== "off";
  listen(isOn.checked);
  isOn.addEventListener("change", () => {
    listen(isOn.checked);
    try {
      localStorage.setItem(shelf, isOn.checked ? "on" : "off");
    } catch { /* then it holds for this page */ }
  });
  if (location.hash === "#searchbar") find("#searchbar")?.focus();
  button.hidden = false;
  button.addEventListener("click", show);
})();
