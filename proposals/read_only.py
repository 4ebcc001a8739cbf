"""A page whose article can be read and not pressed: links lead nowhere, no form is sent."""

from html import escape
from html.parser import HTMLParser

_CONTROLS = {"button", "input", "select", "textarea"}
_LEADS = {"a": {"href", "download"}, "form": {"action", "method", "enctype"}}


def nothing_pressed(page: str) -> str:
    """``page`` with its ``<article>`` made harmless, the rest as it was: its links have no address,
    its forms no target and no hidden field, its controls are disabled. The words stay the same.

    Folded details still open. Raises ``ValueError`` for a page without an article.
    """
    start = page.find("<article")
    end = page.rfind("</article>")
    if start < 0 or end < start:
        raise ValueError("this page has no article")
    return page[:start] + _harmless(page[start:end]) + page[end:]


def _harmless(html: str) -> str:
    parser = _Harmless()
    parser.feed(html)
    parser.close()
    return "".join(parser.pieces)


class _Harmless(HTMLParser):
    """Writes what it reads, tag by tag."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden":
            return
        kept = {
            name: value
            for name, value in given.items()
            if name not in _LEADS.get(tag, ()) and name not in ("name", "data-move", "formaction")
        }
        if tag in _CONTROLS:
            kept["disabled"] = None
        elif tag == "a" and "button" in (given.get("class") or "").split():
            kept["aria-disabled"] = "true"
        words = "".join(
            f" {name}" if value is None else f' {name}="{escape(value)}"'
            for name, value in kept.items()
        )
        self.pieces.append(f"<{tag}{words}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.pieces and tag not in ("input", "br", "hr", "img"):
            self.pieces.append(f"</{tag}>")

    def handle_endtag(self, tag: str) -> None:
        self.pieces.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_entityref(self, name: str) -> None:
        self.pieces.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.pieces.append(f"&#{name};")
