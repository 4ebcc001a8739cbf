"""The report in a browser: axe finds nothing, it needs no script, and it prints on two pages."""

import re

import pytest

from tests.browser.conftest import press, sign_in, violations_of

pytestmark = pytest.mark.browser
PAGE = "/admin/reviews/triageitem/report/"
LEAF = re.compile(rb"/Type\s*/Page\b")


@pytest.mark.parametrize(
    "options",
    [
        {"width": 1280, "color_scheme": "light"},
        {"width": 390, "color_scheme": "dark"},
        {"width": 320, "color_scheme": "light"},
    ],
)
def test_it_breaks_no_rule_wide_and_narrow_light_and_dark(demo_site, visit, options):
    page = visit(**options)
    sign_in(page, "lead@miami.example")
    for query in ("", "?period=year-2026", "?period=nonsense&since=soon"):
        page.goto(f"{PAGE}{query}")
        assert page.locator("h1").count() == 1
        assert violations_of(page) == []
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= options["width"]


def test_a_period_is_chosen_by_keyboard_without_a_script(demo_site, visit):
    page = visit(java_script_enabled=False)
    sign_in(page, "auditor@miami.example")
    page.goto("/admin/reviews/triageitem/")
    page.get_by_role("link", name="Report on a quarter, term or year").click()
    page.get_by_label("Period", exact=True).focus()
    page.get_by_label("Period", exact=True).select_option("year-2026")
    press(page, "Show")
    assert page.locator("h1").inner_text() == "Calendar year 2026"
    page.get_by_label("From", exact=True).fill("2026-07-01")
    page.get_by_label("To", exact=True).fill("2026-07-31")
    press(page, "Show these days")
    assert page.locator("h1").inner_text() == "1 July to 31 July 2026"


@pytest.mark.parametrize("paper", ["Letter", "A4"])
@pytest.mark.parametrize("query", ["", "?period=year-2026", "?period=fiscal-2027"])
def test_it_prints_on_two_pages(demo_site, visit, paper, query):
    page = visit()
    sign_in(page, "lead@miami.example")
    page.goto(f"{PAGE}{query}")
    margin = dict.fromkeys(("top", "bottom", "left", "right"), "0.5in")
    assert len(LEAF.findall(page.pdf(format=paper, margin=margin))) == 2
