"""Annotations that are turned into SQL once: the same rows, and no moment or reader in them."""

from datetime import timedelta

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.utils import timezone

from proposals.kept import kept_for
from proposals.models import Participant, Proposal
from tests.factories import make_draft

pytestmark = pytest.mark.django_db


@kept_for(Proposal)
def with_people():
    """Each with who takes part."""
    people = Participant.objects.filter(proposal=OuterRef("pk"), capacity="viewer").order_by("pk")
    return {"people": ArraySubquery(people.values("user")), "has_people": Exists(people)}


def test_each_row_has_its_own_however_it_is_found(cast):
    first, second = make_draft(), make_draft()
    for user in (cast.chair, cast.other_proposer):
        Participant.objects.create(
            proposal=second, user=user, capacity="viewer", since=timezone.now()
        )
    people = [cast.chair.pk, cast.other_proposer.pk]
    for rows in (Proposal.objects.order_by("pk"), Proposal.objects.select_related("submitter")):
        found = {row.pk: row for row in with_people(rows)}
        assert (found[first.pk].people, found[first.pk].has_people) == ([], False)
        assert (found[second.pk].people, found[second.pk].has_people) == (people, True)
    assert with_people(Proposal.objects.filter(pk=second.pk)).get().people == people
    assert with_people(Proposal.objects.all()).filter(has_people=True).get() == second


def test_a_moment_is_refused():
    @kept_for(Proposal)
    def with_new_people():
        lately = timezone.now() - timedelta(days=1)
        return {"people": Exists(Participant.objects.filter(since__gt=lately))}

    with pytest.raises(ValueError, match="moment"):
        with_new_people(Proposal.objects.all())
