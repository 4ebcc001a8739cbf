"""What is wrong with the HTML of a page: faults that validators find, and once found on ours."""

import re
from collections import Counter
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"})
VOID |= {"source", "track", "wbr"}
REFERS = ("for", "form", "list", "aria-labelledby", "aria-describedby", "aria-controls")
TYPED = frozenset({"input", "select", "textarea"})
UNTYPED = frozenset({"hidden", "submit", "button", "image", "reset"})
HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
HEADED = frozenset({"section", "article"})
PRESSED = frozenset({"a", "button", "summary"})
OWN_ROLES = {"ul": "list", "ol": "list", "li": "listitem", "nav": "navigation", "main": "main"}
SPACED = re.compile(r"\s+[.,;:?!)](\s|$)")  # an include ends in a line break


def faults_in(html: str) -> list[str]:
    """One line a fault; none for a page that is as it should be."""
    page = Page()
    page.feed(html)
    page.close()
    never_closed = [f"<{tag}> is never closed" for tag in page.open]
    twice = [f'id="{name}" twice' for name, count in page.ids.items() if count > 1]
    lost = [f'{name}="{to}" leads nowhere' for name, to in page.referred if to not in page.ids]
    labelled = {to for name, to in page.referred if name == "for"}
    mute = [f"{each} has no label" for each in page.inputs if each not in labelled]
    ones = [] if page.tags["h1"] == 1 else [f"{page.tags['h1']} h1"]
    return page.faults + never_closed + twice + lost + mute + ones


class Page(HTMLParser):
    """A page read once, from its first tag to its last."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.open: list[str] = []
        self.headed: list[bool] = []  # of each section that is open
        self.terms: list[list[str]] = []  # of each dl that is open
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.referred: list[tuple[str, str]] = []
        self.inputs: list[str] = []  # which need a label that names them

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._look_at(tag, given)
        self.tags[tag] += 1
        if tag in HEADINGS:
            self.headed = [True] * len(self.headed)
        elif tag in HEADED:
            self.headed.append("aria-label" in given)
        elif tag == "dl":
            self.terms.append([])
        elif tag == "dt" and self.terms:
            self.terms[-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.faults.append(f"</{tag}> closes nothing")
        if tag in HEADED and not self.headed.pop():
            self.faults.append(f"{tag} without a heading")
        if tag == "dl":
            terms = Counter(" ".join(term.split()) for term in self.terms.pop())
            self.faults += [f"{term!r} twice in a dl" for term in terms if terms[term] > 1]

    def handle_data(self, data: str) -> None:
        if SPACED.match(data):
            self.faults.append(f"a space before {data.split()[0]!r}")
        if self.terms and "dt" in self.open:
            self.terms[-1][-1] += data

    def _look_at(self, tag: str, given: dict[str, str]) -> None:
        if "id" in given:
            self.ids[given["id"]] += 1
        self.referred += [(name, to) for name in REFERS for to in given.get(name, "").split()]
        if tag in PRESSED and PRESSED.intersection(self.open):
            self.faults.append(f"{tag} inside what is pressed itself")
        if given.get("scope") == "colgroup" and not self.tags["colgroup"]:
            self.faults.append("a th of columns that are no group")
        if given.get("type") == "hidden" and "autocomplete" in given:
            self.faults.append(f"hidden {given.get('name')} with autocomplete")
        if "role" in given and given["role"] == OWN_ROLES.get(tag):
            self.faults.append(f"{tag} says its own role")
        said = "label" in self.open or given.keys() & {"aria-label", "aria-labelledby", "hidden"}
        if tag in TYPED and given.get("type") not in UNTYPED and not said:
            self.inputs.append(given.get("id") or f"{tag} {given.get('name')}")
