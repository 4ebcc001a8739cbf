"""A proposer and eLearning talk: written, marked as new, answered; a note stays inside."""

import pytest
from playwright.sync_api import expect

from proposals.models import LastRead, Stage
from tests.browser.conftest import sign_in, violations_of
from tests.factories import make_at, make_cast

pytestmark = pytest.mark.browser


def signed_in(visit, user, **options):
    user.set_password("microcreds")
    user.save()
    page = visit(**options)
    sign_in(page, user.email)
    return page


def test_a_question_is_asked_found_and_answered_and_the_note_beside_it_stays_inside(visit):
    cast = make_cast()
    proposal = make_at(Stage.TRIAGE, owner=cast.proposer)
    own, desk = (
        f"/proposals/{proposal.reference}/",
        f"/admin/reviews/triageitem/{proposal.pk}/change/",
    )

    # The proposer asks by keyboard, on a phone, and lands on the message.
    faculty = signed_in(visit, cast.proposer, width=390, color_scheme="dark")
    faculty.goto(own)
    faculty.get_by_label("Your message").focus()
    faculty.keyboard.type("When do we hear from you?")
    faculty.keyboard.press("Tab")
    expect(faculty.get_by_label("Files")).to_be_focused()
    faculty.keyboard.press("Tab")
    expect(faculty.get_by_role("button", name="Send to eLearning")).to_be_focused()
    faculty.keyboard.press("Enter")
    said = faculty.locator(".thread > li")
    expect(said).to_contain_text("When do we hear from you?")
    expect(faculty.get_by_role("status").first).to_contain_text("Your message is sent.")
    assert faculty.evaluate("location.hash") == f"#{said.get_attribute('id')}"
    assert faculty.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations_of(faculty) == []

    # Staff see that it is new; once it was on the screen, it is read, and that is said.
    staff = signed_in(visit, cast.oxford)
    staff.goto(desk)
    proposers = staff.get_by_role("region", name="With the proposers")
    expect(proposers.locator(".message-new")).to_contain_text("When do we hear")
    assert violations_of(staff) == []
    proposers.get_by_role("link", name="1 new").click()
    expect(proposers.get_by_role("status")).to_have_text("Marked as read")
    assert LastRead.objects.filter(user=cast.oxford).exists()

    # An internal note is what one writes first; the answer has its own button.
    staff.get_by_label("New internal note").fill("canary-note")
    staff.get_by_role("button", name="Internal: eLearning only").click()
    internal = staff.get_by_role("region", name="Internal: eLearning only")
    expect(internal).to_contain_text("Internal, and a university record")
    staff.get_by_text("Write to the proposers").click()
    staff.get_by_label("Message to the proposers").fill("On Friday.")
    staff.get_by_role("button", name="Send to the proposers").click()
    expect(proposers).to_contain_text("On Friday.")
    assert violations_of(staff) == []

    # The answer is counted in the list and led to; the note is nowhere.
    faculty.goto("/proposals/")
    assert "canary-note" not in faculty.content()
    assert violations_of(faculty) == []
    faculty.get_by_role("link", name="1 new message").click()
    expect(faculty.locator(".message-new")).to_contain_text("On Friday.")
    assert "canary-note" not in faculty.content()


def test_an_edit_and_an_error_are_said_where_they_are_without_scripts(visit):
    cast = make_cast()
    proposal = make_at(Stage.TRIAGE, owner=cast.proposer)
    page = signed_in(visit, cast.proposer, java_script_enabled=False)
    page.goto(f"/proposals/{proposal.reference}/")
    page.get_by_role("button", name="Send to eLearning").click()
    expect(page.get_by_role("alert")).to_contain_text("Write a message.")
    page.get_by_label("Your message").fill("At ten.")
    page.get_by_role("button", name="Send to eLearning").click()
    page.get_by_role("link", name="Change").click()
    page.get_by_label("Your message").fill("At eleven.")
    page.get_by_role("button", name="Save the change").click()
    expect(page.locator(".thread > li")).to_contain_text("At eleven.")
    page.get_by_text("show what it said").click()
    expect(page.locator(".message-earlier")).to_contain_text("At ten.")
