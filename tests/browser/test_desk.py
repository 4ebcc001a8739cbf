"""Triage in a real browser: planned, moved and undone; by keyboard alone; without scripts."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from microcreds.accounts.models import User
from proposals.models import Proposal, Stage
from reviews.models import TalkedWith, ToDo
from reviews.workflow import Move
from tests.browser.conftest import press, sign_in, violations_of
from tests.factories import do_move, given_for

pytestmark = pytest.mark.browser
DESK = "/admin/reviews/triageitem/"
# Focused by a scroll to the top of the window, does the bar of moves lie over it?
COVERED_BY_THE_MOVES = """element => {
  element.focus({ preventScroll: true });
  element.scrollIntoView({ behavior: "instant" });
  const bar = document.querySelector(".moves").getBoundingClientRect();
  return element.getBoundingClientRect().top < bar.bottom - 1 && bar.top < 1;
}"""


@pytest.fixture
def watershed(demo_site, settings) -> Proposal:
    """The demo's proposal in triage, at a desk whose mails wait two minutes."""
    settings.NOTIFICATION_GRACE_SECONDS = 120
    return Proposal.objects.get(stage=Stage.TRIAGE)


def stage_of(proposal: Proposal) -> str:
    return Proposal.objects.get(pk=proposal.pk).stage


def in_three_days() -> str:
    return (timezone.localdate() + timedelta(days=3)).isoformat()


def test_by_mouse_a_move_is_planned_made_and_undone(watershed, visit):
    page: Page = visit()
    sign_in(page, "oxford@miami.example")
    page.goto(f"{DESK}{watershed.pk}/change/")
    page.locator("[data-move=hold]").click()
    page.get_by_label("Reason").select_option("timing")
    page.get_by_label("Look at it again on").fill(in_three_days())
    page.get_by_text("Set another in its place").click()
    page.get_by_label("Next step on the desk").fill("Ask again whether the water is low")
    page.locator("[name=next_step_on]").fill(in_three_days())
    press(page, "Put on hold")
    expect(page.get_by_text("can be undone until")).to_contain_text("s left")
    expect(page.get_by_text("Ask again whether the water is low").first).to_be_visible()
    assert violations_of(page) == []
    assert stage_of(watershed) == Stage.ON_HOLD
    page.get_by_role("link", name="Undo…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Undo: Put on hold")
    expect(page.get_by_text("These have not left, and are not sent:")).to_be_visible()
    assert violations_of(page) == []
    press(page, "Undo")
    expect(page.get_by_text("It is at “Triage” again.")).to_be_visible()
    assert stage_of(watershed) == Stage.TRIAGE
    assert violations_of(page) == []


def test_by_keyboard_alone_a_call_is_noted_and_a_step_ticked_off(watershed, visit):
    page: Page = visit(width=390, color_scheme="dark")
    sign_in(page, "oxford@miami.example")
    page.goto(f"{DESK}{watershed.pk}/change/")
    page.locator("summary", has_text="Note a call, meeting or mail").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("What it was")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("State laboratory")
    page.keyboard.press("Tab")
    page.keyboard.type("They sign it themselves.")
    with page.expect_navigation():
        page.get_by_role("button", name="Note it").focus()
        page.keyboard.press("Enter")
    assert TalkedWith.objects.get(who="State laboratory").said == "They sign it themselves."
    assert violations_of(page) == []
    page.locator("#next-step ~ p a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/todo/*/")
    assert violations_of(page) == []
    page.get_by_label("How it went").focus()
    page.keyboard.type("Done")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert ToDo.objects.filter(proposal=watershed, is_next=True, done_note="Done").exists()


def test_without_scripts_a_move_is_planned_made_and_undone(watershed, visit):
    page: Page = visit(java_script_enabled=False)
    sign_in(page, "oxford@miami.example")
    page.goto(f"{DESK}?stage=triage")
    expect(page.get_by_role("button", name="Keyboard")).to_have_count(0)  # it would do nothing
    expect(page.locator("dialog[data-keys]")).to_be_hidden()
    page.get_by_role("link", name=watershed.reference).click()
    page.locator("[data-move=return]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Return for revision")
    press(page, "Return for revision")
    expect(page.locator("[role=alert]").first).to_contain_text("Choose a reason")
    page.locator("[name=reason_code]").select_option("arithmetic")
    page.get_by_label("Message to the proposers").fill("Do the hours add up?")
    press(page, "Show the mails with my words")
    expect(page.get_by_text("> Do the hours add up?").first).to_be_attached()
    assert stage_of(watershed) == Stage.TRIAGE
    press(page, "Return for revision")
    assert stage_of(watershed) == Stage.RETURNED
    page.get_by_role("link", name="Undo…").click()
    press(page, "Undo")
    expect(page.get_by_text("It is at “Triage” again.")).to_be_visible()
    assert stage_of(watershed) == Stage.TRIAGE


def test_without_scripts_several_are_moved_by_one_plan(watershed, visit):
    page: Page = visit(java_script_enabled=False)
    sign_in(page, "lead@miami.example")
    page.goto(f"{DESK}?stage=open")
    boxes = page.locator(".action-select")
    chosen = boxes.count()
    for box in boxes.all():
        box.check()
    press(page, "Move…")
    page.locator("[data-move=hold]").click()
    held = Proposal.objects.filter(stage=Stage.ON_HOLD).count()
    ready = page.locator("tr[data-ready=yes]").count()
    assert 0 < ready < chosen
    press(page, f"Move the {ready} that are ready")
    expect(page.locator("[role=alert]").first).to_contain_text("Choose a reason")
    page.get_by_label("Reason").select_option("timing")
    page.get_by_label("Look at it again on").fill(in_three_days())
    press(page, f"Move the {ready} that are ready")
    expect(page.get_by_text(f"{ready} proposals are moved: Put on hold.")).to_be_visible()
    assert Proposal.objects.filter(stage=Stage.ON_HOLD).count() == held + ready


@pytest.mark.parametrize("width", [1280, 390])
def test_the_bulk_pages_break_no_rule(watershed, visit, width):
    page: Page = visit(width=width)
    sign_in(page, "lead@miami.example")
    ids = ",".join(str(pk) for pk in Proposal.objects.values_list("pk", flat=True))
    for path in (f"{DESK}bulk/?ids={ids}", f"{DESK}bulk/hold/?ids={ids}"):
        page.goto(path)
        assert violations_of(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_proposer_undoes_a_submission_from_their_page(watershed, visit):
    proposal = Proposal.objects.filter(stage=Stage.FULL_PROPOSAL).first()
    page: Page = visit(width=390)
    sign_in(page, proposal.submitter.email)
    page.goto(f"/proposals/{proposal.reference}/full-proposal/")
    page.locator("[data-move=submit_full_proposal]").click()
    expect(page.get_by_text("can be undone until")).to_be_visible()
    assert violations_of(page) == []
    press(page, "Undo")
    expect(page.get_by_text("It is undone.")).to_be_visible()
    assert stage_of(proposal) == Stage.FULL_PROPOSAL


@pytest.mark.parametrize("width", [1280, 390])
def test_the_moves_stay_in_sight_and_cover_nothing_that_has_focus(watershed, visit, width):
    page: Page = visit(width=width)
    sign_in(page, "oxford@miami.example")
    page.goto(f"{DESK}{watershed.pk}/change/")
    bar = page.locator(".moves")
    for target in page.locator(".panel-grid :is(summary, textarea, a)").all()[::9]:
        if not target.is_visible():
            continue
        hidden = target.evaluate(COVERED_BY_THE_MOVES)
        assert not hidden, target.evaluate("element => element.outerHTML")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight / 2)")
    expect(bar).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_what_was_typed_survives_a_move_and_goes_once_it_is_saved(watershed, visit):
    page: Page = visit()
    sign_in(page, "oxford@miami.example")
    address = f"{DESK}{watershed.pk}/change/"
    page.goto(address)
    page.locator("form[action$='/note/'] textarea").fill("Half a thought")
    page.get_by_label("Fit tags").fill("water")
    page.locator("[data-move=hold]").click()
    page.wait_for_url("**/move/hold/")
    page.goto(address)
    expect(page.locator("form[action$='/note/'] textarea")).to_have_value("Half a thought")
    expect(page.get_by_label("Fit tags")).to_have_value("water")
    expect(page.get_by_text("Brought back what you typed here")).to_have_count(2)
    assert violations_of(page) == []
    page.locator("form[action$='/triage/'] .kept-said button").click()
    expect(page.get_by_label("Fit tags")).not_to_have_value("water")
    press(page, "Internal: eLearning only")
    expect(page.get_by_text("Half a thought").first).to_be_visible()
    page.reload()
    expect(page.locator("form[action$='/note/'] textarea")).to_have_value("")
    expect(page.get_by_text("Brought back")).to_have_count(0)


def test_from_the_list_to_the_next_and_back_and_seen_as_its_owner(watershed, visit):
    page: Page = visit(width=390)
    sign_in(page, "lead@miami.example")
    page.goto(f"{DESK}?stage=open&o=1")
    page.locator("tbody th a").first.click()
    expect(page.get_by_text(" in this list").first).to_contain_text("1 of ")
    first = page.locator("article").get_attribute("data-ref")
    page.get_by_role("link", name="Next", exact=True).click()
    expect(page.get_by_text(" in this list").first).to_contain_text("2 of ")
    page.get_by_role("link", name="Previous", exact=True).click()
    expect(page.locator("article")).to_have_attribute("data-ref", first)
    page.get_by_role("link", name=" sees it").first.click()
    expect(page.get_by_text("You see this as")).to_be_visible()
    assert violations_of(page) == []
    page.get_by_role("link", name="Back to the desk").click()
    page.get_by_role("link", name="Back to the list").click()
    assert page.url.endswith("?stage=open&o=1")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_pages_of_owners_and_steps_break_no_rule(watershed, visit, width, scheme):
    page: Page = visit(width=width, color_scheme=scheme)
    sign_in(page, "oxford@miami.example")
    step = ToDo.objects.open().get(proposal=watershed, is_next=True)
    for path in (
        f"{DESK}hand-over/",
        f"{DESK}hand-over/?of={step.owner_id}",
        f"{DESK}{watershed.pk}/todo/{step.pk}/",
        f"{DESK}?stage=open&q=stagee:x",
        "/admin/reviews/absence/add/",
    ):
        page.goto(path)
        assert violations_of(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_undoing_together_and_a_search_misspelled_break_no_rule(watershed, visit, width, scheme):
    oxford = User.objects.get(email="oxford@miami.example")
    change = do_move(watershed, Move.HOLD, oxford, **given_for(Move.HOLD))
    page: Page = visit(width=width, color_scheme=scheme)
    sign_in(page, "oxford@miami.example")
    for path, said in (
        (f"{DESK}undo/{change.pk}/", "1 of 1 can be undone."),
        (f"{DESK}?q=watersheed", "Did you mean “watershed”?"),
    ):
        page.goto(path)
        expect(page.get_by_text(said)).to_be_visible()
        assert violations_of(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_every_move_is_in_sight(watershed, visit, width):
    page: Page = visit(width=width)
    sign_in(page, "lead@miami.example")
    page.goto(f"{DESK}{watershed.pk}/change/")
    bar = page.locator(".move-bar")
    assert bar.evaluate("bar => bar.scrollWidth <= bar.clientWidth")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight / 2)")
    for move in bar.get_by_role("link").all():
        expect(move).to_be_in_viewport(ratio=1)


def test_the_last_filter_opens_inside_the_page(watershed, visit):
    page: Page = visit(width=1280)
    sign_in(page, "oxford@miami.example")
    page.goto(f"{DESK}?stage=open")
    page.locator(".filter-many summary", has_text="Owner").click()
    expect(page.locator(".filter-many[open] label").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_search_offers_a_stage_by_the_name_the_page_has_for_it(watershed, visit):
    page: Page = visit()
    sign_in(page, "oxford@miami.example")
    page.goto(f"{DESK}?stage=open")
    page.locator("#searchbar").press_sequentially("turn:me stage:comm")
    offered = page.locator("#search-terms option")
    expect(offered).to_have_count(1)
    expect(offered).to_have_attribute("value", "turn:me stage:apc_review")
    expect(offered).to_have_attribute("label", "turn:me stage:Committee review")


def test_all_rows_are_checked_at_once_and_what_to_do_with_them_stays_in_sight(demo_site, visit):
    page: Page = visit()
    sign_in(page, "oxford@miami.example")
    page.goto(DESK)
    boxes, move = page.locator(".action-select"), page.get_by_role("button", name="Move…")
    expect(move).not_to_be_in_viewport()
    page.get_by_label("Choose all on this page").check()
    assert boxes.evaluate_all("boxes => boxes.every((box) => box.checked)")
    expect(move).to_be_in_viewport()
    assert violations_of(page) == []
    page.get_by_label("Choose all on this page").uncheck()
    boxes.nth(1).check()
    boxes.nth(3).click(modifiers=["Shift"])
    assert boxes.evaluate_all("boxes => boxes.findIndex((box) => box.checked)") == 1
    assert page.locator(".action-select:checked").count() == 3
    press(page, "Move…")
    expect(page.get_by_role("heading", level=1)).to_contain_text("3")
