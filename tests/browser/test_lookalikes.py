"""Look-alikes by hand: shown and said while typing, answered, merged and unmerged on the desk."""

import re

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from microcreds.accounts.models import User
from proposals.models import Proposal, Stage
from tests.browser.conftest import violations_of
from tests.factories import make_at, make_cast, make_draft, make_submitted

pytestmark = pytest.mark.browser
SHIFT = """new Promise((tell) => {
  let shift = 0;
  new PerformanceObserver((seen) => seen.getEntries().forEach((each) => (shift += each.value)))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => tell(shift), 200);
})"""
NONE, ONE = "Nothing like it found so far", "Something like it: 1 found"


def signed_in(page: Page, user: User, site: str) -> Page:
    """The session is made here, because signing in is tested elsewhere."""
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}]
    )
    return page


@pytest.fixture
def known(transactional_db) -> Proposal:
    cast = make_cast()
    return make_submitted(cast.other_proposer, working_title="Watershed Sampling Technician")


@pytest.fixture
def draft(known: Proposal) -> Proposal:
    bees = {"working_title": "Bees", "job_functions": [], "outcomes": []}
    return make_draft(make_cast().proposer, **bees)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_typing_shows_it_says_it_and_moves_nothing(visit, site, draft, known, width, scheme):
    page = signed_in(visit(width=width, color_scheme=scheme), draft.submitter, site)
    page.goto(f"/proposals/{draft.reference}/edit/need/")
    summary = page.locator("#lookalikes summary")
    expect(summary).to_have_text(NONE)
    assert violations_of(page) == []

    page.get_by_label("Working title").fill("Technicians who sample watersheds")

    expect(summary).to_have_text(ONE)
    expect(page.get_by_role("status").filter(has_text=ONE)).to_have_count(1)
    expect(page.get_by_label("Working title")).to_be_focused()
    assert page.evaluate(SHIFT) < 0.05
    if width == 390:
        expect(page.get_by_text("Talk to Oxford")).to_be_hidden()
        expect(summary).to_be_in_viewport()
        summary.focus()
        page.keyboard.press("Enter")
    expect(page.get_by_text(known.working_title)).to_be_visible()
    expect(page.get_by_role("link", name="oxford@miami.example").first).to_be_visible()
    assert violations_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_rows_count_too_and_nobody_loses_their_place(visit, site, draft, known):
    page = signed_in(visit(), draft.submitter, site)
    page.goto(f"/proposals/{draft.reference}/edit/skills/")
    page.locator("[name=outcomes-0-text]").fill("Technicians sample a watershed by plan")
    page.locator("[name=outcomes-1-text]").fill("Read a control chart")
    expect(page.locator("#lookalikes summary")).to_have_text(ONE)

    link = page.locator("#lookalikes a")
    link.focus()
    # What somebody else in the form types (an extension, a second hand) changes no list in use.
    page.locator("[name=outcomes-0-text]").evaluate(
        "e => { e.value = ''; e.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    with page.expect_response(re.compile("/lookalikes/$")):
        pass
    expect(link).to_be_focused()


def test_without_scripts_the_saved_answers_are_compared(visit, site, draft, known):
    page = signed_in(visit(java_script_enabled=False), draft.submitter, site)
    page.goto(f"/proposals/{draft.reference}/edit/need/")
    page.get_by_label("Working title").fill("Technicians who sample watersheds")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#lookalikes summary")).to_have_text(ONE)
    page.locator("#lookalikes summary").click()
    expect(page.get_by_text(known.working_title)).to_be_visible()
    page.goto(f"/proposals/{draft.reference}/check/")
    expect(page.get_by_role("heading", name=ONE)).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_staff_link_tell_apart_merge_and_undo(visit, site, transactional_db, width, scheme):
    cast = make_cast()
    mine = make_at(Stage.TRIAGE, working_title="Watershed Sampling Technician")
    other = make_at(Stage.TRIAGE, owner=cast.other_proposer, working_title="Watershed Samplers")
    page = signed_in(visit(width=width, color_scheme=scheme), cast.oxford, site)
    desk = f"/admin/reviews/triageitem/{mine.pk}"
    page.goto(f"{desk}/change/")
    panel = page.locator(".kin")
    row = panel.locator(f"[data-ref='{other.reference}']")

    def answer(button: str) -> None:
        row.locator("summary").click()
        row.get_by_role("button", name=button).click()

    row.locator("summary").click()
    assert violations_of(page) == []
    row.get_by_label("Note, for eLearning only").fill("Same stream, other learners.")
    row.get_by_role("button", name="Link as related").click()
    expect(row).to_have_attribute("data-verdict", "related")
    expect(row).to_contain_text("Same stream, other learners.")
    assert violations_of(page) == []

    row.get_by_role("button", name="Take this answer back").click()
    answer("Not a duplicate")
    expect(row).to_have_attribute("data-verdict", "different")
    row.get_by_role("button", name="Take this answer back").click()

    row.locator("summary").click()
    row.get_by_role("link", name="Merge into it…").click()
    expect(page.get_by_label("Where it continues")).to_have_value(other.reference)
    expect(page.get_by_role("heading", name=f"What goes to {other.reference}")).to_be_visible()
    expect(page.locator(".plan-along")).to_contain_text("Fay Proposer")
    assert violations_of(page) == []
    page.get_by_role("button", name="Merge into another proposal").click()
    expect(panel).to_contain_text(f"Merged into {other.reference}")

    panel.get_by_role("link", name="Undo the merge…").click()
    expect(page.locator(".plan-along")).to_contain_text("Who may no longer read")
    page.get_by_label("Note for eLearning").fill("Two rivers after all.")
    assert violations_of(page) == []
    page.get_by_role("button", name="Reopen").click()
    expect(page.locator("article")).to_have_attribute("data-stage", "triage")
    assert Proposal.objects.get(pk=mine.pk).duplicate_of is None
