// Asks every two seconds how far the workbook is, and puts what the page says now in its place.
const EVERY = 2000;

const look = async () => {
  const state = document.getElementById("export-state");
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById("export-state");
    if (now) {
      state.replaceChildren(...now.childNodes);
      state.dataset.state = now.dataset.state;
    }
    if (now && !["waiting", "running"].includes(now.dataset.state)) return;
  } catch {
    // Away for a moment: the next look tells.
  }
  setTimeout(look, EVERY);
};

setTimeout(look, EVERY);
