"""Who opened a proposal's page when: what is new to them, and whom a move has reached."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import CharField, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf
from django.utils import timezone

from microcreds.accounts.models import User
from partners.models import Access
from proposals.kept import Annotations, kept_for
from proposals.models import Proposal
from reviews.grace import undo_until
from reviews.models import Look, Reading, StageChange
from reviews.workflow import in_force

# A visit ends once its page was not opened for this long, and is written down this often.
VISIT = timedelta(minutes=30)
NOTED_EVERY = timedelta(minutes=2)
# Of each page, the newest: more do not come while a move can be taken back.
OPENINGS_READ = 50


def with_look(proposals: QuerySet, user: User) -> QuerySet:
    """Each with the visits of this person, as ``seen_until`` and ``note_look`` read them."""
    mine = Look.objects.filter(proposal=OuterRef("pk"), user=user)
    row = JSONObject(at="at", before="before")
    return proposals.annotate(my_looks=ArraySubquery(mine.values(row=row)))


def seen_until(proposal: Any, at: datetime | None = None) -> datetime | None:
    """Up to when this reader has seen the page of a proposal loaded ``with_look``: the end of their
    last visit, all through this one; ``None`` on the first."""
    at = at or timezone.now()
    before, last = _visits(proposal)
    return last if last and at - last >= VISIT else before


@transaction.atomic(savepoint=False)
def note_look(
    *, proposal: Any, by: User, newest: StageChange | None = None, at: datetime | None = None
) -> None:
    """``by`` has the desk's page of a proposal loaded ``with_look`` open now. One UPSERT; none
    where that was written a moment ago, and after ``newest``, the newest move."""
    at = at or timezone.now()
    before, last = _visits(proposal)
    if last and at - last < NOTED_EVERY and not (newest and newest.at > last):
        return
    Look.objects.bulk_create(
        [Look(proposal_id=proposal.pk, user=by, at=at, before=seen_until(proposal, at))],
        update_conflicts=True,
        unique_fields=["proposal", "user"],
        update_fields=["at", "before"],
    )


@transaction.atomic(savepoint=False)
def note_reading(*, changes: Iterable[StageChange], by: User, at: datetime | None = None) -> None:
    """``by`` has the proposers' page open. Kept only while the newest of ``changes`` can be taken
    back, and somebody else made it: no statement otherwise."""
    at = at or timezone.now()
    newest = max(in_force(list(changes)), key=lambda change: change.pk, default=None)
    if newest and newest.actor_id != by.pk and at < undo_until(newest):
        row = Reading(change=newest, user=by, at=at)
        Reading.objects.bulk_create([row], ignore_conflicts=True)


@kept_for(Proposal)
def with_openings() -> Annotations:
    """Each with who opened one of its pages of late, as ``opened_since`` reads it."""
    here = Look.objects.filter(proposal=OuterRef("pk")).order_by("-at")
    read = Reading.objects.filter(change__proposal=OuterRef("pk")).order_by("-at")
    came = Access.objects.filter(engagement__proposal=OuterRef("pk")).order_by("-at")
    person = JSONObject(name=_name("user"), id="user_id", at="at")
    partner = JSONObject(name="link__contact__name", at="at")
    return {
        "opened_here": ArraySubquery(here.values(row=person)[:OPENINGS_READ]),
        "opened_there": ArraySubquery(read.values(row=person)[:OPENINGS_READ]),
        "opened_outside": ArraySubquery(came.values(row=partner)[:OPENINGS_READ]),
    }


def opened_since(proposal: Any, change: StageChange) -> list[str]:
    """Who has opened a page of a proposal loaded ``with_openings`` since this move, by name, but
    not who made it: proposers and other readers, partners, the desk."""
    rows = [*proposal.opened_here, *proposal.opened_there, *proposal.opened_outside]
    return sorted(
        {
            row["name"]
            for row in rows
            if datetime.fromisoformat(row["at"]) > change.at
            and (change.actor_id is None or row.get("id") != change.actor_id)
        }
    )


def _visits(proposal: Any) -> tuple[datetime | None, datetime | None]:
    """The end of the last visit, and the last moment of this one."""
    if not proposal.my_looks:
        return None, None
    [row] = proposal.my_looks
    before = datetime.fromisoformat(row["before"]) if row["before"] else None
    return before, datetime.fromisoformat(row["at"])


def _name(user: str) -> Coalesce:
    """As ``str`` of this person says it."""
    return Coalesce(NullIf(f"{user}__name", Value("")), f"{user}__email", output_field=CharField())
