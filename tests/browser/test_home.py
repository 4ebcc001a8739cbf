"""The home of the desk in a real browser: axe finds nothing, a picture leads to its rows."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in, violations_of

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_home_breaks_no_rule_and_fits(demo_site, visit, width, scheme):
    found = []
    for who in ("lead", "oxford", "committee-chair", "auditor"):
        page = visit(width=width, color_scheme=scheme)
        sign_in(page, f"{who}@miami.example")
        for path in ("/admin/", "/admin/?range=all&unit=all", "/admin/?unit=none&from=x"):
            page.goto(path)
            expect(page.locator("h1")).to_have_count(1)
            for closed in page.locator("main details").all():
                closed.evaluate("details => { details.open = true }")
            found += violations_of(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert found == []


def test_a_bar_leads_to_the_proposals_it_counts(demo_site, visit):
    page = visit()
    sign_in(page, "lead@miami.example")
    expect(page.get_by_role("heading", name="Waiting on you")).to_be_visible()
    page.goto("/admin/?range=all")
    bar = page.get_by_role("region", name="By kind of partner").locator("tbody tr").first
    number = int(bar.locator("td").first.inner_text())
    bar.locator("td").first.click(force=True)  # the link lies over its whole line
    expect(page.locator("h1")).to_have_text("Triage desk")
    expect(page.locator("tbody tr[data-ref]")).to_have_count(number)
