"""The main job, end to end: a faculty member proposes, staff move it on, the partner follows it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import press, sign_in

pytestmark = pytest.mark.browser

ANSWERS: dict[str, dict[str, str | list[str]]] = {
    "about": {
        "campus_home": "Oxford",
        "division": "College of Arts and Science",
        "department": "Statistics",
        "chair_informed": "not_yet",
    },
    "need": {
        "origin": "partner_asked",
        "need_statement": "The plant records every stop of its lines; nobody there can read it. "
        "Shifts repeat the same faults because the figures reach no one in time.",
        "need_level": ["one_organisation", "region"],
        "audience": ["partner_employees"],
        "start_by": "no_rush",
    },
    "skills": {
        "job_functions-0-title": "Shift lead on a production line",
        "job_functions-0-extent": "one_function",
        "qualifies_statement": "turn a week of sensor readings into a chart the shift can act on",
        "outcomes-0-text": "Clean a week of sensor readings",
        "outcomes-0-kind": "skill",
        "outcomes-1-text": "Draw a chart of the causes of scrap",
        "outcomes-1-kind": "skill",
        "scope_kind": "specific",
        "scope_in_out": "Reading and charting are in; machine learning is left out on purpose.",
        "stands_alone": "A shift lead can use it the week after, without any other course.",
        "stack_kind": ["not_sure"],
    },
    "shape": {
        "credit_kind": "noncredit",
        "formality": "mix",
        "duration_kind": "weeks",
        "duration_value": "6",
        "duration_reason": "Six short weeks match one cycle of the plant's own reporting.",
        "delivery_modes": ["hybrid", "workplace"],
        "off_campus": "yes",
    },
    "partners": {
        "partner_status": "yes",
        "partners-0-org_name": "Ridgeway Bearings",
        "partners-0-kind": "employer",
        "partners-0-contact_name": "Jo Marsh",
        "partners-0-contact_email": "jo@ridgeway.example",
        "partners-0-who_approached": "they_did",
        "partners-0-stage": "said_yes",
        "partners-0-confidential": "yes",
        "partners-0-confidential_text": "CANARY-SECRET: line four closes in May",
        "partners-0-share_status": "yes",
    },
    "finish": {
        "demand_evidence": ["employer_said_so"],
        "demand_summary": "Ridgeway would send twelve people in the first year.",
        "learners_y1": "10_24",
        "help_wanted": ["design", "market_check"],
    },
}


def fill(page: Page, name: str, answer: str | list[str]) -> None:
    """Gives one answer by the name of its input, whatever kind of input it is."""
    inputs = page.locator(f"main [name='{name}']:not([type=hidden])")
    kind = inputs.first.get_attribute("type")
    if kind in ("radio", "checkbox"):
        for value in [answer] if isinstance(answer, str) else answer:
            choice = page.locator(f"main [name='{name}'][value='{value}']")
            (choice if choice.count() else page.get_by_label(value, exact=True)).check()
    elif inputs.first.evaluate("e => e.tagName") == "SELECT":
        options = inputs.first.locator("option")
        values = [option.get_attribute("value") for option in options.all()]
        inputs.first.select_option(**({"value": answer} if answer in values else {"label": answer}))
    else:
        inputs.first.fill(str(answer))


def move(page: Page, key: str, **given: str) -> None:
    """Presses a move's button on the desk, reads the plan, gives what it needs, does it."""
    page.locator(f"[data-move={key}]").first.click()
    expect(page.locator("main h1, #content h1").first).to_be_visible()
    for name, value in given.items():
        page.locator(f"[name={name}]").fill(value) if name != "reason_code" else page.locator(
            f"[name={name}]"
        ).select_option(value)
    page.locator("main form[method=post] button.button-primary").click()
    page.wait_for_load_state()


def test_idea_becomes_a_proposal_is_triaged_and_followed_by_its_partner(
    demo_site, visit, worker, mailbox
):

    # A faculty member fills in the six pages and submits.
    faculty = visit()
    sign_in(faculty, "faculty2@miami.example")
    faculty.goto("/proposals/new/")
    faculty.get_by_label("working").first.fill("Reading Production Lines")
    faculty.locator("main form button[type=submit]").first.click()
    faculty.wait_for_url(re.compile(r"/edit/about/"))
    reference = re.search(r"MC-\d{4}-\d{4,}", faculty.url)[0]
    for number, (name, answers) in enumerate(ANSWERS.items()):
        assert f"/edit/{name}/" in faculty.url, f"page {number} is {faculty.url}"
        for key, answer in answers.items():
            fill(faculty, key, answer)
        press(faculty, re.compile("^save and", re.I))
    assert "/check/" in faculty.url
    faculty.locator("[name=ack_record]").check()
    faculty.locator("[name=ack_process]").check()
    faculty.get_by_role("button", name=re.compile("^submit", re.I)).click()
    faculty.wait_for_url(re.compile(rf"/proposals/{reference}/$"))
    expect(faculty.locator(f"[data-ref='{reference}'][data-stage=submitted]").first).to_be_visible()
    for reader in ("faculty2@miami.example", "oxford@miami.example"):
        mail = (
            mailbox.wait_for(reader, "Reading Production Lines").get_body(("plain",)).get_content()
        )
        assert reference in mail
        assert "CANARY" not in mail

    # Oxford's staff find it, triage it, move it to consultation and share it.
    staff = visit()
    sign_in(staff, "oxford@miami.example")
    staff.goto(f"/admin/reviews/triageitem/?q={reference}")
    staff.locator(f"[data-ref='{reference}'] a, a:has([data-ref='{reference}'])").first.click()
    move(staff, "start_triage")
    fill(staff, "credential_type", "microcredential")
    staff.locator("[name=is_duplicate_checked]").check()
    fill(staff, "partner_summary", "Shift leads learn to read what their lines record.")
    staff.locator("form[action*='/triage/'] button[type=submit]").first.click()
    staff.wait_for_load_state()
    move(staff, "consult")
    expect(staff.locator("[data-stage=consultation]").first).to_be_visible()
    staff.locator("a[href*='/sharing/']").first.click()
    staff.locator("button[name=action][value=share]").first.click()
    staff.wait_for_load_state()

    # The proposer hears of the consultation; the partner opens the link of their mail.
    assert (
        reference
        in mailbox.wait_for("faculty2@miami.example", "time to talk")
        .get_body(("plain",))
        .get_content()
    )
    invitation = mailbox.wait_for("jo@ridgeway.example").get_body(("plain",)).get_content()
    link = re.search(r"http://\S+/partners/link/\S+/", invitation)[0]
    partner = visit(width=390)
    partner.goto(link)
    partner.locator("main form button[type=submit]").first.click()
    partner.goto(f"/partners/{reference}/")
    expect(partner.locator("[data-step='2']").first).to_be_visible()
    text = partner.locator("body").inner_text()
    assert "Shift leads learn to read what their lines record." in text
    for secret in ("CANARY", "closes in May", "twelve people", "faculty2@", "Priority"):
        assert secret not in text
    assert link.rsplit("/", 2)[1] not in partner.url
