"""The form that saves itself: lost sign-in, lost network, two people, sign-out, no scripts."""

import json

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from microcreds.accounts.models import User
from proposals.models import InterestForm, Participant, Proposal
from proposals.services import create_draft
from tests.browser.conftest import violations_of
from tests.factories import make_cast

pytestmark = pytest.mark.browser
NEED = "[name=need_statement]"
NOTE = "[name=audience_note]"
SAID = "[data-save-state] [data-said]"
WARNED = "[data-save-state] [data-warned]"


@pytest.fixture
def draft(transactional_db) -> Proposal:
    cast = make_cast()
    draft = create_draft(owner=cast.proposer, working_title="Reading a control chart")
    Participant.objects.create(
        proposal=draft, user=cast.other_proposer, capacity="editor", since=draft.created_at
    )
    return draft


def signed_in(page: Page, person: User, site: str) -> Page:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "reviews.permissions.RoleBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    page.context.add_cookies(
        [{"name": "sessionid", "value": session.session_key or "", "url": site}]
    )
    return page


@pytest.fixture
def fay(visit, site, draft) -> Page:
    """The owner on the page about the need."""
    page = signed_in(visit(), draft.submitter, site)
    page.goto(f"/proposals/{draft.reference}/edit/need/")
    return page


@pytest.fixture
def gus(visit, site, draft) -> Page:
    page = signed_in(visit(width=390, color_scheme="dark"), make_cast().other_proposer, site)
    page.goto(f"/proposals/{draft.reference}/edit/need/")
    return page


def answers() -> dict:
    return InterestForm.objects.get().answers


def kept(page: Page) -> str:
    return page.evaluate("JSON.stringify({...localStorage})")


def test_a_pause_saves_and_says_so_to_eyes_and_screen_readers(fay):
    fay.locator(NEED).press_sequentially("Shift leads guess")

    expect(fay.locator(SAID)).to_contain_text("Saved ")
    expect(fay.locator(NEED)).to_be_focused()
    assert fay.locator(SAID).get_attribute("role") == "status"
    assert answers()["need_statement"] == "Shift leads guess"
    assert "Shift leads" not in kept(fay)
    assert violations_of(fay) == []


def test_a_lost_sign_in_loses_nothing_and_the_copy_is_its_owners(fay, site, draft):
    Session.objects.all().delete()
    fay.locator(NEED).fill("Typed into a lost session")

    expect(fay.locator(WARNED)).to_contain_text("You were signed out")
    assert violations_of(fay) == []
    fay.get_by_role("button", name="Save", exact=True).click()
    expect(fay.locator(WARNED)).to_contain_text("You were signed out")
    link = fay.get_by_role("link", name="Sign in to go on")
    assert f"next=/proposals/{draft.reference}/edit/need/" in link.get_attribute("href")

    signed_in(fay, make_cast().other_proposer, site)
    fay.goto(f"/proposals/{draft.reference}/edit/need/")
    expect(fay.locator(NEED)).to_have_value("")
    signed_in(fay, draft.submitter, site)
    fay.goto(f"/proposals/{draft.reference}/edit/need/")
    expect(fay.locator(NEED)).to_have_value("Typed into a lost session")
    expect(fay.locator(SAID)).to_contain_text("Brought back")
    expect(fay.locator(SAID)).to_contain_text("Saved ")
    assert answers()["need_statement"] == "Typed into a lost session"
    assert "Typed into" not in kept(fay)


def test_offline_says_so_and_saves_once_it_is_back(fay):
    fay.context.set_offline(True)
    fay.locator(NEED).fill("Typed in a tunnel")
    expect(fay.locator(WARNED)).to_contain_text("there is no connection")
    assert "Typed in a tunnel" in kept(fay)

    fay.context.set_offline(False)

    expect(fay.locator(SAID)).to_contain_text("Saved ")
    assert answers()["need_statement"] == "Typed in a tunnel"


def test_leaving_the_page_at_once_and_going_back_keeps_what_was_typed(fay):
    fay.locator(NEED).fill("Typed and left")
    fay.get_by_role("link", name="My proposals").first.click()
    fay.wait_for_url("**/proposals/")
    fay.go_back()

    expect(fay.locator(NEED)).to_have_value("Typed and left")
    fay.locator(NOTE).fill("And on")
    fay.locator(NOTE).blur()
    expect(fay.locator(SAID)).to_contain_text("Saved ")
    expect(fay.locator("[data-conflict]")).to_have_count(0)
    fay.reload()
    expect(fay.locator(NOTE)).to_have_value("And on")
    assert answers()["need_statement"] == "Typed and left"


def test_signing_out_in_another_tab_erases_the_copy(fay):
    fay.context.set_offline(True)
    fay.locator(NEED).fill("Nobody else's business")
    expect(fay.locator(WARNED)).to_contain_text("no connection")
    fay.context.set_offline(False)
    fay.context.route("**/autosave/", lambda route: route.abort())
    other = fay.context.new_page()
    other.goto(fay.url.split("/edit")[0] + "/")
    other.get_by_role("button", name="Sign out").click()

    expect(fay.locator(WARNED)).to_contain_text("You signed out in another window")
    assert "business" not in kept(fay)
    fay.locator(NEED).press_sequentially(" more")
    assert "business" not in kept(fay)


def test_copies_older_than_seven_days_are_gone(fay, draft):
    old = (timezone.now().timestamp() - 8 * 24 * 3600) * 1000
    name = f"microcreds:kept:{draft.submitter_id}:/proposals/x/:k"
    copy = json.dumps({"at": old, "left": [["need_statement", '["old"]']]})
    fay.evaluate("([name, copy]) => localStorage.setItem(name, copy)", [name, copy])
    fay.reload()

    assert "old" not in kept(fay)


def test_two_people_on_different_answers_keep_both(fay, gus):
    fay.locator(NEED).fill("Fay's need")
    expect(fay.locator(SAID)).to_contain_text("Saved ")
    gus.locator(NOTE).fill("Gus's note")
    expect(gus.locator(SAID)).to_contain_text("Saved ")

    expect(gus.locator(NEED)).to_have_value("Fay's need")
    fay.locator("[name=working_title]").fill("Reading two charts")
    expect(fay.locator(NOTE)).to_have_value("Gus's note")
    assert (answers()["need_statement"], answers()["audience_note"]) == ("Fay's need", "Gus's note")


def test_two_people_on_the_same_answer_see_both_texts_and_choose(fay, gus):
    fay.locator(NEED).fill("Fay's need")
    expect(fay.locator(SAID)).to_contain_text("Saved ")
    gus.locator(NEED).press_sequentially("Gus's need")

    expect(gus.get_by_role("group", name="Fay Proposer changed this too")).to_be_visible()
    expect(gus.locator(SAID)).to_contain_text("choose which stands")
    expect(gus.locator(NEED)).to_be_focused()
    expect(gus.locator(NEED)).to_have_value("Gus's need")
    expect(gus.locator(".conflict-theirs")).to_have_text("Fay's need")
    # Clear of the line at the lower edge, which axe would take for something in front of it.
    gus.locator("[data-conflict]").evaluate("(panel) => panel.scrollIntoView()")
    assert violations_of(gus) == []
    assert answers()["need_statement"] == "Fay's need"

    gus.get_by_label("Keep both").check()
    expect(gus.locator("[data-conflict]")).to_have_count(0)
    expect(gus.locator(NEED)).to_have_value("Fay's need\n\nGus's need")
    expect(gus.locator(NEED)).to_be_focused()
    assert answers()["need_statement"] == "Fay's need\n\nGus's need"


def test_two_minutes_before_the_end_one_can_stay(visit, site, draft):
    page = signed_in(visit(), draft.submitter, site)
    session = Session.objects.get()
    session.expire_date = timezone.now() + timezone.timedelta(seconds=115)
    session.save()
    page.goto(f"/proposals/{draft.reference}/edit/need/")

    alert = page.locator("[data-ending]")
    expect(alert).to_contain_text("You will be signed out at")
    assert violations_of(page) == []
    page.get_by_role("button", name="Stay signed in").click()

    expect(alert).to_contain_text("You stay signed in.")
    expect(alert.locator("[data-words]")).to_be_focused()
    assert (Session.objects.get().expire_date - timezone.now()).total_seconds() > 7 * 3600


def test_a_wrong_field_is_marked_once_it_is_left_and_the_rest_is_saved(fay, draft):
    fay.goto(f"/proposals/{draft.reference}/edit/shape/")
    fay.get_by_label("Hours of a learner's time").fill("many")
    fay.get_by_label("Yes, credit").check()

    expect(fay.locator("#id_effort_hours_error")).to_be_visible()
    expect(fay.locator("[name=effort_hours]")).to_have_attribute("aria-invalid", "true")
    expect(fay.locator(SAID)).to_contain_text("except: ")
    assert answers()["credit_kind"] == "credit"
    assert violations_of(fay) == []
    fay.get_by_role("button", name="Save", exact=True).click()
    expect(fay.locator("#error-summary")).to_be_focused()
    fay.get_by_label("Hours of a learner's time").fill("24")
    fay.get_by_label("Yes, credit").focus()
    expect(fay.locator("#id_effort_hours_error")).to_have_count(0)


def test_rows_added_in_the_browser_are_saved_once(fay, draft):
    fay.goto(f"/proposals/{draft.reference}/edit/skills/")
    fay.get_by_role("button", name="Add another outcome").click()
    expect(fay.locator("[name=outcomes-2-text]")).to_be_focused()
    fay.keyboard.type("Draw a sample")
    expect(fay.locator(SAID)).to_contain_text("Saved ")
    fay.keyboard.type(" by plan")
    fay.get_by_role("button", name="Save", exact=True).click()

    expect(fay.get_by_role("status").first).to_have_text("Saved.")
    assert [row["text"] for row in answers()["outcomes"]] == ["Draw a sample by plan"]


def test_without_scripts_the_conflict_page_lets_one_choose(visit, site, draft, fay):
    page = signed_in(visit(width=390, java_script_enabled=False), make_cast().other_proposer, site)
    page.goto(f"/proposals/{draft.reference}/edit/need/")
    fay.locator(NEED).fill("Fay's need")
    expect(fay.locator(SAID)).to_contain_text("Saved ")
    page.locator(NEED).fill("Gus's need")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator("#conflict-summary")).to_be_visible()
    page.get_by_label("Keep theirs").check()
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.locator(NEED)).to_have_value("Fay's need")
