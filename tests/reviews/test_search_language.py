"""The desk's search language: any text parses, each term finds what it says, others are told."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from microcreds.accounts.models import Department
from proposals.models import Proposal, Stage
from reviews.dimensions import numbered
from reviews.search_language import Query, Term, parse
from reviews.search_terms import TERMS
from tests.factories import (
    make_at,
    make_campus,
    make_cast,
    make_department,
    make_person,
    make_submitted,
    make_unit,
)
from tests.partners.sharing import answers_naming
from tests.reviews.test_todos import step

LIST = "/admin/reviews/triageitem/"


@given(st.text(max_size=700))
def test_any_text_parses_and_reads_the_same_when_written_out(text):
    query = parse(text)
    assert parse(str(query)) == query or len(str(query)) > 500


def test_terms_words_quotes_and_minus():
    asked = parse(
        'stage:triage..readiness -unit:oxford partner:"Four Creeks" scrap "late shift" x:y'
    )
    assert asked == Query(
        terms=(
            Term("stage", "triage..readiness"),
            Term("unit", "oxford", is_not=True),
            Term("partner", "Four Creeks"),
        ),
        words=("scrap", "late", "shift", "x:y"),
    )


@pytest.fixture
def rows(db) -> dict[str, Proposal]:
    cast = make_cast()
    late = make_at(Stage.CONSULTATION)
    Proposal.objects.filter(pk=late.pk).update(due_on="2020-01-01")
    step(late)
    return {
        "queue": make_submitted(cast.other_proposer, working_title="Python for presses"),
        "late": late,
        "held": make_at(Stage.ON_HOLD),
        "review": make_at(Stage.APC_REVIEW),
    }


FINDS = {
    "stage:submitted": "queue",
    "stage:triage..readiness": "late",
    "stage:..consultation": "queue late",
    "stage:open": "queue late review held",
    'stage:"Committee review"': "review",
    "stage:committee": "review",
    "stage:triage..committee": "late review",
    "-stage:open": "",
    "late:yes": "late",
    "late:no stage:consultation": "",
    "held:yes": "held",
    "turn:me": "late",
    "turn:committee": "review",
    "turn:nobody": "held",
    "owner:nobody": "queue",
    "owner:ola -held:yes": "late review",
    "unit:oxford late:yes": "late",
    "unit:none": "",
    "by:gus": "queue",
    'partner:"tallgrass fast" stage:submitted': "queue",
    "partner:nobody": "",
    "title:python": "queue",
    "need:machines stage:submitted": "queue",
    "need:chart": "",  # an outcome says it, the need does not
    "department:statistics held:yes": "held",
    "campus:oxford held:yes": "held",
    "due:<2021-01-01": "late",
    "due:2020-01-01": "late",
    "due:>2020-01-01 turn:committee": "review",
    "priority:high": "",
    "step:set": "late",
    "step:none stage:submitted": "queue",
    "python turn:elearning": "queue",
    "campus:none": "",
    "received:2020..2100 held:yes": "held",
    "received:..2019": "",
    "committee:2020..": "review",
    "deans:2020..": "",
    "origin:partner_asked held:yes": "held",
    'origin:"outside the university asked" held:yes': "held",
    "origin:none": "",
    "kind:employer held:yes": "held",
    "kind:hospital": "",
    "kind:none": "",
    "kind:unsaid": "",
    "decided:any": "",
    "-decided:declined held:yes": "held",
    "reason:duplicate": "",
    "unread:no held:yes": "held",
    "todo:mine": "late",
    "todo:due": "",
}


def test_each_term_finds_what_it_says(client, oxford, rows):
    client.force_login(oxford)
    names = {row.pk: name for name, row in rows.items()}

    def found(text):
        context = client.get(LIST, {"q": text}).context
        return {names[row.pk] for row in context["cl"].result_list}, context["complaints"]

    expected = {text: (set(found.split()), []) for text, found in FINDS.items()}
    assert {text: found(text) for text in FINDS} == expected


@pytest.mark.parametrize("accents", [True, False], ids=["stored with", "stored without"])
def test_a_word_is_found_with_and_without_its_accents(client, oxford, accents):
    def as_stored(words):
        return words if accents else words.translate(str.maketrans("áéíñóú", "aeinou"))

    owner = make_person("ines@miami.example", as_stored("Inés Núñez"))
    by = make_person("munoz@miami.example", as_stored("Ana Muñoz"))
    row = make_submitted(
        by,
        working_title=as_stored("Español clínico"),
        need_statement=as_stored("Los pacientes esperan atención en español. ") * 5,
        **answers_naming(org_name=as_stored("Clínica Norte"))["partners"],
    )
    Proposal.objects.update(
        assignee=owner,
        unit=make_unit(as_stored("En línea")),
        department=make_department(as_stored("Lenguas románicas")),
        campus=make_campus(as_stored("Cancún")),
    )
    client.force_login(oxford)
    asked = (
        *("title:español", "title:espanol", "need:atención", "need:atencion"),
        *("by:muñoz", "by:munoz", "owner:núñez", "owner:nunez"),
        *('partner:"clínica norte"', 'partner:"clinica norte"', "unit:línea", "unit:linea"),
        *("department:románicas", "department:romanicas", "campus:cancún", "campus:cancun"),
        *("Clínica Muñoz Español", "clinica munoz espanol", "CLÍNICA", "MUNOZ", "pacientes"),
    )

    found = {q: list(client.get(LIST, {"q": q}).context["cl"].result_list) for q in asked}

    assert found == dict.fromkeys(asked, [row])


def test_a_place_is_found_by_its_number_whatever_it_is_called(client, oxford, db):
    row = make_submitted()
    twin = Department.objects.create(division=row.division, name='Statistics "B"')
    other = make_submitted()
    Proposal.objects.filter(pk=other.pk).update(department=twin)
    client.force_login(oxford)

    def found(text):
        return {each.pk for each in client.get(LIST, {"q": text}).context["cl"].result_list}

    assert found("department:statistics") == {row.pk, other.pk}
    assert found(f'department:"{numbered(row.department_id, row.department.name)}"') == {row.pk}
    assert found(f'department:"{numbered(twin.pk, twin.name)}"') == {other.pk}


NOT_UNDERSTOOD = {
    "stag:triage": "There is no “stag:”. Did you mean “stage:”?",
    "zzzz:triage": "There is no “zzzz:”, so it is searched as words.",
    "late:perhaps": "“late:” does not take “perhaps”. Write it like late:yes.",
    "stage:triage..moon": "“stage:” does not take “triage..moon”.",
    "due:tomorrow": "“due:” does not take “tomorrow”.",
    "received:lately": "“received:” does not take “lately”.",
    "decided:perhaps": "“decided:” does not take “perhaps”.",
    "origin:zzz": "“origin:” does not take “zzz”.",
    "kind:zzz": "“kind:” does not take “zzz”.",
    "reason:zzz": "“reason:” does not take “zzz”.",
    "owner:": "“owner:” does not take “”.",
}


def test_what_it_does_not_understand_is_said(client, oxford, db):
    client.force_login(oxford)

    def unsaid(text, words):
        page = client.get(LIST, {"q": text}).content.decode()
        return [said for said in (words, "What the search understands") if said not in page]

    missing = {text: unsaid(text, words) for text, words in NOT_UNDERSTOOD.items()}
    assert missing == dict.fromkeys(NOT_UNDERSTOOD, [])


def test_a_filter_says_what_it_does_not_take(client, oxford, db):
    client.force_login(oxford)
    page = client.get(LIST, {"unit": "zzz", "stage": "<b>", "turn": "submitter"})

    assert page.context["complaints"] == [
        "“Stage” has no “<b>”, so that is left out.",
        "“Unit” has no “zzz”, so that is left out.",
    ]
    assert "has no “&lt;b&gt;”" in page.content.decode()


NONSENSE = [
    "order_by:owner__password",
    "stage:\x00",
    'partner:"never ended',
    "due:<9999-99-99",
    "due:" + "9" * 400,
    "x" * 10_000,
    "stage:" * 2000,
    "owner:\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    '"""""',
    "-",
    ":",
    "need:' OR 1=1 --",
    "priority:1e9",
    "department:#999999999",
    "campus:#" + "9" * 40,
    "received:9999-99..",
    "received:..",
    "decided:2026-02-30",
]


@pytest.mark.django_db
def test_nonsense_is_answered_with_the_list(client, oxford):
    make_submitted()
    client.force_login(oxford)

    answers = {text: client.get(LIST, {"q": text}).status_code for text in NONSENSE}

    assert {text: code for text, code in answers.items() if code not in (200, 400)} == {}


def test_every_example_of_the_help_is_understood(client, oxford, db):
    client.force_login(oxford)
    for known in TERMS.values():
        assert client.get(LIST, {"q": known.example}).context["complaints"] == [], known.example


def test_a_day_to_come_is_after_today(client, oxford, rows):
    client.force_login(oxford)
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    page = client.get(LIST, {"q": f"due:<{tomorrow} stage:open"})
    assert rows["late"].pk in {row.pk for row in page.context["cl"].result_list}


@pytest.mark.django_db
def test_each_value_that_is_offered_is_taken():
    lead = make_cast().lead
    offered = [(key, value) for key, known in TERMS.items() for value in known.takes]

    assert [each for each in offered if TERMS[each[0]].condition(each[1], lead) is None] == []


@pytest.mark.django_db
def test_the_beginning_of_two_stages_is_none():
    assert TERMS["stage"].condition("re", make_cast().lead) is None
