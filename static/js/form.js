// Shows a question that depends on another only while it applies, and keeps "none" and "not sure" alone.
const page = document.getElementById("page-form");

const chosen = (name) =>
  [...page.querySelectorAll(`[name="${CSS.escape(name)}"]`)]
    .filter((input) => (input.type === "radio" || input.type === "checkbox" ? input.checked : true))
    .map((input) => input.value);

const apply = () => {
  for (const group of page.querySelectorAll("[data-when]")) {
    const values = group.dataset.values.split(" ");
    const isMet = chosen(group.dataset.when).some((value) => values.includes(value));
    group.toggleAttribute("data-applies", isMet !== group.hasAttribute("data-unless"));
  }
};

page.addEventListener("change", (event) => {
  const { name, value, checked } = event.target;
  const group = event.target.closest("[data-exclusive]");
  if (group && checked) {
    const alone = group.dataset.exclusive.split(" ");
    for (const other of group.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (other !== event.target && (alone.includes(value) || alone.includes(other.value))) other.checked = false;
    }
  }
  apply();
});
page.addEventListener("rows", apply);
apply();
