"""A browser as far as a benchmark needs one: cookies, forms, redirects, and a stopwatch."""

import http.client
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from bench.counting import HEADER

Fields = list[tuple[str, str]]
MOST_REDIRECTS = 5


@dataclass
class Page:
    """What came back in the end, after redirects."""

    address: str
    status: int
    text: str


@dataclass
class Client:
    """One person at one app. ``seconds`` and ``statements`` add up until they are taken."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    statements: int = 0

    def get(self, address: str) -> Page:
        return self._ask("GET", address)

    def post(self, address: str, fields: Fields) -> Page:
        if "csrftoken" in self.cookies and not any(n == "csrfmiddlewaretoken" for n, _v in fields):
            fields = [*fields, ("csrfmiddlewaretoken", self.cookies["csrftoken"])]
        return self._ask("POST", address, urlencode(fields))

    def send(
        self, page: Page, having: str = "csrfmiddlewaretoken", to: str = "", **changed: str
    ) -> Page:
        """Posts the page's form that has this input, as it stands but for what is changed; to its
        own address, or another."""
        form = next(
            f for f in reversed(forms_of(page.text)) if any(n == having for n, _ in f.fields)
        )
        kept = [(name, value) for name, value in form.fields if name not in changed]
        return self.post(to or urljoin(page.address, form.action), [*kept, *changed.items()])

    def take(self) -> tuple[float, int]:
        """Time and statements since this was asked last."""
        taken = self.seconds, self.statements
        self.seconds, self.statements = 0.0, 0
        return taken

    def _ask(self, method: str, address: str, body: str | None = None) -> Page:
        for _ in range(MOST_REDIRECTS):
            status, place, text = self._once(method, address, body)
            if status not in (301, 302, 303):
                if status >= 400:
                    raise RuntimeError(f"{method} {address}: {status}\n{text[:2000]}")
                return Page(address, status, text)
            method, body, address = "GET", None, _path(urljoin(address, place))
        raise RuntimeError(f"{address} redirects without end")

    def _once(self, method: str, address: str, body: str | None) -> tuple[int, str, str]:
        headers = {"Host": f"127.0.0.1:{self.port}", "Origin": f"http://127.0.0.1:{self.port}"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        start = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request(method, address, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        self.seconds += time.perf_counter() - start
        self.statements += int(answer.getheader(HEADER) or 0)
        for line in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return answer.status, answer.getheader("Location") or "", text


@dataclass
class Form:
    action: str
    fields: Fields = field(default_factory=list)


class _Forms(HTMLParser):
    """The forms of a page, each with the inputs a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.select = self.area = ""
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif not self.forms or "disabled" in given:
            return
        elif tag == "input" and name and given.get("type") not in ("submit", "button", "file"):
            if given.get("type") in ("checkbox", "radio") and "checked" not in given:
                return
            self.forms[-1].fields.append((name, given.get("value", "")))
        elif tag == "textarea":
            self.area, self.words = name, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self.forms[-1].fields.append((self.select, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        elif tag == "textarea" and self.area:
            self.forms[-1].fields.append((self.area, self.words.removeprefix("\n")))
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.words += data


def forms_of(text: str) -> list[Form]:
    parser = _Forms()
    parser.feed(text)
    return parser.forms


def _path(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")
