"""A partner is asked by mail, signs with a letter and a code; staff see it, and the guard opens."""

import re

import pytest
from playwright.sync_api import Page, expect

from microcreds.accounts.models import User
from proposals.models import Proposal, Stage
from reviews import policies
from tests.browser.conftest import Mailbox, press, sign_in, violations_of
from tests.browser.test_journey import fill
from tests.factories import make_at, make_cast
from tests.partners.endorsing import PDF
from tests.partners.sharing import share_it, summarized

pytestmark = pytest.mark.browser
PAT = "pat@tallgrass.example"


def text_of(mailbox: Mailbox, about: object) -> str:
    title = about.working_title if isinstance(about, Proposal) else str(about)
    return mailbox.wait_for(PAT, title).get_body(("plain",)).get_content()


def answer(page: Page) -> None:
    """What is worth to them, with a letter, and on to signing."""
    for outcome in page.locator(".endorse-outcomes > li").all():
        outcome.get_by_label("Relevant", exact=True).check()
    page.get_by_label("When we hire").check()
    fill(page, "learners", "12")
    page.get_by_label("We do, together with the university").check()
    fill(page, "remarks", "Between us: the budget is not through.")
    page.locator("[name=letter]").set_input_files(
        {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    press(page, "Save for later")
    expect(page.get_by_text("letter.pdf")).to_be_visible()
    press(page, "Read it once more and sign")


def person(user: User) -> str:
    """They can sign in as the demo's people do."""
    user.set_password("microcreds")
    user.save()
    return user.email


def ready(settings) -> Proposal:
    """At its final checks, shared with its partner; one endorsement is needed to go on."""
    settings.NOTIFICATION_GRACE_SECONDS = 0
    cast = make_cast()
    setting = policies.setting_of("limits")
    value = policies.value_of(setting) | {"endorsements": 1}
    policies.set_policy(setting=setting, value=value, why="Partners first.", by=cast.lead)
    proposal = summarized(make_at(Stage.READINESS))
    share_it(proposal, cast.oxford)
    return proposal


def guard_of(page: Page, proposal: Proposal) -> str:
    page.goto(f"/admin/reviews/triageitem/{proposal.pk}/move/send_to_committee/")
    return page.get_by_text(re.compile("Partners endorse it")).last.inner_text()


def test_a_partner_signs_with_a_letter_and_staff_can_go_on(site, visit, worker, mailbox, settings):
    proposal, cast = ready(settings), make_cast()
    faculty, staff, phone = visit(), visit(), visit(width=390)
    sign_in(staff, person(cast.oxford))
    assert "0 of 1" in guard_of(staff, proposal)

    sign_in(faculty, person(cast.proposer))
    faculty.goto(f"/proposals/{proposal.reference}/")
    faculty.get_by_role("link", name="Ask for an endorsement").click()
    faculty.get_by_label("Pat Doe, Tallgrass Fasteners").check()
    press(faculty, "Ask them")
    assert violations_of(faculty) == []

    phone.goto(re.search(r"http://\S+/partners/link/\S+/", text_of(mailbox, proposal))[0])
    press(phone, "Show me the status")
    phone.goto("/partners/")
    phone.get_by_role("link", name=re.compile("Would you endorse this idea")).click()
    assert violations_of(phone) == []
    answer(phone)
    assert violations_of(phone) == []
    code = re.search(r"^\s*(\d{6})\s*$", text_of(mailbox, "code"), re.M)[1]
    fill(phone, "code", code)
    press(phone, "Sign it")
    expect(phone.get_by_role("heading", name="Your endorsement")).to_be_visible()
    assert violations_of(phone) == []

    staff.goto(f"/admin/reviews/triageitem/{proposal.pk}/endorsements/")
    staff.get_by_role("link", name=re.compile("Read the endorsement")).click()
    expect(staff.get_by_text("Between us: the budget is not through.")).to_be_visible()
    expect(staff.get_by_role("link", name="letter.pdf")).to_be_visible()
    assert violations_of(staff) == []
    assert "1 of 1" in guard_of(staff, proposal)
