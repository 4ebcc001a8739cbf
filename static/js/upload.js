// Adds and removes files without leaving the page: shows how far an upload is and says when it has ended.
const section = document.querySelector("[data-files-said]")?.closest("section");

const send = (url, body, onProgress) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const lost = () => resolve({ refusals: ["It did not reach us. Check your connection, and that you are still signed in; then try again."] });
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    request.addEventListener("error", lost);
    request.addEventListener("load", () => {
      try {
        const answer = JSON.parse(request.responseText);
        if (answer.refusals) resolve(answer);
        else lost(); // signed out: the answer is not about files
      } catch {
        lost();
      }
    });
    request.send(body);
  });

const say = (words) => { section.querySelector("[data-files-said]").textContent = words; };

// A file belongs to what is sent here, not to the form around it: nothing else should send it along.
const loosen = () => section.querySelector("#id_attachments")?.setAttribute("form", "sent-by-script");

const show = (html, refusals) => {
  if (html) section.querySelector("[data-files]").outerHTML = html;
  loosen();
  const field = section.querySelector("#id_attachments_field");
  const place = section.querySelector("[data-refusals]");
  place?.replaceChildren(...refusals.map((words) => Object.assign(document.createElement("p"), { textContent: words })));
  field?.classList.toggle("field-invalid", refusals.length > 0);
  const input = section.querySelector("#id_attachments");
  input?.toggleAttribute("aria-invalid", refusals.length > 0);
  if (refusals.length) input?.setAttribute("aria-invalid", "true");
  const heading = section.querySelector("h2");
  if (!input) heading.tabIndex = -1;
  (input ?? heading).focus();
};

const add = async (button) => {
  const input = section.querySelector("#id_attachments");
  const files = [...input.files];
  const max = Number(input.dataset.max);
  const bar = section.querySelector("progress");
  const words = section.querySelector("[data-progress-words]");
  const refusals = [];
  const added = [];
  let html = "";
  button.disabled = input.disabled = true;
  section.querySelector("[data-progress]").hidden = false;
  for (const [index, file] of files.entries()) {
    if (file.size > max) {
      refusals.push(`${file.name}: The file is larger than 10 MB. Make it smaller, for instance by saving it as PDF.`);
      continue;
    }
    words.textContent = `Adding ${file.name}${files.length > 1 ? ` (${index + 1} of ${files.length})` : ""} …`;
    say(words.textContent);
    bar.value = 0;
    const body = new FormData();
    body.append("attachments", file);
    const answer = await send(button.getAttribute("formaction"), body, (done) => { bar.value = Math.round(done * 100); });
    html = answer.html ?? html;
    refusals.push(...answer.refusals);
    if (answer.said) added.push(answer.said);
  }
  if (!files.length) refusals.push("Choose a file first, then press “Add file”.");
  button.disabled = input.disabled = false;
  section.querySelector("[data-progress]").hidden = true;
  show(html, refusals);
  say([...added, ...refusals].join(" "));
};

const remove = async (button) => {
  button.disabled = true;
  const answer = await send(button.getAttribute("formaction"), new FormData(), () => {});
  button.disabled = false;
  show(answer.html, answer.refusals);
  say([answer.said, ...answer.refusals].filter(Boolean).join(" "));
};

section?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add], [data-remove]");
  if (!button) return;
  event.preventDefault();
  if (button.hasAttribute("data-add")) add(button);
  else remove(button);
});
if (section) loosen();
