"""Pages for everyone: open without sign-in, light, linked, true to the tables they speak of."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from microcreds.accounts.models import Unit
from microcreds.public.examples import EXAMPLES
from microcreds.public.questions import asked_by_page, seen_by
from proposals.interest import ATTESTATIONS, QUESTIONS, missing
from proposals.models import Stage
from reviews.durations import forget, lately
from tests.factories import make_at, make_submitted, make_unit

pytestmark = pytest.mark.django_db
PAGES = ("examples", "how_long", "questions", "help_by_role", "accessibility", "privacy")


@pytest.fixture(autouse=True)
def _nothing_remembered():
    cache.clear()


def text_of(client, name: str) -> str:
    return client.get(reverse(name)).content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_for_everyone_is_light_and_linked_from_the_front_page(client, name):
    response = client.get(reverse(name))
    front = text_of(client, "front")

    assert response.status_code == 200
    assert len(response.content) < 120_000
    assert response.content.decode().count("<h1") == 1
    assert f'href="{reverse(name)}"' in front
    assert client.post(reverse(name)).status_code == 405


@pytest.mark.parametrize(
    ("name", "statements"),
    [
        ("examples", 1),
        ("questions", 1),
        ("help_by_role", 1),
        ("accessibility", 1),
        ("privacy", 1),
    ],
)
def test_a_page_for_everyone_costs_a_statement_or_two(
    client, name, statements, django_assert_num_queries
):
    with django_assert_num_queries(statements):
        client.get(reverse(name))


@pytest.mark.parametrize("count", [1, 3])
def test_the_durations_cost_the_same_for_any_number_and_are_remembered(
    django_assert_num_queries, count
):
    for _each in range(count):
        make_at(Stage.CONSULTATION)

    with django_assert_num_queries(3):
        lately(at=timezone.now())
    forget()
    with django_assert_num_queries(3):
        lately()
    with django_assert_num_queries(0):
        lately()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.key)
def test_each_example_could_be_sent_as_it_is(example):
    unknown = set(example.answers) - set(QUESTIONS) - {"names", "together"}

    assert missing(example.answers) == []
    assert unknown == set()


def test_the_vague_example_needs_ten_answers_of_words_or_choices():
    [vague] = [each for each in EXAMPLES if each.key == "vague"]
    prefilled = {"submitter", "campus_home", "division", "department", "names", "together"}

    assert len(set(vague.answers) - prefilled) <= 10


def test_every_question_is_there_with_its_model_answer_and_its_readers(client):
    page = text_of(client, "questions")
    listed = [asked for _page, questions in asked_by_page() for asked in questions]

    assert [each.question.key for each in listed] == list(QUESTIONS)
    for asked in listed:
        part = page[page.index(f'id="q-{asked.question.key}"') :].partition("</div>")[0]
        assert f"Read by: {' · '.join(asked.readers)}" in part
        assert ("A good answer" in part) == bool(asked.question.example)
    assert page.count("Can wait for the first talk") == sum(
        asked.question.can_be_together for asked in listed
    )
    assert ATTESTATIONS["ack_record"] in page


def test_privacy_says_of_every_answer_who_sees_it_and_of_secrets_no(client):
    by_label = {label: dict(each.readers) for each in seen_by() for label in each.labels}

    assert {q.label for q in QUESTIONS.values()} <= set(by_label)
    secret = by_label["What must not be passed on? (organization)"]
    assert [reader for reader, sees in secret.items() if sees] == [
        "You and your co-proposers",
        "eLearning staff",
    ]
    assert "149.43" in text_of(client, "privacy")


def test_privacy_says_how_long_as_the_records_office_put_it(client, settings):
    assert "has not set a period" in text_of(client, "privacy")

    settings.RETENTION_WORDS = "Kept for seven years & then reviewed."

    assert "Kept for seven years &amp; then reviewed." in text_of(client, "privacy")


def test_accessibility_names_the_other_ways_of_each_office(client):
    unit = make_unit("Oxford")
    Unit.objects.filter(pk=unit.pk).update(phone="513 555 0100", mail_address="1 High St\nOxford")
    gone = make_unit("Closed office")
    Unit.objects.filter(pk=gone.pk).update(is_active=False)

    page = text_of(client, "accessibility")

    assert 'href="tel:5135550100"' in page
    assert "1 High St<br>Oxford" in page
    assert "Closed office" not in page


def test_without_history_the_durations_say_so(client):
    page = text_of(client, "how_long")

    assert "Too few ideas have come this far to say" in page
    assert "<table" not in page
    assert "working days" not in text_of(client, "front")


def test_durations_are_medians_of_working_days_from_step_to_step(client):
    now = timezone.now()
    for _each in range(5):
        make_at(Stage.CONSULTATION, at=now - timedelta(days=30))
    quick = {step.number: step for step in lately(at=now)}
    forget()

    assert (quick[1].days, quick[1].seen) == (0, 5)
    assert quick[2].days is None
    assert re.search(r"about 0 working days", text_of(client, "front"))
    assert "<table" in text_of(client, "how_long")


def test_four_ideas_are_too_few_and_old_ones_do_not_count():
    now = timezone.now()
    for _each in range(4):
        make_at(Stage.CONSULTATION, at=now - timedelta(days=30))
    for _each in range(2):
        make_at(Stage.CONSULTATION, at=now - timedelta(days=400))
    make_submitted()

    [first, *_others] = lately(at=now)

    assert (first.days, first.seen) == (None, 4)
