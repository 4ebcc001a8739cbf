// Asks the server for its advice on what is typed, once typing pauses; advice never holds anything up.
const form = document.getElementById("page-form");
const PAUSE = 900;
let pause;
let asked = 0;

const ask = async () => {
  const mine = ++asked;
  const typed = new FormData(form);
  for (const [name, value] of [...typed]) if (value instanceof File) typed.delete(name); // words are enough
  let answer;
  try {
    answer = await fetch(form.dataset.advice, { method: "POST", body: typed, redirect: "error" });
  } catch {
    return; // offline or signed out: the page says so elsewhere, and the next pause asks again
  }
  if (!answer.ok || mine !== asked) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = await answer.text();
  for (const place of fresh.content.querySelectorAll(".advice-at")) {
    const here = document.getElementById(place.id);
    if (here && here.textContent !== place.textContent) here.replaceChildren(...place.childNodes);
  }
};

const later = () => {
  clearTimeout(pause);
  pause = setTimeout(ask, PAUSE);
};
if (form?.dataset.advice) {
  form.addEventListener("input", later);
  form.addEventListener("change", later);
}
