// One box in the head of the desk's list checks all rows of the page; Shift with a click checks from
// the row clicked before to this one.
(() => {
  const all = document.querySelector("[data-check-all]");
  if (!all) return;
  const boxes = [...document.querySelectorAll(".action-select")];
  let before = null;

  const tell = () => {
    const checked = boxes.filter((box) => box.checked).length;
    all.checked = checked === boxes.length;
    all.indeterminate = checked > 0 && !all.checked;
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
  for (const box of boxes) {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && before) {
        const [from, to] = [boxes.indexOf(before), boxes.indexOf(box)].sort((a, b) => a - b);
        for (const between of boxes.slice(from, to)) between.checked = box.checked;
        before.checked = box.checked;
      }
      before = box;
    });
    box.addEventListener("change", tell);
  }
  // A browser that comes back to the page keeps what was checked.
  window.addEventListener("pageshow", tell);
  all.hidden = false;
})();
