"""A personal link: what mail scanners do with it first, and the way back from one that is dead."""

import pytest
from playwright.sync_api import expect

from partners.models import Access, Link
from partners.services import revoke_links
from tests.browser.conftest import press, violations_of
from tests.browser.test_partner_home import begin, link_in

pytestmark = pytest.mark.browser


def test_a_scanner_comes_first_and_a_dead_link_leads_to_a_fresh_one(
    site, worker, mailbox, visit, settings
):
    settings.NOTIFICATION_GRACE_SECONDS, settings.PARTNER_QUIET_HOURS = 0, None
    share = begin()
    address = share.contact.email
    link = link_in(mailbox, address, "Follow the progress")
    scanner = visit(width=1280).context.request
    for _look in range(5):
        assert scanner.get(link).status == 200
    assert scanner.head(link).status == 200
    assert not Access.objects.exists()

    page = visit(width=390)
    page.goto(link)
    assert violations_of(page) == []
    press(page, "Show me the status")
    assert "/partners/link/" not in page.url
    revoke_links(contact=share.contact)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("This page cannot be opened")

    page.goto(link)
    assert violations_of(page) == []
    press(page, "Mail me a fresh link")
    fresh = link_in(mailbox, address, "Your new link")
    assert fresh != link
    page.goto(fresh)
    press(page, "Show me the status")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        share.engagement.proposal.working_title
    )
    assert Link.objects.usable().filter(contact=share.contact).exists()
