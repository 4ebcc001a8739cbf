"""Two people on one proposal: invited, accepted, edited, handed over; axe finds nothing."""

import pytest
from playwright.sync_api import expect

from proposals.models import Proposal
from tests.browser.conftest import press, sign_in, violations_of

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(demo_site) -> Proposal:
    return Proposal.objects.filter(stage="draft", submitter__email="faculty@miami.example").first()


def test_a_colleague_is_invited_accepts_edits_and_gets_the_proposal(draft, visit, demo_site):
    about = f"/proposals/{draft.reference}/edit/about/"
    owner, colleague = visit(), visit(width=390, color_scheme="dark")
    sign_in(owner, "faculty@miami.example")
    owner.goto(about)
    owner.locator("[name=co_proposers-0-name]").fill("Owen Brightman")
    owner.locator("[name=co_proposers-0-email]").fill("faculty2@miami.example")
    expect(owner.locator("[name=co_proposers-0-access][value=edit]")).to_be_checked()
    press(owner, "Save")

    sign_in(colleague, "faculty2@miami.example")
    colleague.goto("/proposals/")
    assert violations_of(colleague) == []
    asked = colleague.get_by_role("link", name="asks you to take part. Answer the invitation")
    asked.filter(has_text=draft.working_title).click()
    expect(colleague.locator("h1")).to_have_text(draft.working_title)
    assert violations_of(colleague) == []
    colleague.get_by_role("button", name="Accept").click()
    expect(colleague.get_by_role("link", name="Continue the form")).to_be_visible()
    colleague.goto(f"/proposals/{draft.reference}/edit/need/")
    colleague.locator("[name=need_statement]").fill("Written by the colleague.")
    press(colleague, "Save")
    assert Proposal.objects.get(pk=draft.pk).interest.saved_by.email == "faculty2@miami.example"

    owner.goto(f"/proposals/{draft.reference}/")
    owner.get_by_role("link", name="Invite, take out, hand over").click()
    assert violations_of(owner) == []
    owner.get_by_role("link", name="Hand it over").click()
    assert violations_of(owner) == []
    owner.get_by_label("Owen Brightman").check()
    owner.get_by_role("button", name="Hand it over").click()
    expect(owner.get_by_text("Handed over to Owen Brightman")).to_be_visible()
    assert violations_of(owner) == []
    assert Proposal.objects.get(pk=draft.pk).submitter.email == "faculty2@miami.example"


def test_the_pages_of_second_thoughts_break_no_rule(demo_site, visit):
    draft, decided = (
        Proposal.objects.filter(stage=stage, submitter__email="faculty@miami.example").first()
        for stage in ("draft", "approved")
    )
    for options in ({"width": 1280}, {"width": 390, "color_scheme": "dark"}):
        page = visit(**options)
        sign_in(page, "faculty@miami.example")
        paths = [f"{draft.reference}/{name}/" for name in ("look", "copy", "people")]
        if decided:
            paths.append(f"{decided.reference}/ask-to-withdraw/")
        for path in paths:
            page.goto(f"/proposals/{path}")
            assert page.locator("h1").count() == 1
            assert violations_of(page) == []
