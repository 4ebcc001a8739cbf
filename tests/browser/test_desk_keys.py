"""The desk by keyboard alone: every key stands for something that can be pressed, or is off."""

import pytest
from playwright.sync_api import Page, expect

from proposals.models import Proposal, Stage
from tests.browser.conftest import sign_in, violations_of

pytestmark = pytest.mark.browser
DESK = "/admin/reviews/triageitem/"


@pytest.fixture
def desk(demo_site, settings, visit) -> Page:
    """The list in a browser of somebody who touches no mouse."""
    settings.NOTIFICATION_GRACE_SECONDS = 120
    page: Page = visit()
    sign_in(page, "oxford@miami.example")
    page.goto(f"{DESK}?stage=open")
    return page


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def led_on(page: Page, *pressed: str) -> None:
    """Presses these; the last leads to another page."""
    keys(page, *pressed[:-1])
    with page.expect_navigation():
        page.keyboard.press(pressed[-1])


def references(page: Page) -> list[str]:
    return page.locator("tr[data-ref]").evaluate_all("rows => rows.map((row) => row.dataset.ref)")


def focused_row(page: Page) -> str:
    return page.evaluate("document.activeElement.closest('tr')?.dataset.ref ?? ''")


def tab_to(page: Page, name: str) -> None:
    """Goes on by Tab until a button or link of this name has the focus."""
    for _each in range(80):
        page.keyboard.press("Tab")
        words = page.evaluate("document.activeElement.innerText ?? ''").strip()
        if words == name:
            return
    raise AssertionError(f"Tab does not reach {name!r}")


def test_triage_by_keyboard_alone(desk):
    waiting = Proposal.objects.get(stage=Stage.SUBMITTED)
    keys(desk, "/")
    expect(desk.locator("#searchbar")).to_be_focused()
    desk.keyboard.type(waiting.reference)
    led_on(desk, "Enter")
    led_on(desk, "j", "o")
    expect(desk.get_by_role("heading", level=1)).to_have_text(waiting.working_title)
    keys(desk, "m")
    expect(desk.locator("[data-move=start_triage]")).to_be_focused()
    led_on(desk, "Enter")
    tab_to(desk, "Start triage")
    led_on(desk, "Enter")
    assert Proposal.objects.get(pk=waiting.pk).stage == Stage.TRIAGE
    tab_to(desk, "Undo…")
    led_on(desk, "Enter")
    tab_to(desk, "Undo")
    led_on(desk, "Enter")
    assert Proposal.objects.get(pk=waiting.pk).stage == Stage.SUBMITTED


def test_the_keys_of_the_list_and_of_a_page(desk):
    """One visit for all of them: a demo of its own for each key would take minutes."""
    rows = references(desk)
    keys(desk, "m")
    expect(desk.get_by_text("Choose a proposal first")).to_be_attached()
    keys(desk, "j", "j", "j", "k")
    assert focused_row(desk) == rows[1]
    keys(desk, "k", "k", "k")
    assert focused_row(desk) == rows[0]
    keys(desk, *["j"] * (len(rows) + 3))
    assert focused_row(desk) == rows[-1]
    assert_typing_is_typing(desk)
    keys(desk, "k", "x", "k", "x", "k", "x", "x")
    assert desk.locator(".action-select:checked").count() == 2
    led_on(desk, "m")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Move 2 proposals")
    desk.goto(f"{DESK}?stage=submitted")
    led_on(desk, "j", "a")
    taken = Proposal.objects.get(stage=Stage.SUBMITTED)
    assert taken.assignee.email == "oxford@miami.example"
    assert_a_page_has_its_keys(desk, f"{DESK}{taken.pk}/change/")


def assert_typing_is_typing(page: Page) -> None:
    keys(page, "/")
    page.keyboard.type("jox?am/g")
    expect(page.locator("#searchbar")).to_have_value("jox?am/g")
    expect(page.locator("dialog[data-keys]")).to_be_hidden()
    page.locator("h1").click()
    keys(page, "Control+j", "Alt+j", "Meta+j")
    assert focused_row(page) == ""


def assert_a_page_has_its_keys(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("a[rel]").evaluate_all("links => links.forEach((link) => link.remove())")
    keys(page, "j", "k")
    assert page.url.endswith(address)
    page.locator("h1").evaluate(
        f"(h1) => h1.insertAdjacentHTML('afterend', '<a rel=next href={DESK}>Next</a>')"
    )
    led_on(page, "j")
    page.goto(address)
    led_on(page, "a")
    assert page.url.endswith("/assign/")
    page.goto(address)
    led_on(page, "/")
    expect(page.locator("#searchbar")).to_be_focused()
    page.goto(address)
    led_on(page, "g", "l")
    assert page.url.endswith(DESK)
    led_on(page, "g", "h")
    assert page.url.endswith("/admin/")


def test_the_overlay_says_all_keys_and_switches_them_off(desk):
    keys(desk, "?")
    overlay = desk.locator("dialog[data-keys]")
    expect(overlay).to_be_visible()
    for width in (1280, 390):
        desk.set_viewport_size({"width": width, "height": 900})
        assert violations_of(desk) == []
        assert desk.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    switch = desk.get_by_role("switch", name="Use single keys on the desk")
    expect(switch).to_be_checked()
    switch.focus()
    keys(desk, "Space", "Escape")
    expect(overlay).to_be_hidden()
    keys(desk, "j", "?")
    assert focused_row(desk) == ""
    expect(overlay).to_be_hidden()
    desk.reload()
    keys(desk, "j")
    assert focused_row(desk) == ""
    desk.get_by_role("button", name="Keyboard").press("Enter")
    expect(switch).not_to_be_checked()
    switch.press("Space")
    keys(desk, "Escape", "j")
    assert focused_row(desk) == references(desk)[0]
