"""Files by hand: progress and its end said aloud, focus, removal; the same without scripts."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from partners.files import share_file
from proposals.models import Attachment, InterestForm, Proposal
from proposals.services import create_draft
from tests.browser.conftest import violations_of
from tests.browser.test_form import signed_in
from tests.factories import make_cast, make_submitted
from tests.partners.sharing import share_it, summarized, token_of
from tests.proposals.filing import PDF
from tests.proposals.test_attachments import add

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(transactional_db) -> Proposal:
    return create_draft(owner=make_cast().proposer, working_title="Reading a control chart")


@pytest.fixture
def letter(tmp_path) -> Path:
    path = tmp_path / "letter.pdf"
    path.write_bytes(PDF + bytes(4 * 1024 * 1024))
    return path


@pytest.fixture
def picture(tmp_path) -> Path:
    path = tmp_path / "logo.svg"
    path.write_text("<svg/>")
    return path


def form(page: Page, draft: Proposal) -> Page:
    page.goto(f"/proposals/{draft.reference}/edit/finish/")
    return page


def test_an_upload_shows_its_progress_and_says_its_end(visit, site, draft, letter, picture):
    page = form(signed_in(visit(), draft, site), draft)
    page.evaluate(
        """() => { window.seen = [];
        new MutationObserver(() => window.seen.push(document.querySelector('progress')?.value))
          .observe(document.querySelector('.form-files'), { subtree: true, attributes: true }); }"""
    )
    page.get_by_role("textbox", name="Tell us more about that").fill("Not saved yet.")
    said = page.locator("[data-files-said]")

    page.locator("#id_attachments").set_input_files(letter)
    page.get_by_role("button", name="Add file").click()

    expect(said).to_have_text("letter.pdf is added.")
    expect(said).to_have_attribute("role", "status")
    expect(page.locator("#id_attachments")).to_be_focused()
    assert 100 in page.evaluate("window.seen")
    expect(page.get_by_role("link", name="letter.pdf")).to_be_visible()
    expect(page.get_by_role("textbox", name="Tell us more about that")).to_have_value(
        "Not saved yet."
    )

    page.locator("#id_attachments").set_input_files(picture)
    page.get_by_role("button", name="Add file").click()
    expect(said).to_contain_text("logo.svg: This kind of file cannot be added.")
    expect(page.locator("#id_attachments")).to_have_attribute("aria-invalid", "true")
    described = page.locator("#id_attachments").get_attribute("aria-describedby")
    assert described == "id_attachments_helptext id_attachments_error"
    expect(page.locator("#id_attachments_error")).to_contain_text("logo.svg: ")
    assert violations_of(page) == []

    page.get_by_role("button", name="Remove letter.pdf").click()
    expect(said).to_have_text("letter.pdf is removed.")
    expect(page.locator("#id_attachments")).to_be_focused()
    assert not Attachment.objects.exists()
    assert violations_of(page) == []


def test_by_keyboard_and_narrow_in_the_dark(visit, site, draft, letter):
    page = form(signed_in(visit(width=390, color_scheme="dark"), draft, site), draft)
    page.locator("#id_attachments").set_input_files(letter)
    page.locator("#id_attachments").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name="letter.pdf")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations_of(page) == []


def test_without_scripts_what_is_typed_goes_along(visit, site, draft, letter, picture):
    page = form(signed_in(visit(java_script_enabled=False), draft, site), draft)
    page.get_by_role("textbox", name="Tell us more about that").fill("Two plants asked.")
    page.locator("#id_attachments").set_input_files(letter)
    page.get_by_role("button", name="Add file").click()

    expect(page.get_by_text("letter.pdf is added.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Tell us more about that")).to_have_value(
        "Two plants asked."
    )
    page.get_by_role("textbox", name="Tell us more about that").fill("Three plants asked.")
    page.locator("#id_attachments").set_input_files(picture)
    page.get_by_role("button", name="Add file").click()

    expect(page.get_by_text("logo.svg: This kind of file cannot be added.")).to_be_visible()
    assert InterestForm.objects.get().answers["demand_summary"] == "Three plants asked."
    page.goto(f"/proposals/{draft.reference}/edit/finish/")
    page.get_by_role("button", name="Remove letter.pdf").click()
    expect(page.get_by_text("letter.pdf is removed.")).to_be_visible()
    assert not Attachment.objects.exists()


def test_a_document_is_added_later_and_a_partner_saves_it(visit, site, letter):
    cast = make_cast()
    proposal = summarized(make_submitted())
    page = signed_in(visit(), proposal, site)
    page.goto(f"/proposals/{proposal.reference}/")
    page.locator("#id_attachments").set_input_files(letter)
    page.get_by_role("button", name="Add file").click()
    expect(page.get_by_text("Added later, on")).to_be_visible()
    assert violations_of(page) == []

    share = share_it(proposal, cast.oxford)
    attachment = Attachment.objects.get()
    share_file(engagement=share.engagement, attachment=attachment, by=cast.oxford)
    partner = visit()
    partner.goto(f"/partners/link/{token_of(share.contact)}/")
    partner.get_by_role("button").first.click()
    with partner.expect_download() as download:
        partner.get_by_role("link", name="letter.pdf").click()
    assert download.value.suggested_filename == f"{proposal.reference}-letter.pdf"
    assert violations_of(partner) == []


def test_lost_sign_in_is_said_at_the_file(visit, site, draft, letter):
    page = form(signed_in(visit(), draft, site), draft)
    page.context.clear_cookies()
    page.locator("#id_attachments").set_input_files(letter)
    page.get_by_role("button", name="Add file").click()
    expect(page.locator("[data-refusals]")).to_contain_text("that you are still signed in")


def test_the_desk_with_documents_is_clean(visit, site):
    proposal = make_submitted()
    add(proposal)
    page = visit()
    proposal.submitter = make_cast().oxford  # who signs in below
    signed_in(page, proposal, site)
    page.goto(f"/admin/reviews/triageitem/{proposal.pk}/change/")
    expect(page.get_by_role("heading", name="Documents")).to_be_visible()
    assert violations_of(page) == []
