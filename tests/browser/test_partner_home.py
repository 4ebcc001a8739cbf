"""A partner on a phone: mail, link, questions, a time, a message; the faculty and staff read it."""

import re

import pytest
from playwright.sync_api import Page, expect

from partners.models import PartnerAsk, Share
from partners.questions import Put
from reviews.outside import asking
from tests.browser.conftest import Mailbox, press, sign_in, violations_of
from tests.browser.test_journey import fill
from tests.factories import make_cast, make_submitted
from tests.partners.contacts import Kind, in_days, offer
from tests.partners.sharing import share_it, summarized

pytestmark = pytest.mark.browser


def link_in(mailbox: Mailbox, to: str, about: str) -> str:
    text = mailbox.wait_for(to, about).get_body(("plain",)).get_content()
    return re.search(r"http://\S+/partners/link/\S+/", text)[0]


def begin() -> Share:
    """Shared with Pat, who is asked two questions by the proposer and offered times by staff."""
    cast = make_cast()
    for person in (cast.proposer, cast.oxford):
        person.set_password("microcreds")
        person.save()
    share = share_it(summarized(make_submitted()), cast.oxford)
    questions = (Put("Which jobs is this for?"), Put("How many people?", Kind.NUMBER))
    asking.put_questions(
        share=share, words="Tell us more.", due_on=in_days(9), put=questions, by=cast.proposer
    )
    offer(share)
    return share


def answer(page: Page) -> None:
    page.get_by_role("link", name="Answer the questions").click()
    assert violations_of(page) == []
    page.get_by_label("Which jobs is this for?").fill("Shift leads & <b>setters</b>")
    press(page, "Save for later")
    page.get_by_label("How many people?").fill("12")
    expect(page.get_by_label("Which jobs is this for?")).to_have_value(re.compile("setters"))
    press(page, "Send my answers")
    page.get_by_role("link", name="Pick a time").click()
    assert violations_of(page) == []
    page.locator("[name=time]").first.check()
    press(page, "Send")
    fill(page, "body", "May we bring our trainer?")
    press(page, "Send to eLearning")
    assert violations_of(page) == []


def test_a_partner_answers_on_a_phone_and_both_sides_read_it(
    site, worker, mailbox, visit, settings
):
    settings.NOTIFICATION_GRACE_SECONDS, settings.PARTNER_QUIET_HOURS = 0, None
    share = begin()
    page = visit(width=390)
    page.goto(link_in(mailbox, share.contact.email, "something we need"))
    press(page, "Show me the status")
    answer(page)
    expect(page.get_by_text("May we bring our trainer?")).to_be_visible()
    expect(page.get_by_role("heading", name="What we need from you")).to_have_count(0)
    assert set(PartnerAsk.objects.values_list("state", flat=True)) == {"answered"}
    cast = make_cast()
    desk, faculty = visit(width=1280), visit(width=1280)
    sign_in(desk, cast.oxford.email)
    desk.goto(f"/admin/reviews/triageitem/{share.engagement.proposal_id}/partners/")
    said = "dd:text-is('Shift leads & <b>setters</b>')"
    expect(desk.locator(said)).to_be_visible()
    expect(desk.get_by_text("May we bring our trainer?")).to_be_visible()
    sign_in(faculty, cast.proposer.email)
    faculty.goto(f"/proposals/{share.engagement.proposal.reference}/partners/")
    expect(faculty.locator(said)).to_be_visible()
    expect(faculty.get_by_text("May we bring our trainer?")).to_have_count(0)
