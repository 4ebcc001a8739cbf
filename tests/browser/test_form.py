"""The interest form by hand: rows, conditions and errors, with scripts and without."""

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page, expect

from proposals.models import InterestForm, Proposal
from proposals.services import create_draft
from tests.browser.conftest import violations_of
from tests.factories import make_cast

pytestmark = pytest.mark.browser
SHIFT = """new Promise((tell) => {
  let shift = 0;
  new PerformanceObserver((seen) => seen.getEntries().forEach((each) => (shift += each.value)))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => tell(shift), 200);
})"""


@pytest.fixture
def draft(transactional_db) -> Proposal:
    return create_draft(owner=make_cast().proposer, working_title="Reading a control chart")


def signed_in(page: Page, draft: Proposal, site: str) -> Page:
    """The owner's page; the session is made here, because signing in is tested elsewhere."""
    owner = draft.submitter
    session = SessionStore()
    session[SESSION_KEY] = str(owner.pk)
    session[BACKEND_SESSION_KEY] = "reviews.permissions.RoleBackend"
    session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    session.create()
    page.context.add_cookies(
        [{"name": "sessionid", "value": session.session_key or "", "url": site}]
    )
    return page


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def test_rows_and_conditions_with_scripts(visit, site, draft):
    page = signed_in(visit(), draft, site)
    page.goto(f"/proposals/{draft.reference}/edit/skills/")
    assert page.evaluate(SHIFT) < 0.05

    page.get_by_role("button", name="Add another outcome").click()
    expect(page.locator("[name=outcomes-2-text]")).to_be_focused()
    expect(page.locator("#rows_outcomes [data-said]")).to_have_text("Outcome 3 added.")
    page.keyboard.type("Draw a sample")
    expect(page.locator("#rows_stack_targets")).to_be_hidden()
    page.get_by_label("Nothing is planned").check()
    page.get_by_label("A minor").check()
    expect(page.get_by_label("Nothing is planned")).not_to_be_checked()
    expect(page.locator("#rows_stack_targets")).to_be_visible()
    save(page)

    expect(page.get_by_role("status").first).to_have_text("Saved.")
    assert [row["text"] for row in InterestForm.objects.get().answers["outcomes"]] == [
        "Draw a sample"
    ]
    page.get_by_label("Remove this outcome when I save").focus()
    page.keyboard.press("Space")
    expect(page.locator("[name=outcomes-0-text]")).to_be_hidden()
    expect(page.locator("#rows_outcomes [data-said]")).to_have_text(
        "Outcome 1 is taken out. Untick to keep it."
    )
    expect(page.locator("#rows_outcomes [data-said]")).to_have_attribute("role", "status")
    expect(page.get_by_label("Remove this outcome when I save")).to_be_focused()
    save(page)
    expect(page.locator("[name=outcomes-0-text]")).to_have_value("")


def test_rows_and_conditions_without_scripts_at_320_pixels(visit, site, draft):
    page = signed_in(visit(width=320, java_script_enabled=False), draft, site)
    page.goto(f"/proposals/{draft.reference}/edit/skills/")

    expect(page.locator("#rows_stack_targets")).to_be_visible()
    page.locator("[name=outcomes-0-text]").fill("Draw a sample")
    page.get_by_role("button", name="Add another outcome").click()
    expect(page.locator("[name=outcomes-0-text]")).to_have_value("Draw a sample")
    page.locator("[name=outcomes-2-text]").fill("Read a chart")
    page.locator("[name=outcomes-2-text]").press("Enter")

    expect(page.get_by_text("Saved.")).to_be_visible()
    texts = [row["text"] for row in InterestForm.objects.get().answers["outcomes"]]
    assert texts == ["Draw a sample", "Read a chart"]


def test_what_is_wrong_is_told_beside_what_was_typed(visit, site, draft):
    page = signed_in(visit(width=390, color_scheme="dark"), draft, site)
    page.goto(f"/proposals/{draft.reference}/edit/shape/")
    page.get_by_label("Hours of a learner's time").fill("many")
    page.get_by_label("Yes, credit").check()
    save(page)

    page.get_by_role("link", name="Hours of a learner's time").click()
    expect(page.locator("[name=effort_hours]")).to_be_focused()
    expect(page.locator("[name=effort_hours]")).to_have_value("many")
    assert violations_of(page) == []
    assert InterestForm.objects.get().answers["credit_kind"] == "credit"
    page.goto(f"/proposals/{draft.reference}/check/")
    assert page.evaluate(SHIFT) < 0.05
    page.get_by_role("link", name="How far does the need reach?").click()
    expect(page.locator("#id_need_level_0")).to_be_in_viewport()
