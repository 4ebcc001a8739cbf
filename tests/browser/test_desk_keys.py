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


def test_j_and_k_go_through_the_rows_and_stop_at_the_ends(desk):
    rows = references(desk)
    keys(desk, "j")
    assert focused_row(desk) == rows[0]
    keys(desk, "j", "j", "k")
    assert focused_row(desk) == rows[1]
    keys(desk, "k", "k", "k")
    assert focused_row(desk) == rows[0]
    keys(desk, *["j"] * (len(rows) + 3))
    assert focused_row(desk) == rows[-1]


def test_x_ticks_and_m_leads_to_the_moves_of_what_is_ticked(desk):
    keys(desk, "m")
    expect(desk.get_by_text("Choose a proposal first")).to_be_attached()
    keys(desk, "j", "x", "j", "x", "j", "x", "x")
    assert desk.locator(".action-select:checked").count() == 2
    led_on(desk, "m")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Move 2 proposals")


def test_a_takes_the_row_and_a_page_is_assigned(desk):
    nobodys = Proposal.objects.filter(stage=Stage.SUBMITTED).get()
    desk.goto(f"{DESK}?stage=submitted")
    led_on(desk, "j", "a")
    nobodys.refresh_from_db()
    assert nobodys.assignee.email == "oxford@miami.example"
    desk.goto(f"{DESK}{nobodys.pk}/change/")
    led_on(desk, "a")
    assert desk.url.endswith(f"{nobodys.pk}/assign/")


def test_next_and_previous_are_pressed_where_they_stand(desk):
    first = Proposal.objects.get(stage=Stage.TRIAGE)
    desk.goto(f"{DESK}{first.pk}/change/")
    desk.locator("a[rel]").evaluate_all("links => links.forEach((link) => link.remove())")
    keys(desk, "j", "k")
    assert desk.url.endswith(f"{first.pk}/change/")
    desk.locator("h1").evaluate(
        f"(h1) => h1.insertAdjacentHTML('afterend', '<a rel=next href={DESK}>Next</a>')"
    )
    led_on(desk, "j")
    assert desk.url.endswith(DESK)


def test_typing_is_typing(desk):
    keys(desk, "/")
    desk.keyboard.type("jox?am/g")
    expect(desk.locator("#searchbar")).to_have_value("jox?am/g")
    expect(desk.locator("dialog[data-keys]")).to_be_hidden()
    expect(desk.locator("#searchbar")).to_be_focused()
    desk.locator("#filter_stage").focus()
    keys(desk, "j", "?")
    assert focused_row(desk) == ""
    desk.locator("h1").click()
    keys(desk, "Control+j", "Alt+j", "Meta+j")
    assert focused_row(desk) == ""


@pytest.mark.parametrize("width", [1280, 390])
def test_the_overlay_says_all_keys_and_switches_them_off(desk, width):
    desk.set_viewport_size({"width": width, "height": 900})
    keys(desk, "?")
    overlay = desk.locator("dialog[data-keys]")
    expect(overlay).to_be_visible()
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


def test_g_leads_home_and_to_the_list(desk):
    led_on(desk, "g", "h")
    assert desk.url.endswith("/admin/")
    desk.goto(f"{DESK}{Proposal.objects.get(stage=Stage.TRIAGE).pk}/change/")
    led_on(desk, "/")
    expect(desk.locator("#searchbar")).to_be_focused()
    desk.goto(f"{DESK}{Proposal.objects.get(stage=Stage.TRIAGE).pk}/change/")
    led_on(desk, "g", "l")
    assert desk.url.endswith(DESK)


def test_without_scripts_there_is_no_button_that_does_nothing(demo_site, visit):
    page: Page = visit(java_script_enabled=False)
    sign_in(page, "oxford@miami.example")
    page.goto(DESK)
    expect(page.get_by_role("button", name="Keyboard")).to_have_count(0)
    expect(page.locator("dialog[data-keys]")).to_be_hidden()
