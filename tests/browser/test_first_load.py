"""What a page of the desk brings when nothing of it is kept yet, and that it then stands still."""

import gzip
from functools import cache
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Page

from proposals.models import Proposal
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser
MOST = 120_000  # bytes over the wire
FURTHEST = 0.05  # layout shift (CLS) while a page comes in pieces: our budget
DESK = "/admin/reviews/triageitem/"
PAGES = ["/admin/", DESK, f"{DESK}report/", f"{DESK}process/", f"{DESK}hand-over/"]
PAGES += ["/admin/partners/", "/admin/partners/contact/", "/admin/partners/contact/add/"]
PAGES += ["/admin/partners/organization/add/", "/admin/outbox/message/", "/admin/outbox/mailtext/"]
PAGES += ["/admin/outbox/mailtext/moved/change/", "/admin/reviews/absence/add/"]
PAGES += ["/admin/reviews/holiday/add/", "/admin/accounts/role/add/"]
SHIFTED = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 50);
})"""


@cache
def size_of(name: str) -> int:
    """Bytes of a static file with its headers, compressed as where it is collected."""
    return len(gzip.compress(Path(str(finders.find(name))).read_bytes())) + 440


def count_bytes(page: Page) -> list[float]:
    """What comes over the wire, one size a file, as long as the page lives."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    urls: dict[str, str] = {}
    sizes: list[float] = []

    def begin(event: dict) -> None:
        urls[event["requestId"]] = event["response"]["url"]

    def end(event: dict) -> None:
        _site, _found, name = urls.get(event["requestId"], "").partition("/static/")
        sizes.append(size_of(name) if name else event["encodedDataLength"])

    wire.on("Network.responseReceived", begin)
    wire.on("Network.loadingFinished", end)
    return sizes


def test_a_page_brings_at_most_120_kb_stands_still_and_fits_320_px(demo_site, visit):
    page = visit(timezone_id="America/New_York")
    sign_in(page, "lead@miami.example")
    sizes, found = count_bytes(page), []
    triage = Proposal.objects.filter(stage="triage")[0].pk
    for path in [*PAGES, f"{DESK}{triage}/change/"]:
        page.set_viewport_size({"width": 1280, "height": 900})
        sizes.clear()
        page.goto(path, wait_until="networkidle")
        brought, shifted = sum(sizes), page.evaluate(SHIFTED)
        page.set_viewport_size({"width": 320, "height": 900})
        width = page.evaluate("document.documentElement.scrollWidth")
        if brought > MOST or shifted > FURTHEST or width > 320:
            found.append((path, brought, shifted, width))
    assert found == []
