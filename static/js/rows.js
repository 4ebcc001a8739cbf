// Adds a row without leaving the page; removing is the checkbox in each row, with or without scripts.
for (const rows of document.querySelectorAll("[data-rows]")) {
  const key = rows.dataset.rows;
  const total = rows.querySelector(`[name="${key}-TOTAL_FORMS"]`);
  const button = rows.querySelector('[name="add"]');
  const template = rows.querySelector("template");
  const said = rows.querySelector("[data-said]");
  const max = Number(rows.dataset.max);

  const kept = () =>
    [...rows.querySelectorAll("[data-row]")].filter((row) => !row.querySelector('[name$="-DELETE"]')?.checked).length;

  rows.addEventListener("change", (event) => {
    if (!event.target.name?.endsWith("-DELETE")) return;
    const name = event.target.closest("[data-row]").querySelector("legend").textContent;
    said.textContent = event.target.checked ? `${name} is taken out. Untick to keep it.` : `${name} stays.`;
  });

  button.addEventListener("click", (event) => {
    event.preventDefault();
    const count = kept();
    if (count >= max || Number(total.value) >= 2 * max) {
      said.textContent = `There is room for ${max}.`;
      said.classList.remove("visually-hidden");
      return;
    }
    const index = Number(total.value);
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", index).replaceAll("__number__", index + 1);
    const row = holder.content.querySelector("[data-row]");
    const id = row.querySelector('[name$="-id"]');
    if (id && crypto.randomUUID) id.value = crypto.randomUUID();
    template.before(row);
    total.value = index + 1;
    said.textContent = `${row.querySelector("legend").textContent} added.`;
    row.querySelector("input:not([type=hidden]), select, textarea").focus();
    rows.dispatchEvent(new Event("rows", { bubbles: true }));
  });
}
