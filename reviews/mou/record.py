"""What staff write of an MoU beside its moves: versions, clauses, dates, signatories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from microcreds.accounts.models import User
from partners import mou as records
from partners.models import Engagement, Mou, MouClause, MouEntry, MouSignatory, MouVersion
from partners.models.mou import LONGEST_CLAUSE, LONGEST_MOU_WORDS, MOST_YEARS
from reviews.clocks import add_months, campus_day
from reviews.mou.plan import around_of, works_on
from reviews.mou.table import Status

Kind = MouEntry.Kind
MOST_SIGNATORIES = 6
FACTS = {
    "start_on": _lazy("First day"),
    "end_on": _lazy("Last day"),
    "renewal_notice_days": _lazy("Notice of renewal, in days"),
    "minimum_learners": _lazy("Learners promised at least"),
    "template_version": _lazy("Version of the university's template"),
    "buyway_number": _lazy("Buyway number"),
}
CHANGES_LATER = {"buyway_number", "renewal_notice_days"}
# Where a text can still change; a signed copy comes once it is agreed.
_WRITTEN = (Status.TEMPLATE_REQUESTED, Status.DRAFTING, Status.WITH_UNIVERSITY)


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs for which side, and when they did, as staff write it."""

    side: str
    name: str
    title: str = ""
    signed_on: date | None = None


@transaction.atomic
def add_version(
    *,
    engagement: Engagement,
    upload: File,
    changed: str,
    by: User,
    is_signed_copy: bool = False,
    is_for_partner: bool = False,
    is_for_proposers: bool = True,
    at: datetime | None = None,
) -> MouVersion:
    """The file is the next version, open to whom it says; the partner reads a text only once it is
    sent to them, unless it is the signed copy.

    Raises ``ValidationError``, by input where one is wrong, when ``by`` does not work on it, the
    text is not being written, or the file is not one of ours.
    """
    at = at or timezone.now()
    mou = _found(engagement, by)
    if is_signed_copy and mou.status not in Mou.AGREED:
        raise ValidationError(_("There is no signed copy before its text is agreed."))
    if not is_signed_copy and mou.status not in _WRITTEN:
        raise ValidationError(
            _("It is at “%(status)s”. Take it back to the draft to change its text.")
            % {"status": mou.get_status_display()}
        )
    try:
        version = records.add_version(
            mou,
            upload=upload,
            changed=_fit(changed, "changed", _("Say what changed.")),
            by=by,
            at=at,
            is_signed_copy=is_signed_copy,
            is_for_partner=is_for_partner,
            is_for_proposers=is_for_proposers,
        )
    except ValidationError as refusal:
        raise (
            refusal
            if hasattr(refusal, "error_dict")
            else ValidationError({"upload": refusal.messages})
        ) from refusal
    mou.save()
    records.note(mou, Kind.VERSION, at, by=by, version=version, words=version.changed)
    return version


@transaction.atomic
def grant(
    *,
    version: MouVersion,
    is_for_partner: bool,
    is_for_proposers: bool,
    by: User,
    at: datetime | None = None,
) -> MouVersion:
    """The file of this version is open to these from now, and to nobody else outside the desk.

    Raises ``ValidationError`` when ``by`` does not work on it, or it is what the partner is asked
    about now.
    """
    at = at or timezone.now()
    mou = _found(version.mou.engagement, by)
    version = MouVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    is_asked_about = mou.status == Status.WITH_PARTNER and mou.version_id == version.pk
    if is_asked_about and not is_for_partner:
        raise ValidationError(_("The partner is reading this version. Take it back first."))
    if (version.is_for_partner, version.is_for_proposers) == (is_for_partner, is_for_proposers):
        return version
    version.is_for_partner, version.is_for_proposers = is_for_partner, is_for_proposers
    version.save(update_fields=["is_for_partner", "is_for_proposers"])
    open_to = [
        str(who)
        for who, is_open in ((_("partner"), is_for_partner), (_("proposers"), is_for_proposers))
        if is_open
    ]
    words = get_text_list(open_to, _("and")) or _("nobody outside the desk")
    records.note(mou, Kind.GRANTED, at, by=by, version=version, words=words)
    return version


@transaction.atomic
def save_facts(
    *, engagement: Engagement, facts: Mapping[str, Any], by: User, at: datetime | None = None
) -> Mou:
    """These facts hold; once it is signed, only its Buyway number and its notice can change.

    ``facts``: ``template_version``, ``minimum_learners``, ``buyway_number``, ``start_on``,
    ``end_on``, ``renewal_notice_days``. Raises ``ValidationError``, by input where one is wrong.
    """
    at = at or timezone.now()
    mou = _found(engagement, by)
    changed = {name: value for name, value in facts.items() if getattr(mou, name) != value}
    if mou.status in Mou.SIGNED_ONCE and set(changed) - CHANGES_LATER:
        raise ValidationError(
            _("It is signed: its dates and what it promises can no longer change.")
        )
    for name, value in changed.items():
        setattr(mou, name, value)
    _refuse_wrong_dates(mou)
    if changed:
        mou.save()
        said = [
            f"{FACTS[name]}: {'–' if value in (None, '') else value}"
            for name, value in changed.items()
        ]
        records.note(mou, Kind.FACTS, at, by=by, words="\n".join(said))
    return mou


def _refuse_wrong_dates(mou: Mou) -> None:
    if mou.start_on is None or mou.end_on is None:
        return
    if mou.end_on <= mou.start_on:
        raise ValidationError({"end_on": _("It ends after it starts.")})
    if mou.end_on > (latest := add_months(mou.start_on, 12 * MOST_YEARS)):
        raise ValidationError(
            {
                "end_on": _("It lasts five years at most: until %(day)s.")
                % {"day": latest.isoformat()}
            }
        )


@transaction.atomic
def save_clauses(
    *,
    engagement: Engagement,
    clauses: Mapping[str, tuple[str, str]],
    by: User,
    at: datetime | None = None,
) -> list[str]:
    """Each head stands as given: its state, and its words. Returns the heads that changed.

    Raises ``ValidationError``, by head where one is wrong.
    """
    at = at or timezone.now()
    mou = _found(engagement, by)
    standing = {each.head: each for each in mou.clauses.all()}
    rows = []
    for head, (state, words) in clauses.items():
        if head not in records.CLAUSES or state not in MouClause.State.values:
            raise ValidationError(_("Reload this page and save it once more."))
        words = words.replace("\r\n", "\n").strip()
        if len(words) > LONGEST_CLAUSE:
            raise ValidationError({head: _("Write at most 3,000 characters.")})
        before = standing.get(head) or MouClause(mou=mou, head=head)
        if (before.state, before.words) != (state, words):
            rows.append(
                MouClause(pk=before.pk, mou=mou, head=head, state=state, words=words, at=at, by=by)
            )
    MouClause.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["mou", "head"],
        update_fields=["state", "words", "at", "by"],
    ) if rows else None
    if rows:
        words = "\n".join(f"{records.CLAUSES[row.head]}: {row.get_state_display()}" for row in rows)
        records.note(mou, Kind.CLAUSES, at, by=by, words=words)
    return [row.head for row in rows]


@transaction.atomic
def save_signatories(
    *,
    engagement: Engagement,
    signatories: Sequence[Signing],
    by: User,
    at: datetime | None = None,
) -> list[MouSignatory]:
    """These sign it, and signed on these days; whoever stood there before and is not among them,
    does not. Raises ``ValidationError`` where it is signed already, or one of them is wrong."""
    at = at or timezone.now()
    mou = _found(engagement, by)
    if mou.status in Mou.SIGNED_ONCE:
        raise ValidationError(_("It is signed: who signed it can no longer change."))
    _refuse_unfit(signatories, campus_day(at))
    before = [str(each) for each in mou.signatories.all()]
    mou.signatories.all().delete()
    rows = MouSignatory.objects.bulk_create(
        MouSignatory(
            mou=mou, side=each.side, name=each.name, title=each.title, signed_on=each.signed_on
        )
        for each in signatories
    )
    said = [f"{each}: {each.signed_on or _('not signed yet')}" for each in rows]
    gone = set(before) - {str(each) for each in rows}
    said += [_("%(who)s does not sign it") % {"who": who} for who in sorted(gone)]
    records.note(mou, Kind.SIGNATORIES, at, by=by, words="\n".join(said))
    return rows


def _refuse_unfit(signatories: Sequence[Signing], today: date) -> None:
    if len(signatories) > MOST_SIGNATORIES:
        raise ValidationError(_("Name at most six people."))
    known = set()
    for each in signatories:
        if not each.name or each.side not in MouSignatory.Side.values:
            raise ValidationError(_("Name who signs, and for which side."))
        if each.signed_on and each.signed_on > today:
            raise ValidationError(
                _("%(name)s cannot have signed on a day in the future.") % {"name": each.name}
            )
        if (each.side, each.name.lower()) in known:
            raise ValidationError(_("%(name)s is listed twice.") % {"name": each.name})
        known.add((each.side, each.name.lower()))


def _found(engagement: Engagement, by: User) -> Mou:
    """The MoU under its lock, for somebody who works on it."""
    mou = records.locked(engagement)
    if not works_on(by, around := around_of(engagement)):
        raise ValidationError(
            _("Staff of %(unit)s who take no part in it can do this.")
            % {"unit": around.proposal.unit or "eLearning"}
        )
    if mou._state.adding:
        raise ValidationError(_("Nothing is begun yet. Begin the draft first."))
    return mou


def _fit(words: str, name: str, if_missing: str) -> str:
    words = words.replace("\r\n", "\n").strip()
    if not words:
        raise ValidationError({name: if_missing})
    if len(words) > LONGEST_MOU_WORDS:
        raise ValidationError({name: _("Write at most 2,000 characters.")})
    return words
