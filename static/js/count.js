// What Python's str.strip() takes from the ends; the browser's trim() takes a little more and less.
const ENDS = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const AROUND = new RegExp(`^${ENDS}|${ENDS}$`, "g");

// Says under a text how many characters are left; a screen reader hears it once typing pauses.
for (const counter of document.querySelectorAll("[data-count-for]")) {
  const text = document.getElementById(counter.dataset.countFor);
  const limit = Number(counter.dataset.maxlength);
  const spoken = document.createElement("span");
  spoken.className = "visually-hidden";
  spoken.setAttribute("aria-live", "polite");
  counter.after(spoken);
  let pause;

  const show = () => {
    // Counted as the server does: line ends as one character, ends trimmed, no half characters.
    const left = limit - [...text.value.replace(/\r\n?/g, "\n").replace(AROUND, "")].length;
    counter.textContent = left < 0 ? `Too long by ${-left}` : `Characters left: ${left}`;
    counter.toggleAttribute("data-over", left < 0);
    clearTimeout(pause);
    pause = setTimeout(() => { spoken.textContent = left < limit / 10 ? counter.textContent : ""; }, 1000);
  };
  text.addEventListener("input", show);
  if (text.value) show();
}
