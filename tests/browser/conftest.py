"""A real browser on a real server, with a real worker and a real SMTP server behind it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from threading import get_ident
from time import monotonic, sleep

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import connection
from playwright.sync_api import Browser, Page, expect

from microcreds.local import valkey
from microcreds.local.mail_sink import mail_sink
from microcreds.local.places import Place
from microcreds.local.services import remove
from tests.browser.kept_rows import KeptRows

# Playwright's sync API keeps an event loop in this thread; the ORM is used beside it, not in it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
AXE = {
    "preload": False,  # or axe fetches our style sheets itself, against the policy
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    },
}
# What a browser says of answers and cut lines that a test brought about.
EXPECTED = ("status of 4", "ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
# Two cores, on which two sites, two workers and two browsers may run at once.
PATIENCE = 30  # seconds: for a mail to arrive, and for a page to be as it should
expect.set_options(timeout=PATIENCE * 1000)
HTML = "forms => forms.map((form) => form.outerHTML.slice(0, 200))"
# What stays in sight while the page scrolls lies over half of a link at some places and of none
# at others: how large a target is must not hang on where a test happened to scroll to.
UNSTUCK = """() => {
  window.unstuck = [...document.querySelectorAll("*")].filter(
    (each) => getComputedStyle(each).position === "sticky");
  for (const each of window.unstuck)
    Object.assign(each.style, { position: "relative", inset: "auto" });
}"""
STUCK = """() => {
  for (const each of window.unstuck) Object.assign(each.style, { position: "", inset: "" });
}"""
QUIET = 0.3  # seconds without a request after a browser was closed


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """No Chromium: skipped on somebody's machine, failed in CI."""
    for item in items:
        if "browser" in item.keywords and not CHROMIUM and not os.environ.get("CI"):
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    assert CHROMIUM, "CI needs Chromium: `make test` installs it where it may (apt, as root)"
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@dataclass
class Mailbox:
    """What a real SMTP server took, as files."""

    url: str
    folder: Path

    def wait_for(self, to: str, about: str = "") -> EmailMessage:
        """The newest mail to that address whose subject has ``about``, once it is here."""
        until = monotonic() + PATIENCE
        while monotonic() < until:
            mails = self.mails()
            for mail in reversed(mails):
                if to in mail["To"] and about in mail["Subject"]:
                    return mail
            sleep(0.2)
        here = [(mail["To"], mail["Subject"]) for mail in mails]
        raise AssertionError(f"no mail to {to} about {about!r}; here are {here}")

    def mails(self) -> list[EmailMessage]:
        files = sorted(self.folder.glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=default) for file in files]


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    folder = tmp_path / "mail"
    with mail_sink(folder) as url:
        yield Mailbox(url, folder)


@pytest.fixture
def site(transactional_db, live_server, settings) -> Iterator[str]:
    """The address of a running site whose mails lead back to it; staff mails leave at once."""
    settings.SITE_URL = live_server.url
    settings.NOTIFICATION_GRACE_SECONDS = 0
    with no_request_left_behind():
        yield live_server.url


@contextmanager
def no_request_left_behind() -> Iterator[None]:
    """Waits at its end until the site has answered all it was asked: a page saves itself when it
    is closed, and a table is not emptied while it does."""
    under_way: set[object] = set()
    changed = [monotonic()]

    def begin(environ: dict, **_more: object) -> None:
        under_way.add(get_ident())
        changed[0] = monotonic()

    def end(**_more: object) -> None:
        under_way.discard(get_ident())
        changed[0] = monotonic()

    request_started.connect(begin)
    request_finished.connect(end)
    yield
    until = monotonic() + PATIENCE
    while (under_way or monotonic() - changed[0] < QUIET) and monotonic() < until:
        sleep(0.05)
    request_started.disconnect(begin)
    request_finished.disconnect(end)


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Presses a button that leads to another page, and waits until that is there; a page of the
    form saves itself first."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=isinstance(name, str)).click()


@pytest.fixture(scope="session")
def demo_rows() -> KeptRows:
    return KeptRows()


@pytest.fixture
def demo_site(site: str, settings, demo_rows: KeptRows) -> str:
    """The same with the demo's people and proposals, which are told once in a run."""
    settings.DEMO = True
    if demo_rows.tables:
        demo_rows.put_back()
    else:
        call_command("demo")
        demo_rows.keep()
    return site


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a broker of this process's own: another's worker would take its tasks."""
    place = Place(tmp_path_factory.mktemp("broker"))
    place.make()
    valkey.start(place)
    yield valkey.url(place)
    remove(place)


@pytest.fixture
def worker(site, settings, mailbox, broker, tmp_path) -> Iterator[subprocess.Popen]:
    """A Celery worker with beat, in a process of its own, on the same database."""
    database = connection.settings_dict
    host = database["HOST"].replace("/", "%2F")
    login = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
    address = f"{login}@{host}:{database['PORT'] or 5432}/{database['NAME']}"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "microcreds.settings.dev",
        "DATABASE_URL": f"postgresql://{address}",
        "REDIS_URL": broker,
        "EMAIL_URL": mailbox.url,
        "SITE_URL": site,
        "SECRET_KEY": settings.SECRET_KEY,
        "LINK_KEY": settings.LINK_KEY,
        "OUTBOX_TICK_SECONDS": "0.5",
    }
    command = [sys.executable, "-m", "celery", "-A", "microcreds", "worker", "-B", "-P", "threads"]
    command += ["-c", "2", "-s", str(tmp_path / "beat"), "-l", "warning"]
    process = subprocess.Popen(command, env=environment, cwd=Path(__file__).parents[2])
    yield process
    process.terminate()
    process.wait(timeout=PATIENCE)


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator:
    """``visit(width=390)`` opens a browser of its own; a complaint of its console or of the CSP
    fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_page(**options: object) -> Page:
        context = browser.new_context(
            base_url=site,
            viewport={"width": options.pop("width", 1280), "height": 900},
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        page.on(
            "console",
            lambda said: (
                complaints.append(f"{page.url}: {said.text}")
                if said.type == "error" and not any(told in said.text for told in EXPECTED)
                else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(page: Page, email: str, password: str = "microcreds") -> None:
    """Signs in as a person would, with address and password."""
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def violations_of(page: Page) -> list[str]:
    """What axe finds wrong on this page, one line a rule and place; and forms that post without
    their token, which tests by Django's client let pass."""
    page.wait_for_load_state("load")  # styles count: a link without them is too small a target
    tokenless = page.locator("form[method=post i]:not(:has([name=csrfmiddlewaretoken][value]))")
    page.evaluate(UNSTUCK)
    found = Axe().run(page, options=AXE).response["violations"]
    page.evaluate(STUCK)
    posts = [f"{page.url} no CSRF token: {form}" for form in tokenless.evaluate_all(HTML)]
    return posts + [
        f"{page.url} {rule['id']}: {node['target']} {node['html'][:150]}"
        for rule in found
        for node in rule["nodes"]
    ]
