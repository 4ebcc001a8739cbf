"""What looks like a proposal on the desk, and what staff say of the pair."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from proposals.kept import Annotations, kept_for
from proposals.lookalikes import Lookalike, told_to_staff, wording_of
from proposals.models import Pair, Proposal, Stage
from reviews.permits import may_work_on, parties_of

LONGEST_NOTE = 500


@dataclass(frozen=True)
class Kin:
    """What stands beside a proposal on the desk: look-alikes nobody has answered yet, the most
    alike first, and the pairs that were answered, the newest first."""

    found: list[Lookalike]
    pairs: list[Pair]


def kin_of(proposal: Proposal, answers: Mapping[str, Any], merged_here: Iterable[int] = ()) -> Kin:
    """Two statements whatever their number, one where the proposal was loaded ``with_pairs`` and
    none was answered; what was answered or merged is not suggested again."""
    pairs: list[Pair] = []
    if getattr(proposal, "has_pairs", True):
        standing = Pair.objects.standing().of(proposal)
        pairs = list(standing.select_related("first", "second", "by").order_by("-pk"))
    known = {*merged_here, *(pair.other_than(proposal) for pair in pairs)}
    if proposal.duplicate_of_id:
        known.add(proposal.duplicate_of_id)
    return Kin(told_to_staff(wording_of(answers), without={proposal.pk, *known}), pairs)


@kept_for(Proposal)
def with_pairs() -> Annotations:
    """Each with whether anything was ever said of it and another (``has_pairs``), as of few is."""
    here = Q(first=OuterRef("pk")) | Q(second=OuterRef("pk"))
    return {"has_pairs": Exists(Pair.objects.standing().filter(here).order_by())}


@transaction.atomic
def judge_pair(
    *,
    proposal: Proposal,
    other: Proposal,
    verdict: Pair.Verdict,
    by: User,
    note: str = "",
    at: datetime | None = None,
) -> Pair:
    """The two are related, or no duplicates, from either side; they are not suggested again.

    Said already in the same words: the standing answer. Raises ``ValidationError`` when ``by`` does
    not work on ``proposal``, one of them is a draft, or another answer stands.
    """
    note = note.replace("\r\n", "\n").strip()
    if len(note) > LONGEST_NOTE:
        raise ValidationError({"note": _("At most %(n)s characters.") % {"n": LONGEST_NOTE}})
    _refuse_unless_theirs(proposal, by)
    if proposal.pk == other.pk or Stage.DRAFT in (proposal.stage, other.stage):
        raise ValidationError(_("There is no submitted proposal with this reference."))
    first, second = sorted((proposal.pk, other.pk))
    standing = Pair.objects.standing().filter(first=first, second=second).first()
    if standing and standing.verdict == verdict:
        return standing
    try:
        with transaction.atomic():
            return Pair.objects.create(
                first_id=first,
                second_id=second,
                verdict=verdict,
                note=note,
                by=by,
                at=at or timezone.now(),
            )
    except IntegrityError as error:
        raise ValidationError(
            _("Somebody answered this pair already. Take that answer back first.")
        ) from error


@transaction.atomic
def take_back_verdict(
    *, proposal: Proposal, pair: Pair, by: User, at: datetime | None = None
) -> Pair:
    """What was said of the pair stands no longer, and the two may be suggested again.

    Taken back already: it stays as it was. Raises ``ValidationError`` when ``by`` does not work on
    ``proposal``.
    """
    _refuse_unless_theirs(proposal, by)
    pair = Pair.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    if pair.ended_at is None:
        pair.ended_at, pair.ended_by = at or timezone.now(), by
        pair.save(update_fields=["ended_at", "ended_by"])
    return pair


def _refuse_unless_theirs(proposal: Proposal, by: User) -> None:
    if not may_work_on(by, proposal, involved=parties_of([proposal.pk])[proposal.pk].involved(by)):
        raise ValidationError(_("Staff of its unit who take no part in it can answer this."))
