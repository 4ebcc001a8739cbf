"""What would change if staff set the process otherwise: said before it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.models import Share
from proposals.models import Proposal, Stage
from reviews.clocks import add_months, business_days_between, campus_day
from reviews.models import Holiday, StageChange
from reviews.permits import parties_of
from reviews.policies import WORDINGS, Setting, value_of
from reviews.stage_clock import UNIVERSITY_OWES
from reviews.workflow import MOVES, STAGES, Move

SHOWN = 20  # of the proposals concerned; the list behind the link has all


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that would change, in words; ``proposals`` are the first of ``number`` that it
    strands or touches, ``query`` the desk's list of them where it has one."""

    words: str
    number: int = 0
    proposals: list[Proposal] = field(default_factory=list)
    query: str = ""


def effects_of(
    setting: Setting, value: Mapping[str, Any], at: datetime | None = None
) -> list[Effect]:
    """What setting it to ``value`` (cleaned) would change; nothing is written."""
    at = at or timezone.now()
    before, after = value_of(setting), {**setting.default(), **value}
    match setting.kind:
        case "stage":
            return _of_stage(Stage(setting.name), before, after, at)
        case "reasons":
            return _of_reasons(Move(setting.name), before, after)
        case _:
            return _of_limits(before, after, at)


def _of_stage(
    stage: Stage, before: Mapping[str, Any], after: Mapping[str, Any], at: datetime
) -> list[Effect]:
    here = Proposal.objects.filter(stage=stage)
    effects = []
    if after.get("target_days") != before.get("target_days"):
        number = here.count()
        kept = ngettext(
            "%(n)d proposal is there and keeps the day it was given; the new target counts "
            "from the next one on.",
            "%(n)d proposals are there and keep the day they were given; the new target counts "
            "from the next one on.",
            number,
        )
        effects.append(Effect(kept % {"n": number}, number, query=f"stage={stage}"))
        effects += _longer_than(here, after["target_days"], at)
    reworded = [name for name in WORDINGS if after[name] != before[name]]
    for_partners = [name for name in reworded if name.startswith("partner")]
    if len(for_partners) < len(reworded):
        number = here.count()
        words = ngettext(
            "The proposers of %(n)d proposal read the new words at once.",
            "The proposers of %(n)d proposals read the new words at once.",
            number,
        )
        effects.append(Effect(words % {"n": number}, number, query=f"stage={stage}"))
    if for_partners:
        shares = Share.objects.current().filter(engagement__proposal__stage=stage)
        number = shares.values("contact").distinct().count()
        words = ngettext(
            "%(n)d contact of partners reads the new words at once.",
            "%(n)d contacts of partners read the new words at once.",
            number,
        )
        effects.append(Effect(words % {"n": number}, number))
    return effects


def _longer_than(here: QuerySet[Proposal], days: int, at: datetime) -> list[Effect]:
    """Those that have stood there longer than the new target would give."""
    if not here.filter(whose_turn__in=UNIVERSITY_OWES).exists():
        return []
    holidays, today = _days_off(), campus_day(at)
    long_ago = at - timedelta(days=days)  # no fewer days than working days
    stranded = [
        row
        for row in here.filter(stage_since__lt=long_ago).order_by("stage_since", "pk")
        if business_days_between(campus_day(row.stage_since), today, holidays) > days
    ]
    if not stranded:
        return []
    words = ngettext(
        "%(n)d has already been there longer than the new target:",
        "%(n)d have already been there longer than the new target:",
        len(stranded),
    )
    return [Effect(words % {"n": len(stranded)}, len(stranded), stranded[:SHOWN])]


def _of_reasons(move: Move, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Effect]:
    effects = []
    if gone := set(before["offered"]) - set(after["offered"]):
        newest = StageChange.objects.in_force().filter(proposal=OuterRef("pk")).order_by("-pk")
        leads_to = MOVES[move].to
        standing = Proposal.objects.filter(stage=leads_to) if isinstance(leads_to, Stage) else None
        if standing is not None:
            standing = standing.annotate(why=Subquery(newest.values("reason_code")[:1]))
            effects.append(_stranded_by(gone, standing.filter(why__in=gone), before))
    for code, words in after["offered"].items():
        old = before["offered"].get(code) or before["retired"].get(code)
        if old is None:
            effects.append(Effect(_("“%(words)s” is offered from now on.") % {"words": words}))
        elif old != words:
            both = {"old": old, "new": words}
            effects.append(
                Effect(_("“%(old)s” reads “%(new)s”, also in histories of the past.") % both)
            )
    return effects


def _stranded_by(gone: set[str], standing: QuerySet[Proposal], before: Mapping[str, Any]) -> Effect:
    number = standing.count()
    words = ngettext(
        "No longer offered: %(reasons)s. %(n)d proposal is where it is for that reason and keeps"
        " it.",
        "No longer offered: %(reasons)s. %(n)d proposals are where they are for that reason and"
        " keep it.",
        number,
    )
    reasons = ", ".join(before["offered"][code] for code in sorted(gone))
    return Effect(
        words % {"reasons": reasons, "n": number}, number, list(standing.order_by("pk")[:SHOWN])
    )


def _of_limits(before: Mapping[str, Any], after: Mapping[str, Any], at: datetime) -> list[Effect]:
    effects, today = [], campus_day(at)
    if after["hold_days"] < before["hold_days"]:
        latest = today + timedelta(days=after["hold_days"])
        longer = Proposal.objects.filter(stage=Stage.ON_HOLD, wake_on__gt=latest)
        words = ngettext(
            "%(n)d proposal is on hold for longer than that and keeps its day.",
            "%(n)d proposals are on hold for longer than that and keep their day.",
            longer.count(),
        )
        effects.append(_counted(words, longer))
    if after["endorsements"] > before["endorsements"]:
        effects += _lacking_endorsements(after["endorsements"])
    if after["reopen_months"] < before["reopen_months"]:
        shut = _ended_between(
            add_months(today, -before["reopen_months"]), add_months(today, -after["reopen_months"])
        )
        words = ngettext(
            "%(n)d that ended could be reopened until now, and no longer can be.",
            "%(n)d that ended could be reopened until now, and no longer can be.",
            shut.count(),
        )
        effects.append(_counted(words, shut))
    if any(after[name] != before[name] for name in ("close_percent", "late_percent")):
        running = Proposal.objects.filter(whose_turn__in=UNIVERSITY_OWES, due_on__isnull=False)
        words = ngettext(
            "The clock of %(n)d proposal is marked again at once.",
            "The clocks of %(n)d proposals are marked again at once.",
            running.count(),
        )
        effects.append(Effect(words % {"n": running.count()}, running.count()))
    return effects


def _lacking_endorsements(needed: int) -> list[Effect]:
    """Those that wait for the committee, name a partner and have fewer."""
    ready = list(Proposal.objects.filter(stage=Stage.READINESS).order_by("pk"))
    parties = parties_of(row.pk for row in ready)
    lacking = [
        row
        for row in ready
        if parties[row.pk].partner_names and parties[row.pk].endorsed_by < needed
    ]
    words = ngettext(
        "%(n)d proposal at its final checks has fewer and cannot go to the committee yet.",
        "%(n)d proposals at their final checks have fewer and cannot go to the committee yet.",
        len(lacking),
    ) % {"n": len(lacking)}
    return [Effect(words, len(lacking), lacking[:SHOWN])]


def _ended_between(first: date, last: date) -> QuerySet[Proposal]:
    ended = [stage for stage in MOVES[Move.REOPEN].from_stages if stage in STAGES]
    return Proposal.objects.filter(
        stage__in=ended, stage_since__date__gte=first, stage_since__date__lt=last
    )


def _counted(words: str, rows: QuerySet[Proposal]) -> Effect:
    number = rows.count()
    return Effect(words % {"n": number}, number, list(rows.order_by("pk")[:SHOWN]))


def _days_off() -> frozenset[date]:
    return frozenset(Holiday.objects.values_list("on", flat=True))
