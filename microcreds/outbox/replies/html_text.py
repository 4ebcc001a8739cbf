"""The words of a mail that came as HTML alone: text, and nothing of its markup."""

import re
from html.parser import HTMLParser

_UNSEEN = {"script", "style", "head", "title", "template", "object", "svg"}
_BREAKS = {"br", "div", "hr", "li", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"}
_PARAGRAPHS = {"p", "blockquote", "pre"}


def text_of(html: str) -> str:
    """Plain text with its lines; what is quoted in it has ">" before each line."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[tuple[int, list[str]]] = [(0, [])]
        self._unseen = ""
        self._quotes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN and not self._unseen:
            self._unseen = tag
        if tag == "blockquote":
            self._quotes += 1
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unseen or (tag == "body" and self._unseen == "head"):
            self._unseen = ""
        if tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        if tag != "br":
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._lines[-1][1].append(data)

    def _break(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self._lines.append((self._quotes, []))
        if tag in _BREAKS or tag in _PARAGRAPHS:
            self._lines.append((self._quotes, []))

    def text(self) -> str:
        lines = []
        for quotes, parts in self._lines:
            words = " ".join("".join(parts).split())
            lines.append(f"> {words}".rstrip() if quotes else words)
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
