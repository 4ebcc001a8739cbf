"""The demo's memoranda of understanding, brought along by the moves of the product."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.base import File

from microcreds.accounts.models import User
from microcreds.demo.sent import count_as_sent
from partners.models import Engagement, Mou, MouClause, MouEntry
from partners.mou import CLAUSES
from proposals.models import Proposal
from reviews.clocks import add_months, campus_day
from reviews.mou import moving, record
from reviews.mou.plan import Given
from reviews.mou.record import Signing
from reviews.mou.table import FIT_FOR_COMMITTEE, FIT_FOR_DEVELOPMENT, MouMove, Status
from reviews.workflow import Move

Letter = Callable[[str, list[str]], File]
# How long the text of the past lay with each side, in days.
LAY = timedelta(days=2)
GATES = {Move.SEND_TO_COMMITTEE: FIT_FOR_COMMITTEE, Move.START_DEVELOPMENT: FIT_FOR_DEVELOPMENT}


def open_gate(
    proposal: Proposal, which: Move, by: User, at: datetime, letter: Letter, ends_on: date | None
) -> None:
    """What this move asks of the memoranda with its partners has come about before it."""
    standing = proposal.engagements.filter(named_partner__dropped_at=None)
    for engagement in standing.select_related("organization", "contact", "proposal"):
        mou = Mou.objects.filter(pk=engagement.pk).first()
        if which not in GATES or (mou and mou.status in GATES[which]):
            continue
        if engagement.contact is None:
            given = Given(words="Helps by word of mouth; nothing is promised.")
            moving.move(engagement=engagement, move=MouMove.NOT_NEEDED, by=by, given=given, at=at)
        elif which == Move.SEND_TO_COMMITTEE:
            bring_to(engagement, Status.AGREED_TEXT, by, at - 4 * LAY, letter)
        else:
            sign(engagement, by, at - timedelta(hours=1), ends_on)


def bring_to(engagement: Engagement, status: str, by: User, at: datetime, letter: Letter) -> None:
    """Begun at ``at``, and two days with each side until it stands at ``status``."""

    def moved(which: MouMove, **given: Any) -> None:
        moving.move(engagement=engagement, move=which, by=by, given=Given(**given), at=at)

    moved(MouMove.DRAFT)
    who = engagement.organization.name.encode("ascii", "ignore").decode()
    lines = ["Memorandum of understanding", f"Miami University and {who}", "Invented for the demo."]
    record.add_version(
        engagement=engagement,
        upload=letter("memorandum.pdf", lines),
        changed="First text, on the university's template.",
        by=by,
        at=at,
    )
    worded = (MouClause.State.WORDED, "")
    clauses = dict.fromkeys(list(CLAUSES)[:6], worded)
    record.save_clauses(engagement=engagement, clauses=clauses, by=by, at=at)
    due_on = campus_day(at) + timedelta(days=14)
    words = "Please read the text, above all your part in it, and tell us what should change."
    moved(MouMove.SEND_TO_PARTNER, words=words, due_on=due_on)
    if status == Status.WITH_PARTNER:
        return
    at += LAY
    # What was mailed has left by then, and is not called back by the answer.
    count_as_sent(references=[engagement.proposal.reference], by=at)
    moved(
        MouMove.AGREE,
        words="Fine with us as it stands.",
        contact=engagement.contact,
        channel=MouEntry.Channel.CALL,
        heard_on=campus_day(at),
        untold_because="We read it back to them on the telephone.",
    )
    if status == Status.AGREED_TEXT:
        at += LAY
        moved(MouMove.CLEAR)


def sign(engagement: Engagement, by: User, at: datetime, ends_on: date | None) -> None:
    """Signed by both sides that day, for five years unless it ends sooner."""
    today = campus_day(at)
    latest = add_months(today, 60) - timedelta(days=1)
    facts = {
        "start_on": today,
        "end_on": ends_on or latest,
        "buyway_number": f"BW-{engagement.pk + 4100}",
        "renewal_notice_days": 180,
    }
    record.save_facts(engagement=engagement, facts=facts, by=by, at=at)
    contact = engagement.contact
    signings = [Signing("university", "Ada Provost", "Associate Provost", today)]
    if contact:
        signings.append(Signing("partner", contact.name, contact.title, today))
    record.save_signatories(engagement=engagement, signatories=signings, by=by, at=at)
    moving.move(engagement=engagement, move=MouMove.SIGN, by=by, at=at)
