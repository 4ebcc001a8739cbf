"""My proposals: rows, filters, the tab for readers, junk."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from microcreds.accounts.models import Role
from proposals.models import Participant, Stage
from proposals.services import create_draft
from tests.factories import make_at, make_draft, make_person, make_submitted

LIST = "/proposals/"
READABLE = {"show": "readable"}


def references(response) -> list[str]:
    groups = response.context["groups"]
    return [row.stands.proposal.reference for group in groups for row in group.rows]


def test_the_empty_list_says_how_to_begin(client, proposer):
    client.force_login(proposer)

    page = client.get(LIST).content.decode()

    assert "Your proposals will appear here" in page
    assert reverse("proposals:proposal_new") in page
    assert page.count("button-primary") == 1


def test_a_row_says_where_it_stands_and_whose_turn_it_is(client, proposer):
    proposal = make_submitted(proposer)
    client.force_login(proposer)

    page = client.get(LIST).content.decode()

    assert f'data-ref="{proposal.reference}"' in page
    assert 'data-stage="submitted"' in page
    assert "With eLearning" in page
    assert "eLearning&#x27;s turn" in page
    assert "in 2 working days" in page
    assert page.count("button-primary") == 1


def test_what_waits_on_me_stands_first_and_what_is_over_last(client, proposer, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 0  # decisions are told at once
    over = make_at(Stage.DECLINED, owner=proposer)
    draft = make_draft(proposer)
    under_way = make_submitted(proposer)
    client.force_login(proposer)

    response = client.get(LIST)

    assert [group.heading for group in response.context["groups"]] == [
        "Your turn",
        "Under way, with others",
        "Closed",
    ]
    assert references(response) == [draft.reference, under_way.reference, over.reference]


def test_a_row_that_waits_on_me_leads_to_what_i_do_next(client, proposer):
    draft = make_draft(proposer)
    returned = make_at(Stage.RETURNED, owner=proposer)
    full = make_at(Stage.FULL_PROPOSAL, owner=proposer)
    client.force_login(proposer)

    [waiting] = client.get(LIST).context["groups"]

    assert {row.stands.proposal.reference: row.asked_url for row in waiting.rows} == {
        draft.reference: f"/proposals/{draft.reference}/edit/finish/",
        returned.reference: f"/proposals/{returned.reference}/",
        full.reference: f"/proposals/{full.reference}/full-proposal/",
    }


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_a_row(client, proposer, stage):
    proposal = make_at(stage, owner=proposer)
    client.force_login(proposer)

    assert proposal.reference in references(client.get(LIST))


def test_others_are_not_in_it(client, proposer, other_proposer):
    make_submitted(other_proposer)
    client.force_login(proposer)

    assert references(client.get(LIST)) == []
    assert references(client.get(LIST, READABLE)) == []


def test_co_proposers_have_it_too(client, proposer, other_proposer):
    draft = make_draft(proposer)
    Participant.objects.create(
        proposal=draft, user=other_proposer, capacity="viewer", since=draft.created_at
    )
    client.force_login(other_proposer)

    assert references(client.get(LIST)) == [draft.reference]


@pytest.mark.parametrize(
    ("who", "stage"),
    [
        ("committee", Stage.APC_REVIEW),
        ("committee_chair", Stage.APC_REVIEW),
        ("deans", Stage.CAD_CONSENT),
    ],
)
def test_readers_have_a_second_tab(client, cast, who, stage):
    before_them = make_at(stage)
    make_at(Stage.TRIAGE)
    client.force_login(getattr(cast, who))

    assert "Others I may read" in client.get(LIST).content.decode()
    assert references(client.get(LIST)) == []
    assert references(client.get(LIST, READABLE)) == [before_them.reference]


def test_a_proposer_has_no_second_tab(client, proposer):
    client.force_login(proposer)

    assert "Others I may read" not in client.get(LIST).content.decode()


def test_a_named_chair_has_the_tab_without_a_role(client, cast):
    proposal = make_submitted()
    Participant.objects.create(
        proposal=proposal, user=cast.other_proposer, capacity="chair", since=proposal.created_at
    )
    client.force_login(cast.other_proposer)

    assert references(client.get(LIST, READABLE)) == [proposal.reference]


def test_stages_of_one_name_are_one_choice(client, proposer):
    queued, triaged = make_submitted(proposer), make_at(Stage.TRIAGE, owner=proposer)
    draft = make_draft(proposer)
    client.force_login(proposer)

    assert set(references(client.get(LIST, {"stage": "submitted"}))) == {
        queued.reference,
        triaged.reference,
    }
    assert references(client.get(LIST, {"stage": "draft"})) == [draft.reference]


def test_it_can_be_narrowed_by_turn_year_and_words(client, proposer):
    zone = ZoneInfo("America/New_York")
    old = create_draft(
        owner=proposer, working_title="Battery walls", at=datetime(2023, 12, 31, 23, tzinfo=zone)
    )
    sent = make_submitted(proposer)
    client.force_login(proposer)

    assert references(client.get(LIST, {"whose_turn": "university"})) == [sent.reference]
    assert references(client.get(LIST, {"year": "2023"})) == [old.reference]
    assert references(client.get(LIST, {"q": "WALLS battery"})) == [old.reference]
    assert references(client.get(LIST, {"q": old.reference.lower()})) == [old.reference]
    nothing = client.get(LIST, {"q": "no such thing"})
    assert "Nothing fits" in nothing.content.decode()


def test_its_search_does_not_mind_accents(client, proposer):
    with_them = create_draft(owner=proposer, working_title="Español clínico")
    without = create_draft(owner=proposer, working_title="Espanol basico")
    client.force_login(proposer)

    for typed in ("español", "espanol"):
        found = references(client.get(LIST, {"q": typed}))
        assert sorted(found) == [with_them.reference, without.reference]


@pytest.mark.parametrize(
    "query",
    [
        {"page": "abc"},
        {"page": "-1"},
        {"page": "0"},
        {"page": "9" * 40},
        {"page": "٣"},
        {"stage": "nonsense"},
        {"stage": "<script>"},
        {"whose_turn": "'--"},
        {"year": "9" * 40},
        {"year": "NaN"},
        {"q": "%_'\"\\"},
        {"q": "x" * 10_000},
        {"q": "\U0001f469\u202e"},
        {"show": "nonsense"},
    ],
)
def test_junk_in_the_address_is_harmless(client, proposer, query):
    make_draft(proposer)
    client.force_login(proposer)

    response = client.get(LIST, query)

    assert response.status_code == 200
    assert "<script>" not in response.content.decode()


def test_nul_in_the_search_is_refused(client, proposer):
    client.force_login(proposer)

    assert client.get(LIST + "?q=%00").status_code == 400


def test_twenty_a_page(client, proposer):
    for _ in range(21):
        create_draft(owner=proposer, working_title="Idea")
    client.force_login(proposer)

    assert len(references(client.get(LIST))) == 20
    assert len(references(client.get(LIST, {"page": "2"}))) == 1
    assert len(references(client.get(LIST, {"page": "999"}))) == 1
    assert "stage=draft&amp;page=2" in client.get(LIST, {"stage": "draft"}).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_proposal_list_query_count(client, cast, count, django_assert_num_queries):
    for _ in range(count):
        make_submitted(cast.proposer)
    client.force_login(cast.proposer)

    with django_assert_num_queries(9):
        response = client.get(LIST)

    assert len(references(response)) == count


def test_reading_roles_of_the_past_open_no_tab(client, cast):
    past = make_person("old@miami.example", "Old", Role.Kind.COMMITTEE)
    past.roles.update(ends_on="2020-01-01")
    make_at(Stage.APC_REVIEW)
    client.force_login(past)

    assert references(client.get(LIST, READABLE)) == []
