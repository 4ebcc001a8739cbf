"""What a partner types: kept while they type, shown when it did not come through, in its form again
once they are back."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from partners.models import Typed
from tests.browser.conftest import press, violations_of
from tests.browser.test_partner_home import begin
from tests.partners.sharing import token_of

pytestmark = pytest.mark.browser
SAID = "Twelve people, day shift."


def test_nothing_typed_is_lost_when_the_browser_has_forgotten_them(site, visit):
    share = begin()
    link = reverse("partners:link", args=[token_of(share.contact)])
    write = reverse("partners:write", args=[share.engagement.proposal.reference])
    page = visit(width=390)
    page.goto(link)
    press(page, "Show me the status")
    page.goto(write)
    page.get_by_label("Your message").press_sequentially(SAID)
    expect(page.get_by_text("What you typed is kept")).to_be_visible(timeout=15_000)
    page.reload()
    expect(page.get_by_label("Your message")).to_have_value(SAID)
    assert violations_of(page) == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0

    page.context.clear_cookies(name="sessionid")
    press(page, "Send to eLearning")
    expect(page.get_by_role("heading", level=1)).to_have_text("What you sent did not reach us")
    assert violations_of(page) == []

    page.goto(link)
    press(page, "Show me the status")
    expect(page.get_by_label("Your message")).to_have_value(SAID)
    press(page, "Send to eLearning")
    expect(page.get_by_text("Your message is with eLearning.")).to_be_visible()
    assert not Typed.objects.exists()
