"""A memorandum goes back and forth: staff send it, the partner asks for changes, then agrees."""

import re

import pytest
from playwright.sync_api import Page, expect

from partners.models import Mou
from proposals.models import Stage
from tests.browser.conftest import Mailbox, press, sign_in, violations_of
from tests.factories import make_at, make_cast
from tests.partners.memoranda import day
from tests.partners.sharing import share_it, summarized
from tests.proposals.filing import PDF

pytestmark = pytest.mark.browser
PAT, OXFORD = "pat@tallgrass.example", "ola@miami.example"


def text_of(mailbox: Mailbox, to: str, about: str) -> str:
    return mailbox.wait_for(to, about).get_body(("plain",)).get_content()


def add_version(page: Page, content: bytes, changed: str) -> None:
    summary = page.get_by_text("Add a version")
    if not page.locator("input[name=version-upload]").is_visible():
        summary.click()
    page.set_input_files(
        "input[name=version-upload]",
        {"name": "memorandum.pdf", "mimeType": "application/pdf", "buffer": content},
    )
    page.fill("[name=version-changed]", changed)
    press(page, "Add it")


def send(page: Page, words: str, days: int) -> None:
    page.locator("[data-move=send_to_partner]").click()
    page.fill("[name=words]", words)
    page.fill("[name=due_on]", day(days).isoformat())
    press(page, "Send it to the partner")


def open_turn(page: Page, mailbox: Mailbox, days: int) -> None:
    """By the link of the mail that asks, on a phone."""
    text = text_of(mailbox, PAT, f"by {day(days):%-d %B %Y}")
    link = re.search(r"http://\S+/partners/link/\S+/", text)[0]
    page.goto(link)
    page.locator("button.button-primary").click()
    page.get_by_role("link", name="Read it and answer").click()
    assert violations_of(page) == []


def test_a_memorandum_goes_back_and_forth(site, worker, mailbox, visit, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 0
    proposal = summarized(make_at(Stage.CONSULTATION))
    engagement = share_it(proposal, make_cast().oxford).engagement
    oxford = make_cast().oxford
    oxford.set_password("microcreds")
    oxford.save()

    desk, phone = visit(width=1280), visit(width=390)
    sign_in(desk, OXFORD)
    desk.goto(f"/admin/partners/mou/{engagement.pk}/change/")
    desk.locator("[data-move=draft]").click()
    press(desk, "Begin the draft")
    add_version(desk, PDF, "First text.")
    send(desk, "Please read the first text.", 9)
    assert violations_of(desk) == []

    open_turn(phone, mailbox, 9)
    phone.fill("[name=words]", "Twelve learners, not twenty.")
    press(phone, "Send the changes")
    expect(phone.locator("[data-mou=drafting]")).to_be_visible()

    desk.goto(f"/admin/partners/mou/{engagement.pk}/change/")
    expect(desk.get_by_text("Twelve learners, not twenty.").first).to_be_visible()
    add_version(desk, PDF + b"\n", "Twelve learners.")
    send(desk, "The second text, with twelve.", 12)

    open_turn(phone, mailbox, 12)
    press(phone, "Agree to the text")
    code = re.search(r"\b\d{6}\b", text_of(mailbox, PAT, "code"))[0]
    phone.fill("[name=code]", code)
    press(phone, "We agree to it")
    expect(phone.locator("[data-mou=with_university]")).to_be_visible()
    assert Mou.objects.get().agreed_by_partner.number == 2
