// Completes the term being typed in the desk's search: its key, then the values it takes. The
// values of stage, unit and owner are those of the filters beside it. Without it, the list has the
// examples.
const box = document.getElementById("searchbar");
const list = document.getElementById("search-terms");
const terms = new Map([...list.options].map((option) => [option.dataset.key, option]));
const examples = [...list.options].map((option) => option.cloneNode(true));

const labels = (name) => [...document.querySelectorAll(`.filter-many input[name=${name}]`)]
  .filter((input) => /^\d+$/.test(input.value))
  .map((input) => input.parentElement.textContent.trim());

const valuesOf = (key) => {
  const taken = terms.get(key)?.dataset.takes?.split(" ") ?? [];
  if (key === "unit") return [...labels("unit"), "none"];
  if (key === "owner") return ["me", "nobody", ...labels("owner")];
  return taken;
};

// What the page calls a value: "apc_review" says little to whoever reads "Committee review". A
// browser offers what has the whole of the box in it, so the label begins with what is typed.
const wordsOf = (key, value) =>
  document.querySelector(`.filter-many input[name="${key}"][value="${CSS.escape(value)}"]`)?.parentElement.textContent.trim() ?? "";

const offer = (value, label = "") => Object.assign(document.createElement("option"), { value, label });
const quoted = (value) => (value.includes(" ") ? `"${value}"` : value);

const suggest = () => {
  const typed = box.value;
  const [, before, minus, word] = typed.match(/^(.*?)(-?)((?:[a-z_]+:"[^"]*"?|[^\s"]*))$/is) ?? [typed, typed, "", ""];
  const [key, value] = word.toLowerCase().split(/:"?/);
  if (!word) {
    list.replaceChildren(...examples.map((option) => offer(before + option.value, option.textContent)));
  } else if (value === undefined) {
    const keys = [...terms.keys()].filter((each) => each.startsWith(key));
    list.replaceChildren(...keys.map((each) => offer(`${before}${minus}${each}:`, terms.get(each).textContent)));
  } else {
    const fits = valuesOf(key).map((each) => [each, wordsOf(key, each)])
      .filter(([each, words]) => `${each} ${words}`.toLowerCase().includes(value));
    list.replaceChildren(...fits.map(([each, words]) => offer(`${before}${minus}${key}:${quoted(each)}`, words && `${before}${minus}${key}:${words}`)));
  }
};

box.addEventListener("input", suggest);
