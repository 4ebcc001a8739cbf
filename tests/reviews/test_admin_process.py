"""The page of the process: what stands where, for whom, and the tables in words."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from proposals.models import Proposal, Stage
from reviews.admin.process import standing_of
from reviews.diagram import Standing
from reviews.workflow import MOVES, STAGES
from tests.factories import make_at, make_draft, make_submitted

pytestmark = pytest.mark.django_db
LIST = reverse("admin:reviews_triageitem_changelist")
PAGE = reverse("admin:reviews_triageitem_process")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("oxford", 200),
        ("regionals", 200),
        ("lead", 200),
        ("committee_chair", 200),
        ("deans", 200),
        ("auditor", 200),
        ("admin_user", 200),
        ("proposer", 404),
        ("committee", 404),
        ("chair", 404),
    ],
)
def test_everybody_of_the_admin_reads_it_and_nobody_else(client, cast, who, status):
    client.force_login(getattr(cast, who))
    assert client.get(PAGE).status_code == status


def test_who_is_not_signed_in_signs_in_first(client):
    assert client.get(PAGE).status_code == 302


def test_the_list_leads_to_it(client, oxford):
    client.force_login(oxford)
    assert f'href="{PAGE}"' in client.get(LIST).content.decode()


def test_it_counts_what_its_reader_meets_on_the_desk(cast):
    make_draft()
    late = make_at(Stage.TRIAGE)
    make_submitted()
    make_at(Stage.APC_REVIEW)
    yesterday = timezone.localdate() - timedelta(days=1)
    Proposal.objects.filter(pk=late.pk).update(due_on=yesterday)
    assert standing_of(cast.oxford) == {
        "triage": Standing(1, 1),
        "submitted": Standing(1, 0),
        "apc_review": Standing(1, 0),
    }
    assert standing_of(cast.committee_chair) == {"apc_review": Standing(1, 0)}


def test_a_stage_opens_its_list(client, oxford):
    make_at(Stage.TRIAGE)
    client.force_login(oxford)
    page = client.get(PAGE).content.decode()
    for stage in Stage:
        assert (f'href="{LIST}?stage={stage.value}"' in page) == (stage != Stage.DRAFT)
    found = client.get(f"{LIST}?stage=triage").context["cl"].result_count
    assert found == 1


def test_both_tables_have_every_row_in_the_words_of_its_readers(client, oxford):
    client.force_login(oxford)
    page = client.get(PAGE)
    assert [row.stage.key for row in page.context["stages"]] == list(STAGES)
    assert [row.move.key for row in page.context["moves"]] == list(MOVES)
    words = page.content.decode()
    assert "we look at it again by the day set" in words
    assert "{" not in "".join(
        row.proposer_text + row.partner_text for row in page.context["stages"]
    )
    assert "5 working days" in words
    assert "90 days" in words
    assert "back to where it came from" in words
    assert "The committee, where it leaves or enters Committee review" in words
    assert "Points, each pinned to a question, if wanted" in words


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_the_same_statements_for_any_number(
    client, oxford, count, django_assert_num_queries
):
    for _number in range(count):
        make_submitted()
    client.force_login(oxford)
    client.get(PAGE)
    with django_assert_num_queries(3):
        client.get(PAGE)


def test_it_is_only_read(client, oxford):
    client.force_login(oxford)
    assert client.post(PAGE).status_code == 405
