"""What each reader sees, as a page: made of the tables the program obeys."""

import pytest
from django.urls import reverse
from django.utils import timezone

from proposals.interest import PAGES, QUESTIONS
from proposals.models import Participant, Stage
from reviews.services import save_triage
from reviews.visibility import TABLES, fields_of, models_of_ours
from tests.factories import make_at, make_submitted
from tests.partners.sharing import share_it, summarized

pytestmark = pytest.mark.django_db

PAGE = "/admin/reviews/triageitem/visibility/"


def test_it_names_every_question_and_every_field_that_is_read_outside(client, oxford):
    client.force_login(oxford)

    context = client.get(PAGE).context

    rows = {row.label for _page, rows in context["pages"] for row in rows if not row.is_cell}
    assert rows == {each.label for each in QUESTIONS.values() if each.page in PAGES}
    granted = sum(len(fields) for outside, _ in TABLES.values() for fields in outside.values())
    assert len(context["outside"]) == granted


def test_the_cells_say_who_reads_an_answer(client, oxford):
    client.force_login(oxford)

    pages = client.get(PAGE).context["pages"]

    cells = {row.label: row.cells for _page, rows in pages for row in rows if not row.is_cell}
    yes, switch, no = "yes", "switch", "no"
    outcomes = QUESTIONS["outcomes"].label
    assert cells[outcomes] == (yes, yes, yes, yes, switch, no)
    assert cells[QUESTIONS["working_title"].label] == (yes, yes, yes, yes, yes, no)
    assert cells[QUESTIONS["term_fit"].label] == (yes, yes, no, no, no, no)


def test_it_leads_to_the_page_as_a_partner_reads_it(client, cast):
    proposal = summarized(make_submitted())
    share = share_it(proposal, cast.oxford)
    client.force_login(cast.oxford)

    page = client.get(PAGE).content.decode()

    url = reverse("partners:engagement_as", args=[proposal.reference, share.contact_id])
    assert f'href="{url}"' in page


@pytest.mark.parametrize("person", ["committee_chair", "deans", "recused"])
def test_it_leads_nobody_to_a_page_they_may_not_look_at(client, cast, person):
    proposal = make_at(Stage.CAD_CONSENT)
    save_triage(proposal=proposal, by=cast.oxford, values={"partner_summary": "A course."})
    share_it(proposal, cast.oxford)
    reader = cast.regionals if person == "recused" else getattr(cast, person)
    if person == "recused":
        Participant.objects.create(
            proposal=proposal,
            user=reader,
            capacity=Participant.Capacity.RECUSED,
            since=timezone.now(),
        )
    client.force_login(reader)

    assert "/as/" not in client.get(PAGE).content.decode()


def test_nothing_in_it_can_be_changed(client, oxford):
    client.force_login(oxford)

    assert client.post(PAGE).status_code == 405
    assert '<form method="post"' not in client.get(PAGE).content.decode().split("<main")[-1]


@pytest.mark.parametrize("person,status", [("auditor", 200), ("proposer", 404)])
def test_who_sees_the_desk_reads_it(client, cast, person, status):
    client.force_login(getattr(cast, person))

    assert client.get(PAGE).status_code == status


@pytest.mark.parametrize("count", [1, 3])
def test_query_count(client, cast, count, django_assert_max_num_queries):
    for _ in range(count):
        share_it(summarized(make_submitted()), cast.oxford)
    client.force_login(cast.oxford)
    client.get(PAGE)

    with django_assert_max_num_queries(5):
        client.get(PAGE)


def test_no_entry_of_the_tables_is_of_a_field_that_is_gone():
    known = {
        model._meta.label: {field.name for field in fields_of(model)} for model in models_of_ours()
    }
    gone = []
    for outside, inside in TABLES.values():
        listed = {label: set(fields) for label, fields in outside.items()}
        for label, names in [*listed.items(), *((k, set(v.split())) for k, v in inside.items())]:
            gone += [f"{label}.{name}" for name in sorted(names - known.get(label, set()))]
    assert gone == []
