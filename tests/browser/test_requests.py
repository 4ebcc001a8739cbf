"""Return, answer, send again, read what changed: by two people in two browsers."""

import pytest
from playwright.sync_api import expect

from microcreds.demo.people import SIGN_IN_WORD
from proposals.models import Proposal, Stage
from tests.browser.conftest import press, sign_in, violations_of

pytestmark = pytest.mark.browser


def test_returned_answered_sent_again_and_compared(visit, demo_site):
    proposal = (
        Proposal.objects.filter(
            stage=Stage.TRIAGE, submitter__email="faculty@miami.example", unit__name="Oxford"
        ).first()
        or Proposal.objects.filter(stage=Stage.TRIAGE).first()
    )
    desk = f"/admin/reviews/triageitem/{proposal.pk}"
    staff, faculty = visit(), visit(width=390)
    sign_in(staff, "lead@miami.example", SIGN_IN_WORD)
    sign_in(faculty, proposal.submitter.email, SIGN_IN_WORD)
    wrong = []

    # Staff ask two points; a row is added without leaving the page, and gets the focus.
    staff.goto(f"{desk}/move/return/")
    staff.select_option("[name=reason_code]", "other")
    staff.fill("[name=message]", "Two things.")
    staff.select_option("[name=requests-0-field]", "need_statement")
    staff.fill("[name=requests-0-text]", "Who says so?")
    staff.get_by_role("button", name="Add another point").click()
    expect(staff.locator("[name=requests-1-field]")).to_be_focused()
    expect(staff.locator("#rows_requests [data-said]")).to_have_text("Point 2 added.")
    staff.fill("[name=requests-1-text]", "Who pays?")
    wrong += violations_of(staff)
    staff.locator("article").get_by_role("button", name="Return for revision").click()
    expect(staff.locator("article[data-stage=returned]")).to_be_visible()

    # The proposer meets the point at its question, and answers both.
    faculty.goto(f"/proposals/{proposal.reference}/edit/need/")
    expect(faculty.locator(".question", has_text="Who says so?")).to_have_count(1)
    wrong += violations_of(faculty)
    faculty.fill("[name=need_statement]", f"{proposal.interest.answers['need_statement']} Truly.")
    press(faculty, "Save")
    faculty.goto(f"/proposals/{proposal.reference}/points/")

    # What is typed and not sent is there again.
    first = faculty.locator("[data-point] textarea").first
    first.fill("The plant, half")
    faculty.reload()
    expect(first).to_have_value("The plant, half")
    expect(faculty.get_by_text("Brought back what you typed here")).to_be_visible()
    wrong += violations_of(faculty)
    for words in ("The plant does.", "The plant pays."):
        card = faculty.locator("[data-point]", has_text="to answer").first
        card.locator("textarea").fill(words)
        card.get_by_role("button").click()
        expect(faculty.get_by_text("Your answer is saved.")).to_be_visible()
        wrong += violations_of(faculty)
    faculty.get_by_role("link", name="Check and submit again").click()
    wrong += violations_of(faculty)
    for box in ("ack_record", "ack_process"):
        faculty.check(f"[name={box}]")
    faculty.get_by_role("button", name="Submit again").click()
    expect(faculty.locator("article[data-stage=triage]")).to_be_visible()

    # Staff read answers beside points, and the one word that is new.
    staff.goto(f"{desk}/revisions/")
    expect(staff.locator(".differences ins", has_text="Truly")).to_be_visible()
    expect(staff.locator("[data-point]", has_text="The plant pays.")).to_be_visible()
    wrong += violations_of(staff)
    staff.locator("[data-point]", has_text="Who pays?").get_by_role("button").click()
    expect(staff.locator("[data-point]", has_text="Who pays?")).to_contain_text("Settled by")
    faculty.goto(f"/proposals/{proposal.reference}/revisions/")
    wrong += violations_of(faculty)

    # The proposer asks to change an answer.
    faculty.goto(f"/proposals/{proposal.reference}/ask-to-change/")
    wrong += violations_of(faculty)
    faculty.get_by_role("button", name="Ask eLearning").click()
    expect(faculty.locator("#error-summary")).to_be_visible()
    faculty.check("[name=keys][value=need_statement]")
    faculty.fill("[name=reason]", "One more number.")
    faculty.get_by_role("button", name="Ask eLearning").click()
    expect(faculty.get_by_text("eLearning has your request")).to_be_visible()
    wrong += violations_of(faculty)
    staff.goto(f"{desk}/change/")
    staff.get_by_role("link", name="Open just these questions").click()
    expect(staff.locator("[name=only_these]")).to_be_checked()
    expect(staff.locator("[name=requests-0-field]")).to_have_value("need_statement")
    wrong += violations_of(staff)
    assert wrong == []
