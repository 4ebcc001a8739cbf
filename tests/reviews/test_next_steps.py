"""What comes next, set from the list of the desk: for one proposal, or for many at once."""

from datetime import timedelta
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from microcreds.outbox.models import Message
from proposals.models import Proposal, Stage
from reviews.models import ToDo
from reviews.services import assign
from reviews.todos import plan_next_steps, set_next_step_of
from tests.factories import make_at, make_cast, make_submitted

pytestmark = pytest.mark.django_db
DESK = "/admin/reviews/triageitem/"


def address(*proposals: Proposal) -> str:
    return f"{DESK}next-step/?ids={','.join(str(each.pk) for each in proposals)}"


def soon(days: int = 3):
    return timezone.localdate() + timedelta(days=days)


def words(text: str = "Ring Pat") -> dict[str, str]:
    return {"words": text, "by_day": str(soon())}


@pytest.fixture
def many(cast) -> list[Proposal]:
    return [make_at(Stage.TRIAGE) for _ in range(3)]


def test_the_step_of_each_is_for_its_owner_and_theirs_alone_is_mailed(many):
    cast = make_cast()
    assign(proposals=many, to=cast.oxford, by=cast.oxford)
    assign(proposals=many[:1], to=cast.lead, by=cast.oxford)
    rows = Proposal.objects.filter(pk__in=[each.pk for each in many])
    set_next_step_of(proposals=rows, words=" Ring  Pat ", by_day=soon(), by=cast.oxford)
    steps = ToDo.objects.open().filter(is_next=True).order_by("proposal_id")
    assert [(step.words, step.owner) for step in steps] == [
        ("Ring Pat", cast.lead),
        ("Ring Pat", cast.oxford),
        ("Ring Pat", cast.oxford),
    ]
    assert [mail.to for mail in Message.objects.filter(event="todo")] == [cast.lead.email]


def test_a_step_that_stands_counts_as_done(many):
    by = make_cast().oxford
    for said in ("First", "Second"):
        set_next_step_of(proposals=many[:1], words=said, by_day=soon(), by=by)
    assert [(each.words, each.done_note) for each in ToDo.objects.order_by("pk")] == [
        ("First", "Another step took its place."),
        ("Second", ""),
    ]


def test_all_get_it_or_none(many):
    ended = make_at(Stage.DECLINED)
    with pytest.raises(ValidationError) as refused:
        set_next_step_of(
            proposals=[*many, ended], words="Ring Pat", by_day=soon(), by=make_cast().oxford
        )
    assert refused.value.messages == [f"{ended.reference}: It has ended, so nothing comes next."]
    assert not ToDo.objects.filter(is_next=True).exists()


def test_the_page_says_of_each_whether_it_is_ready_and_sets_those_that_are(client, many):
    cast = make_cast()
    ended = make_at(Stage.DECLINED)
    client.force_login(cast.oxford)
    page = client.get(address(*many, ended))
    assert [each.is_ready for each in page.context["plan"]].count(True) == 3
    assert "Set it for the 3 that are ready" in page.content.decode()
    assert client.post(address(*many, ended), words()).status_code == 302
    assert ToDo.objects.open().filter(is_next=True).count() == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": ""},
        {"words": "x" * 301},
        {"words": "a\x00b"},
        {"by_day": "2020-01-01"},
        {"by_day": "soon"},
        {"by_day": ""},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, many, wrong):
    client.force_login(make_cast().oxford)
    given = words("Ring Pat about it") | wrong
    page = client.post(address(*many), given)
    assert page.status_code == 422
    assert [*page.context["form"].errors] == [*wrong]
    kept = "words" if "by_day" in wrong else "by_day"
    assert f'value="{given[kept]}"' in page.content.decode()


@pytest.mark.parametrize("who", ["proposer", "committee", "deans", "auditor"])
def test_only_elearning_sets_it(client, many, who):
    client.force_login(getattr(make_cast(), who))
    assert client.post(address(*many), words()).status_code == 404
    assert not ToDo.objects.filter(is_next=True).exists()


@pytest.mark.parametrize("ids", ["", "x", "0", "9" * 30])
def test_proposals_that_are_none_are_not_found(client, oxford, ids):
    client.force_login(oxford)
    assert client.get(f"{DESK}next-step/", {"ids": ids}).status_code == 404


def test_the_list_leads_there_and_back_to_itself(client, oxford, many):
    client.force_login(oxford)
    listed = client.get(f"{DESK}?stage=triage").content.decode()
    link = f"{DESK}next-step/?list=stage%3Dtriage&ids={many[0].pk}"
    assert f'href="{link}"' in unescape(listed)
    chosen = {"action": "next_step", "_selected_action": [each.pk for each in many]}
    page = client.post(f"{DESK}?stage=triage", chosen).headers["Location"]
    assert client.post(page, words()).headers["Location"] == f"{DESK}?stage=triage"
    assert ToDo.objects.open().filter(is_next=True, words="Ring Pat").count() == 3


def test_who_only_reads_the_list_is_not_led_there(client, many):
    client.force_login(make_cast().auditor)
    assert "next-step/" not in client.get(f"{DESK}?all=1").content.decode()


def test_statements_do_not_grow_with_the_number(client, many):
    client.force_login(make_cast().oxford)
    counted = []
    for rows in (many[:1], [*many, make_submitted()]):
        client.get(address(*rows))
        with CaptureQueriesContext(
            connection,
        ) as statements:
            client.get(address(*rows))
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 8
    assert len(plan_next_steps(proposals=many, by=make_cast().oxford)) == 3
