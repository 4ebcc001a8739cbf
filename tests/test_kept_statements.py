"""Statements that are turned into SQL once: each reader and moment has its own rows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from microcreds.kept_statements import KeptStatements
from proposals.models import Proposal
from tests.factories import make_draft, make_person

pytestmark = pytest.mark.django_db


def drafts(reader, at):
    """Of a reader, begun in the hour before ``at``, or due the day after it."""
    lately = Q(created_at__gt=at - timedelta(hours=1), created_at__lte=at)
    tomorrow = Q(due_on=timezone.localdate(at) + timedelta(days=1))
    mine = Q(submitter=reader) | Q(submitter__email=reader.email.lower())
    return Proposal.objects.filter(mine, lately | tomorrow).order_by("pk").values_list("pk")


def test_a_reader_and_a_moment_have_the_rows_they_would_have():
    kept, now = KeptStatements(drafts), timezone.now()
    people = [make_person("fay@miami.example"), make_person("gus@miami.example")]
    for person in people:
        make_draft(person, at=now)
    for person in people:
        for at in (now, now + timedelta(hours=2), now - timedelta(days=1)):
            assert kept.rows(reader=person, at=at) == list(drafts(person, at))


def test_a_shape_has_a_statement_of_its_own(django_assert_num_queries):
    kept = KeptStatements(lambda most, reader, at: drafts(reader, at)[:most])
    person, now = make_person("fay@miami.example"), timezone.now()
    make_draft(person, at=now)
    for most in (1, 0):
        assert len(kept.rows(most, reader=person, at=now)) == most
    with django_assert_num_queries(1):
        kept.rows(1, reader=person, at=now)


def test_rows_of_a_model_bring_what_was_asked_for(django_assert_num_queries):
    kept = KeptStatements(
        lambda reference, number: (
            Proposal.objects.filter(reference=reference, pk__gt=number)
            .annotate(reference_again=F("reference"))
            .select_related("submitter")
        )
    )
    drafts_of_two = [make_draft(), make_draft()]
    for draft in drafts_of_two:
        owner = draft.submitter
        with django_assert_num_queries(1):
            [found] = kept.rows(reference=draft.reference, number=0)
            assert (found, found.submitter) == (draft, owner)
            assert found.reference_again == draft.reference
        assert kept.rows(reference=draft.reference, number=draft.pk) == []


def test_a_list_of_any_length_is_one_value():
    kept = KeptStatements(
        lambda people: Proposal.objects.filter(submitter__any_of=people).order_by("pk")
    )
    people = [make_person("fay@miami.example"), make_person("gus@miami.example")]
    found = [make_draft(person) for person in people]
    for some in (0, 1, 2):
        keys = [person.pk for person in people[:some]]
        assert kept.rows(people=keys) == found[:some]


def test_what_can_have_no_rows_asks_nothing(django_assert_num_queries):
    kept = KeptStatements(lambda number: Proposal.objects.filter(pk=number).none())
    with django_assert_num_queries(0):
        assert kept.rows(number=1) == []


def test_a_moment_that_was_not_given_is_refused():
    kept = KeptStatements(lambda reader: drafts(reader, timezone.now()))
    with pytest.raises(ValueError, match="moment"):
        kept.rows(reader=make_person("fay@miami.example"))


def planned(ends_with):
    """How often a statement of this session was answered without planning it anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements"
            " WHERE statement LIKE %s",
            [f"%{ends_with}"],
        )
        return cursor.fetchall()


def test_a_session_plans_a_statement_once():
    kept = KeptStatements(
        lambda reference: Proposal.objects.filter(reference=reference).order_by("-wake_on", "pk")
    )
    for draft in [make_draft() for _ in range(3)]:
        assert kept.rows(reference=draft.reference) == [draft]
    [(generic, custom)] = planned('"wake_on" DESC, "proposals_proposal"."id" ASC')
    assert (generic, custom) == (3, 0)


def test_behind_a_pooler_nothing_is_left_in_a_session(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    kept = KeptStatements(
        lambda reference: Proposal.objects.filter(reference=reference).order_by("wake_on", "-pk")
    )
    draft = make_draft()
    assert kept.rows(reference=draft.reference) == [draft]
    assert planned('"wake_on" ASC, "proposals_proposal"."id" DESC') == []
