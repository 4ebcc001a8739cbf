"""What people write runs out of no page, however long its words and narrow the screen."""

import pytest

from microcreds.outbox.models import Message
from proposals.models import Proposal
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser

LONGEST = "Wattsampling" * 10
OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_lists_and_mails_fit_on_a_phone(demo_site, visit):
    proposal = Proposal.objects.get(working_title="Watershed Sampling Technician")
    Proposal.objects.filter(pk=proposal.pk).update(working_title=LONGEST)
    over = {}
    for email in (proposal.submitter.email, "oxford@miami.example"):
        page = visit(width=320)
        sign_in(page, email)
        mail = Message.objects.filter(to=email, state="sent").latest("pk")
        desk = "/admin/" if email.startswith("oxford") else "/proposals/"
        for path in (desk, f"/proposals/{proposal.reference}/", "/asks/", f"/mail/{mail.uuid}/"):
            page.goto(path)
            over[path] = page.evaluate(OVER)
    assert {path: by for path, by in over.items() if by > 0} == {}


def test_one_long_word_leaves_the_columns_of_the_desk_in_sight(demo_site, visit):
    Proposal.objects.filter(working_title="Watershed Sampling Technician").update(
        working_title=LONGEST
    )
    page = visit()
    sign_in(page, "oxford@miami.example")
    page.goto("/admin/reviews/triageitem/")

    last = page.locator("#result_list thead th, .desk-table thead th").last.bounding_box()

    assert last["x"] + last["width"] <= 1280
