// Shows what looks like the proposal while its title, jobs and outcomes are typed. Without scripts
// the panel says what the saved answers give.
const panel = document.querySelector("[data-lookalikes]");
const status = document.querySelector("[data-lookalikes-status]");
const form = document.getElementById("page-form");
const COMPARED = /^(working_title|outcomes-\d+-text|job_functions-\d+-title)$/;
const PAUSE = 700;
const wide = matchMedia("(min-width: 60rem)");
let pause;
let asking;
let waiting = "";

const found = () => [...panel.querySelectorAll("[data-ref]")].map((each) => each.dataset.ref).join(" ");

const show = (html) => {
  const before = found();
  panel.innerHTML = html;
  waiting = "";
  if (found() !== before) status.textContent = panel.querySelector("[data-said]").textContent;
};

const ask = async () => {
  asking?.abort();
  asking = new AbortController();
  const typed = new FormData();
  for (const [name, value] of new FormData(form)) {
    if (COMPARED.test(name) || name === "csrfmiddlewaretoken") typed.append(name, value);
  }
  try {
    const answer = await fetch(panel.dataset.lookalikes, { method: "POST", body: typed, signal: asking.signal });
    // A sign-in page after a lost session, too many questions: what stands there stays.
    if (!answer.ok || answer.redirected) return;
    waiting = await answer.text();
    // Nobody loses their place: somebody who reads the list gets the new one when they leave it.
    if (!panel.contains(document.activeElement)) show(waiting);
  } catch {
    // Offline, or asked again meanwhile: the next pause asks anew.
  }
};

form.addEventListener("input", (event) => {
  if (!COMPARED.test(event.target.name)) return;
  clearTimeout(pause);
  pause = setTimeout(ask, PAUSE);
});
panel.addEventListener("focusout", (event) => {
  if (waiting && !panel.contains(event.relatedTarget)) show(waiting);
});
// Beside the form there is room for it; above it, in a small window, it opens when asked.
panel.open = wide.matches;
wide.addEventListener("change", () => { panel.open = wide.matches; });
