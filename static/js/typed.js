// The form as paths with what they hold: "need_statement", "together.origin", "outcomes.<id>.text".
// The same paths as on the server. Other scripts find it as `typed`.
const typed = (() => {
  const form = document.getElementById("page-form");
  const own = /^(csrfmiddlewaretoken|form_version|page_key|sequence|conflict|keep-.*|then|add)$|-(id|TOTAL_FORMS|INITIAL_FORMS|MIN_NUM_FORMS|MAX_NUM_FORMS)$/;

  const idOf = (row) => row.querySelector('[name$="-id"]');
  const pathOf = (input) => {
    if (input.name === "together") return `together.${input.value}`;
    const row = input.closest("[data-row]");
    if (!row) return input.name;
    const id = idOf(row);
    return `${row.closest("[data-rows]").dataset.rows}.${id.value || id.name}.${input.name.slice(id.name.length - 2)}`;
  };
  const inputs = () => [...form.elements].filter((input) => input.name && input.type !== "file" && input.type !== "submit" && !own.test(input.name));
  const isTick = (input) => input.type === "checkbox" || input.type === "radio";

  const read = () => {
    const found = new Map();
    for (const input of inputs()) {
      const path = pathOf(input);
      const values = found.get(path) ?? [];
      if (!isTick(input)) values.push(input.value);
      else if (input.checked) values.push(input.name === "together" ? "on" : input.value);
      found.set(path, values);
    }
    return new Map([...found].map(([path, values]) => [path, JSON.stringify(values)]));
  };
  const at = (path) => inputs().filter((input) => pathOf(input) === path);
  const rowOf = (path) => {
    const [key, id] = path.split(".");
    return [...form.querySelectorAll(`[data-rows="${CSS.escape(key)}"] [data-row]`)].find((row) => idOf(row).value === id);
  };
  const put = (path, values) => {
    const found = at(path);
    for (const input of found) {
      if (isTick(input)) input.checked = (values ?? []).includes(input.name === "together" ? "on" : input.value);
      else input.value = values?.[0] ?? "";
      if (input.checked || !isTick(input)) input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    found[0]?.dispatchEvent(new Event("change", { bubbles: true }));
    return found.length > 0;
  };
  // A row that was kept and is not on the page: added, under the id it had.
  const bringRow = (path) => {
    const [key, id] = path.split(".");
    const rows = form.querySelector(`[data-rows="${CSS.escape(key)}"]`);
    if (!rows || rowOf(path)) return;
    const blank = [...rows.querySelectorAll("[data-row]")].find((row) => !idOf(row).hasAttribute("data-brought") && isBlank(row));
    if (!blank) rows.querySelector('[name="add"]').click();
    const row = blank ?? [...rows.querySelectorAll("[data-row]")].at(-1);
    idOf(row).value = id;
    idOf(row).setAttribute("data-brought", "");
  };
  const isBlank = (row) =>
    !row.querySelector('[name$="-DELETE"]') && [...row.querySelectorAll("input:not([type=hidden], [type=radio], [type=checkbox]), textarea")].every((input) => !input.value);

  return { form, read, put, at, rowOf, bringRow };
})();
