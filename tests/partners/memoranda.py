"""What tests of MoUs do again and again: bring one to a status by the right people's moves."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from microcreds.accounts.models import User
from partners.models import Engagement, Mou, MouEntry, PartnerAsk, Share
from reviews.mou import moving, record
from reviews.mou.plan import Given
from reviews.mou.record import Signing
from reviews.mou.table import MOVES, MouMove, Status
from tests.factories import make_cast
from tests.proposals.filing import upload

SIGNERS = ("Prue Provost", "Pat Doe")


def day(days: int, at: datetime | None = None) -> date:
    return timezone.localdate(at) + timedelta(days=days)


def moved(
    engagement: Engagement, which: MouMove, by: User | None = None, *, at: Any = None, **given: Any
) -> MouEntry:
    """Oxford's staff make this move, unless somebody else does; on behalf of the partner it is
    their named contact whom they heard."""
    if which in (MouMove.SEND_TO_PARTNER, MouMove.PASS_TO_PARTNER):
        given = {"words": "Please read the text.", "due_on": day(14, at)} | given
    if "words" in MOVES[which].needs:
        given = {"words": "The hours are wrong."} | given
    if which in (MouMove.AGREE, MouMove.ASK_CHANGES):
        heard = {"contact": engagement.contact, "channel": "call", "heard_on": day(0, at)}
        if not Share.objects.current().filter(engagement=engagement).exists():
            heard["untold_because"] = "They have no page yet."
        given = {"words": "Fine with us."} | heard | given
    if which == MouMove.TERMINATE:
        given = {"ended_on": day(0, at)} | given
    by = by or make_cast().oxford
    return moving.move(engagement=engagement, move=which, by=by, given=Given(**given), at=at)


def with_text(engagement: Engagement, *, at: datetime | None = None, **more: Any) -> None:
    """A draft with its first version."""
    moved(engagement, MouMove.DRAFT, at=at)
    versioned(engagement, at=at, **more)


def versioned(engagement: Engagement, *, at: datetime | None = None, **more: Any) -> Any:
    """The next version of its text."""
    number = Mou.objects.get(pk=engagement.pk).versions.count() + 1
    content = b"%PDF-1.7\n" + str(number).encode() + b"\n%%EOF\n"
    return record.add_version(
        engagement=engagement,
        upload=upload(f"mou-{number}.pdf", content),
        changed="The hours.",
        by=make_cast().oxford,
        at=at,
        **more,
    )


def ready_to_sign(
    engagement: Engagement, *, start_on: date, end_on: date, at: datetime | None = None
) -> None:
    """Its dates stand, and both sides signed."""
    by = make_cast().oxford
    facts = {"start_on": start_on, "end_on": end_on}
    record.save_facts(engagement=engagement, facts=facts, by=by, at=at)
    signed = day(0, at)
    signings = [Signing("university", SIGNERS[0], "Provost", signed)]
    signings += [Signing("partner", SIGNERS[1], "Plant manager", signed)]
    record.save_signatories(engagement=engagement, signatories=signings, by=by, at=at)


_PATHS: dict[str, list[MouMove]] = {
    Status.NOT_NEEDED: [MouMove.NOT_NEEDED],
    Status.TEMPLATE_REQUESTED: [MouMove.REQUEST_TEMPLATE],
}
_ALONG = [
    (Status.WITH_PARTNER, MouMove.SEND_TO_PARTNER),
    (Status.WITH_UNIVERSITY, MouMove.AGREE),
    (Status.AGREED_TEXT, MouMove.CLEAR),
    (Status.SIGNED, MouMove.SIGN),
    (Status.ACTIVE, MouMove.START),
    (Status.EXPIRING, MouMove.NEAR_END),
    (Status.EXPIRED, MouMove.EXPIRE),
]


def mou_at(engagement: Engagement, status: Status | str, *, at: datetime | None = None) -> Mou:
    """This engagement's MoU, brought to ``status``."""
    if status in _PATHS:
        for which in _PATHS[status]:
            moved(engagement, which, at=at)
    elif status:
        with_text(engagement, at=at)
        for reached, which in _ALONG:
            if Mou.objects.get(pk=engagement.pk).status in (status, Status.TERMINATED):
                break
            if which == MouMove.SIGN:
                ready_to_sign(engagement, start_on=day(-30, at), end_on=day(300, at), at=at)
            if reached in (Status.ACTIVE, Status.EXPIRING, Status.EXPIRED):
                moving.move(engagement=engagement, move=which, by=None, at=at)
            else:
                moved(engagement, which, at=at)
            if status == Status.TERMINATED and reached == Status.ACTIVE:
                moved(engagement, MouMove.TERMINATE, at=at)
    return Mou.objects.filter(pk=engagement.pk).first() or Mou(engagement=engagement, status="")


def ask_of(engagement: Engagement, email: str = "pat@tallgrass.example") -> PartnerAsk:
    """What this contact is asked about its MoU, the newest."""
    asks = PartnerAsk.objects.filter(engagement=engagement, kind=PartnerAsk.Kind.MOU)
    return asks.filter(contact__email=email).latest("pk")
