"""An employer without an account begins on a phone; the same page shows what became of it."""

import re

import pytest
from playwright.sync_api import Page, expect

from partners import forms
from tests.browser.conftest import Mailbox, press, sign_in, violations_of
from tests.browser.test_journey import ANSWERS, fill

pytestmark = pytest.mark.browser

JO = "jo@ridgeway.example"
SAID = {
    "abilities": "Turn a week of sensor readings into a chart that the next shift can act on.",
    "jobs": "Shift lead",
    "by_when": "no_rush",
    "place": "Hamilton, Ohio",
    "org_name": "Ridgeway Bearings",
    "contact_name": "Jo Marsh",
    "contact_email": JO,
}


def text_of(mailbox: Mailbox, to: str, about: str) -> str:
    return mailbox.wait_for(to, about).get_body(("plain",)).get_content()


def address_in(text: str) -> str:
    return re.search(r"http://\S+/(?:partners/link|proposals/asked)/\S+/", text)[0]


def begin(page: Page, mailbox: Mailbox) -> str:
    """The employer writes, confirms the address by the mailed link and is on the status page;
    returns the link."""
    page.goto("/")
    page.get_by_role("link", name="Tell us what they need").click()
    for name, answer in SAID.items():
        fill(page, name, answer)
    page.get_by_label("Not sure yet how many").check()
    press(page, "Send it")
    expect(page.get_by_role("heading", name="Now check your mail")).to_be_visible()
    link = address_in(text_of(mailbox, JO, "Please confirm"))
    page.goto(link)
    assert violations_of(page) == []
    press(page, "Yes, that was me")
    expect(page.locator("[data-inquiry=received]")).to_be_visible()
    return link


def ask(page: Page, mailbox: Mailbox) -> str:
    """Staff take it by the mail that tells them, answer, and ask a member of the faculty; returns
    the address that they are mailed."""
    text = text_of(mailbox, "regionals@miami.example", "Ridgeway Bearings")
    sign_in(page, "regionals@miami.example")
    page.goto(re.search(r"http://\S+/change/", text)[0])
    press(page, "Take it")
    fill(page, "answer-words", "Thank you. I am asking colleagues.")
    press(page, "Send the answer")
    fill(page, "ask-email", "faculty2@miami.example")
    fill(page, "ask-working_title", "Reading Production Lines")
    press(page, "Ask them")
    return address_in(text_of(mailbox, "faculty2@miami.example", "Reading Production Lines"))


def accept_and_submit(page: Page, address: str) -> str:
    """The faculty member accepts, finds the draft filled in, adds the rest and submits; returns its
    reference."""
    sign_in(page, "faculty2@miami.example")
    page.goto(address)
    press(page, "Accept and open the draft")
    reference = re.search(r"MC-\d{4}-\d{4,}", page.url)[0]
    expect(page.locator("[name=origin][value=partner_asked]")).to_be_checked()
    expect(page.locator("[name=need_statement]")).to_have_value(
        re.compile("Ridgeway Bearings says")
    )
    for name, answers in ANSWERS.items():
        page.goto(f"/proposals/{reference}/edit/{name}/")
        for key, answer in answers.items():
            if name == "partners" and not key.endswith("kind"):
                continue
            fill(page, key, answer)
        press(page, re.compile("^save and", re.I))
    page.goto(f"/proposals/{reference}/check/")
    page.locator("[name=ack_record]").check()
    page.locator("[name=ack_process]").check()
    page.get_by_role("button", name=re.compile("^submit", re.I)).click()
    page.wait_for_url(re.compile(rf"/proposals/{reference}/$"))
    return reference


def test_an_employer_begins_and_the_same_page_shows_the_six_steps(
    demo_site, visit, worker, mailbox, monkeypatch
):
    monkeypatch.setattr(forms, "QUICKEST_SECONDS", 0)  # nobody types as fast as this browser
    phone = visit(width=390)
    link = begin(phone, mailbox)
    address = ask(visit(), mailbox)
    phone.reload()
    expect(phone.locator("[data-inquiry=seeking]")).to_be_visible()
    expect(phone.get_by_text("Thank you. I am asking colleagues.")).to_be_visible()

    reference = accept_and_submit(visit(), address)

    phone.goto(link)
    press(phone, "Show me the status")
    assert phone.url.endswith(f"/partners/{reference}/")
    expect(phone.locator("[data-step='1']")).to_be_visible()
    assert phone.locator(".timeline-step").count() == 6
    expect(phone.get_by_text(SAID["abilities"])).to_be_visible()
    assert violations_of(phone) == []
