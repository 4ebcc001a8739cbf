// A variable is put where the cursor was, in the subject or the text; without this it is typed.
const fields = [...document.querySelectorAll("[data-takes]")];
const body = fields.find((field) => field.dataset.takes === "paragraphs");
let last = body;
for (const field of fields) field.addEventListener("focus", () => { last = field; });

for (const code of body ? document.querySelectorAll("[data-variable]") : []) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "variable";
  button.textContent = code.textContent;
  button.setAttribute("aria-label", `Insert ${code.dataset.variable}`);
  button.addEventListener("click", () => {
    // A subject has no paragraphs and leads nowhere.
    const field = code.dataset.fits === "paragraphs" ? body : last;
    field.focus();
    field.setRangeText(code.dataset.variable, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  code.replaceWith(button);
}
