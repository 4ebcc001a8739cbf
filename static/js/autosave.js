// Saves the page by itself: after a pause, when a field is left, when the page is. Until the server has
// it, what was typed is kept on this computer. The Save button works without any of this.
(() => {
  const { form, read, put, at, rowOf, bringRow } = typed;
  const box = document.querySelector("[data-save-state]");
  const said = box.querySelector("[data-said]");
  const warned = box.querySelector("[data-warned]");
  const offered = box.querySelector("[data-offered]");
  const { account, autosave, session, signIn, maxBytes } = form.dataset;
  const version = form.elements.form_version;
  const pageKey = form.elements.page_key;
  const name = `${account}:${autosave}:${pageKey.value}`;
  const pause = 1500;
  const marked = new Set(); // paths whose text the server does not have
  const continued = new Map(); // what other pages of this person had kept: name → page key
  let sequence = 0;
  let delay = 2000;
  let isEnded = false; // nothing is saved or kept any more
  let isAway = false; // signed out, or nobody answers
  let timer, sending;

  // What the server has, by path. What stands marked on the page it does not have.
  const known = read();
  for (const wrong of form.querySelectorAll(".field-invalid, [data-conflict]")) {
    const place = wrong.matches("[data-conflict]") ? wrong.dataset.conflict : null;
    if (place) marked.add(place);
    else for (const [path] of known) if (at(path).some((input) => wrong.contains(input))) known.set(path, null);
  }

  const changes = () => {
    const now = read();
    return [...now].filter(([path, values]) => values !== known.get(path));
  };

  // --- What is said -----------------------------------------------------------------------------
  const say = (words) => {
    box.hidden = false;
    warned.hidden = true;
    offered.hidden = true;
    if (said.textContent !== words) said.textContent = words;
  };
  const warn = (words, link) => {
    box.hidden = false;
    said.textContent = "";
    const place = warned.querySelector("[data-words]");
    if (warned.hidden || place.textContent !== words) {
      warned.hidden = false;
      place.textContent = words;
    }
    offered.hidden = !link;
    if (link) {
      const anchor = document.createElement("a");
      anchor.className = "button";
      anchor.href = link[1];
      anchor.textContent = link[0];
      offered.replaceChildren(anchor);
    }
  };

  // --- The copy on this computer ------------------------------------------------------------------
  const keep = () => {
    if (isEnded) return;
    const left = changes();
    if (left.length) kept.put(name, { version: version.value, key: pageKey.value, left });
    else kept.drop(name);
  };
  const forgetContinued = () => {
    for (const old of continued.keys()) kept.drop(old);
    continued.clear();
  };

  // --- Sending --------------------------------------------------------------------------------------
  const body = () => {
    const sent = new URLSearchParams();
    for (const [key, value] of new FormData(form)) if (typeof value === "string") sent.append(key, value);
    for (const key of continued.values()) sent.append("page_key", key);
    sequence += 1;
    sent.set("sequence", sequence);
    return sent;
  };

  const post = (sent, isLeaving) =>
    fetch(autosave, {
      method: "POST",
      body: sent,
      headers: { Accept: "application/json", "X-Account": account },
      redirect: "error",
      keepalive: isLeaving && sent.toString().length < 60_000,
    });

  const later = (milliseconds = pause) => {
    clearTimeout(timer);
    if (!isEnded) timer = setTimeout(save, milliseconds);
  };
  const again = () => {
    delay = Math.min(delay * 2, 60_000);
    later(delay);
  };

  const save = () => {
    clearTimeout(timer);
    sending ??= once().finally(() => { sending = undefined; });
    return sending;
  };

  // True where the server has everything that it can take.
  const once = async () => {
    if (isEnded) return false;
    if (!changes().length) return true;
    const now = read();
    const sent = body();
    if (sent.toString().length > Number(maxBytes)) {
      warn("This is more than one page can hold, so it is not saved. Shorten what you pasted or remove some rows.");
      return false;
    }
    let response, answer;
    try {
      response = await post(sent);
      answer = await response.json();
    } catch {
      isAway = true;
      warn(response?.ok === false
        ? "Not saved yet: the site does not answer as it should. What you typed is kept on this computer, and we try again."
        : "Not saved yet: there is no connection. What you typed is kept on this computer, and we try again.");
      again();
      return false;
    }
    if (answer.version) {
      absorb(answer, now);
      return true;
    }
    return refused(response.status, answer.refusal);
  };

  const refused = async (status, words) => {
    isAway = true;
    if (status === 401) {
      warn("You were signed out. What you typed is kept on this computer; sign in to go on.", ["Sign in to go on", signIn]);
      return false;
    }
    if (status === 403 && (await renewToken())) {
      later(0);
      return false;
    }
    if (status >= 500 || status === 429) {
      warn("Not saved yet: the site is very busy. What you typed is kept on this computer, and we try again.");
      again();
      return false;
    }
    warn(`Not saved. ${words ?? "You can no longer change this proposal."}`);
    return false;
  };

  // After a sign-in in another tab the old token of this page is worth nothing.
  const renewToken = async () => {
    try {
      const answer = await (await fetch(session, { headers: { Accept: "application/json" } })).json();
      if (answer.account !== account) {
        warn("You were signed out. What you typed is kept on this computer; sign in to go on.", ["Sign in to go on", signIn]);
        return false;
      }
      for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = answer.token;
      return true;
    } catch {
      return false;
    }
  };

  // --- What the server answers ------------------------------------------------------------------------
  const absorb = (answer, now) => {
    delay = 2000;
    isAway = false;
    if (answer.late) return;
    version.value = answer.version;
    for (const [input, id] of Object.entries(answer.ids)) {
      const field = form.elements[input];
      if (!field || field.value || !id) continue;
      field.value = id;
      // What was known of the row under the name of its input is known of it under its id.
      const key = input.replace(/-\d+-id$/, "");
      for (const map of [known, now]) {
        for (const [path, values] of [...map]) {
          if (path.startsWith(`${key}.${input}.`)) map.set(path.replace(`.${input}.`, `.${id}.`), values);
        }
      }
    }
    const unsaved = new Set([...answer.errors, ...answer.conflicts].map((each) => each.path));
    const current = read();
    for (const [path, values] of now) if (!unsaved.has(path)) known.set(path, values);
    for (const path of unsaved) if (now.get(path) === known.get(path)) known.set(path, null);
    for (const [path, values] of Object.entries(answer.differs)) take(path, values, now, current, unsaved.has(path));
    showErrors(answer.errors);
    showConflicts(answer.conflicts);
    forgetContinued();
    keep();
    tell(answer, unsaved);
    if (changes().some(([path]) => !unsaved.has(path))) later();
  };

  // Somebody else's answer stands: shown here, unless this person went on typing there.
  const take = (path, values, now, current, isUnsaved) => {
    const [, id, column] = path.split(".");
    if (id && !column && !path.startsWith("together.")) {
      const row = rowOf(path);
      const isTouched = [...current].some(([each, held]) => each.startsWith(`${path}.`) && held !== now.get(each));
      if (!values && row && !isTouched && !row.contains(document.activeElement)) row.remove();
      return;
    }
    const theirs = JSON.stringify(values ?? (at(path)[0]?.type.match(/radio|checkbox/) ? [] : [""]));
    known.set(path, isUnsaved ? null : theirs);
    if (current.get(path) === now.get(path)) put(path, values);
  };

  const describe = (input, id, isOn) => {
    const ids = new Set((input.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    if (isOn) ids.add(id);
    else ids.delete(id);
    if (ids.size) input.setAttribute("aria-describedby", [...ids].join(" "));
    else input.removeAttribute("aria-describedby");
  };
  const unmark = (field) => {
    field.classList.remove("field-invalid");
    field.querySelector(".field-error")?.remove();
    for (const input of [field, ...field.querySelectorAll("input, select, textarea")]) {
      input.removeAttribute("aria-invalid");
      describe(input, `${field.id.replace(/_field$/, "")}_error`, false);
    }
  };
  const showErrors = (errors) => {
    const wrong = new Set(errors.map((error) => `id_${error.name}_field`));
    for (const field of form.querySelectorAll(".field-invalid")) if (!wrong.has(field.id)) unmark(field);
    for (const error of errors) {
      const field = document.getElementById(`id_${error.name}_field`);
      // Not while it is being typed: it may be right in a moment.
      if (!field || field.contains(document.activeElement)) continue;
      unmark(field);
      field.classList.add("field-invalid");
      const help = field.querySelector(".field-help") ?? field.querySelector("label, legend");
      help.insertAdjacentHTML("afterend", error.html);
      const inputs = field.matches("fieldset") ? [field] : field.querySelectorAll("input, select, textarea");
      for (const input of inputs) {
        if (input !== field) input.setAttribute("aria-invalid", "true");
        describe(input, `id_${error.name}_error`, true);
      }
    }
  };

  const showConflicts = (conflicts) => {
    const there = new Set(conflicts.map((each) => each.path));
    for (const panel of form.querySelectorAll("[data-conflict]")) {
      if (there.has(panel.dataset.conflict) && panel.querySelector(":checked") === null) continue;
      const hadFocus = panel.contains(document.activeElement);
      const path = panel.dataset.conflict;
      panel.remove();
      if (hadFocus) at(path)[0]?.focus();
    }
    for (const { path, html } of conflicts) {
      if (form.querySelector(`[data-conflict="${CSS.escape(path)}"]`)) continue;
      const row = rowOf(path);
      const isRow = row && path.split(".").length === 2;
      const place = isRow ? row.querySelector("legend") : at(path)[0]?.closest(".field");
      place?.insertAdjacentHTML(isRow ? "afterend" : "beforebegin", html);
      const removed = isRow && row.querySelector('[name$="-DELETE"]');
      if (removed) removed.checked = false;
    }
  };

  const tell = (answer, unsaved) => {
    const time = answer.at;
    if (answer.conflicts.length) {
      const who = [...new Set(answer.conflicts.map((each) => each.who))].join(", ");
      say(`Saved ${time}, except what ${who} changed too. Both texts are on the page: choose which stands.`);
    } else if (answer.problems.length) say(`Saved ${time}. ${answer.problems.join(" ")}`);
    else if (unsaved.size) say(`Saved ${time}, except: ${answer.errors.map((each) => each.label).join(", ")}.`);
    else say(`Saved ${time}`);
  };

  // --- When ----------------------------------------------------------------------------------------------
  form.addEventListener("input", () => { keep(); if (!isAway) later(); });
  form.addEventListener("change", (event) => {
    keep();
    if (event.target.name?.startsWith("keep-")) {
      known.set(event.target.closest("[data-conflict]").dataset.conflict, null);
      later(event.target.matches(":focus-visible") ? pause : 0);
    } else if (!isAway) later(300);
  });
  form.addEventListener("focusout", () => { if (!isAway && changes().length) later(300); });
  form.addEventListener("rows", () => {
    for (const [path, values] of read()) if (!known.has(path)) known.set(path, values);
  });
  addEventListener("online", () => later(0));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && isAway) renewToken().then((isSame) => isSame && later(0));
  });
  addEventListener("pagehide", () => {
    if (isEnded || !changes().length) return;
    keep();
    if (navigator.onLine) post(body(), true).catch(() => {});
  });

  // The Save button sends the page only once the server has it, so that a lost sign-in loses nothing.
  let isSure = false;
  form.addEventListener("submit", (event) => {
    // Where nothing is left to save, the form goes as it is: asked again within this very event, it would not.
    if (isSure || (!sending && !changes().length)) return;
    event.preventDefault();
    const button = event.submitter;
    (async () => {
      await sending;
      if (await save()) {
        isSure = true;
        form.requestSubmit(button);
        isSure = false;
      } else box.scrollIntoView({ block: "nearest" });
    })();
  });

  kept.onSignOut(account, () => {
    isEnded = true;
    clearTimeout(timer);
    kept.drop(`${account}:`);
    warn("You signed out in another window, so nothing more is saved or kept here. Copy what you need, then sign in.", ["Sign in", signIn]);
  });

  // --- What an earlier visit left behind ----------------------------------------------------------------
  const bringBack = () => {
    const copies = kept.all(`${account}:${autosave}:`).filter((copy) => copy.left?.length).sort((a, b) => a.at - b.at);
    const brought = [];
    for (const copy of copies) {
      continued.set(copy.name, copy.key);
      for (const [path, values] of copy.left) {
        if (read().get(path) === values) continue;
        if (path.split(".").length === 3) bringRow(path);
        if (put(path, JSON.parse(values))) brought.push(copy);
      }
    }
    if (!brought.length) return forgetContinued();
    // From the version that was read then: what others wrote since is not overwritten unseen.
    version.value = Math.min(version.value, ...brought.map((copy) => Number(copy.version)));
    const when = new Date(brought.at(-1).at).toLocaleString([], { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
    say(`Brought back what you typed here on ${when}, which could not be saved then.`);
    return later(2500);
  };
  bringBack();
  (document.getElementById("error-summary") ?? document.getElementById("conflict-summary"))?.focus();
})();
