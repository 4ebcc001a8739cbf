"""Approvals that come to their end: their owners hear of it, and the renewal review opens."""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from proposals.models import Proposal, Stage
from reviews import services
from reviews.clocks import add_months, campus_day
from reviews.ladder.passed import Kind, Passed, Told, in_parts, told_of
from reviews.ladder.table import APPROVED_STAGES, EXPIRY_MONTHS
from reviews.models import LadderStep
from reviews.plans import Given, build_plan
from reviews.workflow import Move

_OPENED = f"{Kind.EXPIRY}:renewal"


def approvals_ending(today: date, opened: set[int]) -> Iterator[Passed]:
    """Of each approval that ends within the year, the last of ``EXPIRY_MONTHS`` it has passed,
    unless it was told. Owners of ``opened`` know from the move."""
    for rows in in_parts(_ending(today)):
        told = told_of(rows)
        for row in rows:
            since = _since(row)
            spoken = [int(m) for m in _months_told(told, row)]
            month = min(m for m in EXPIRY_MONTHS if row.expires_on <= add_months(today, m))
            if month < min(spoken, default=EXPIRY_MONTHS[0] + 1):
                yield Passed(
                    row,
                    Kind.EXPIRY,
                    since,
                    f"{Kind.EXPIRY}:{month}",
                    on=row.expires_on,
                    owner_knows=row.pk in opened,
                )


def open_renewals(at: datetime) -> Iterator[Proposal | Exception]:
    """Active proposals whose approval ends within the year are in their renewal review, by the
    system, once for each approval: what staff take back stays so. Yields each, or what hindered."""
    today = campus_day(at)
    for rows in in_parts(_ending(today).filter(stage=Stage.ACTIVE)):
        told = told_of(rows)
        for row in rows:
            if _OPENED in told.rungs(row, _since(row)):
                continue
            try:
                _open(row, at)
            except Exception as fault:  # one that cannot be opened holds up no other
                fault.add_note(row.reference)
                yield fault
            else:
                yield row


def _open(row: Proposal, at: datetime) -> None:
    ends = date_format(row.expires_on, "l, j F Y") if row.expires_on else ""
    given = Given(
        message=_("Its approval ends on %(day)s. The review before that begins now.")
        % {"day": ends}
    )
    plan = build_plan(proposals=[row], move=Move.OPEN_RENEWAL, actor=None, given=given, at=at)
    services.move(plan=plan)
    LadderStep.objects.create(proposal=row, since=_since(row), rung=_OPENED, at=at)


def _ending(today: date):
    return Proposal.objects.filter(
        stage__in=APPROVED_STAGES, expires_on__lte=add_months(today, EXPIRY_MONTHS[0])
    ).select_related("submitter", "assignee", "unit")


def _since(row: Proposal) -> str:
    return f"{row.pk}:{row.expires_on}"


def _months_told(told: Told, row: Proposal) -> list[str]:
    rungs = told.rungs(row, _since(row)) - {_OPENED}
    return [rung.partition(":")[2] for rung in rungs]
