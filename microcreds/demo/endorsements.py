"""The demo's endorsements: asked, signed, declined and recorded through the services."""

from typing import Any

from django.db.models import F

from microcreds.demo.ideas import Past
from microcreds.outbox.models import Message
from partners import asks, endorsements
from partners.models import OnBehalf, PartnerAsk, Share
from partners.on_behalf import Source
from proposals.models import Stage
from reviews import endorsements as telling

# Where a partner has seen enough of an idea to say what it is worth.
LATE_ENOUGH = (Stage.READINESS, Stage.APC_REVIEW, Stage.CAD_CONSENT, Stage.APPROVED)
ASKED = (
    "Would you endorse this idea? Look at what people would learn, and say whether it would count"
    " where you work."
)
VERDICTS = ("relevant", "relevant", "partly")


def tell_endorsements(past: Past) -> None:
    """The first partner of the demo is asked; of those further on the first has signed, the second
    declined, and of the third eLearning recorded a call."""
    shares = Share.objects.current().select_related(
        "contact", "by", "engagement__organization", "engagement__proposal__submitter"
    )
    early = [each for each in shares.order_by("pk") if not _is_late(each)]
    late = [each for each in shares.order_by("pk") if _is_late(each)]
    for share in early[:1]:
        _ask(share, past, ago=3, due_in=8)
    for number, share in enumerate(late[:3]):
        if number == 0:
            asked = _ask(share, past, ago=9, due_in=0)
            _sign(asked, past)
        elif number == 1:
            asked = _ask(share, past, ago=8, due_in=2)
            words = "Our training budget is spent until July; ask us again then."
            telling.decline(asked=asked, words=words, at=past.moment(5, 40))
        else:
            _record(share, past)


def _is_late(share: Share) -> bool:
    return share.engagement.proposal.stage in LATE_ENOUGH


def _ask(share: Share, past: Past, *, ago: int, due_in: int) -> PartnerAsk:
    asked = asks.ask_contact(
        engagement=share.engagement,
        contact=share.contact,
        kind=PartnerAsk.Kind.ENDORSEMENT,
        words=ASKED,
        due_on=past.working_day(due_in),
        by=share.engagement.proposal.submitter,
        at=past.moment(ago, 20),
    )
    # It has left before they answer; what is answered first is not sent any more.
    Message.objects.filter(cause=f"partner_ask:{asked.pk}").update(
        state=Message.State.SENT, sent_at=F("due_at"), attempts=1
    )
    return asked


def _sign(asked: PartnerAsk, past: Past) -> None:
    revision = endorsements.newest_revision(asked.engagement.proposal)
    at = past.moment(4, 55)
    endorsements.save_draft(asked=asked, revision=revision, answers=_said(asked), version=0, at=at)
    draft = endorsements.draft_of(asked)
    if draft:
        shown = endorsements.sha256_of(endorsements.signable(draft))
        telling.sign(asked=asked, shown=shown, at=at)


def _said(asked: PartnerAsk) -> dict[str, Any]:
    outcomes = endorsements.outcomes_in(
        endorsements.newest_revision(asked.engagement.proposal).answers
    )
    return {
        "outcomes": [
            {**row, "verdict": VERDICTS[number % len(VERDICTS)], "words": ""}
            for number, row in enumerate(outcomes)
        ],
        "recognition": ["hiring", "promotion"],
        "learners": 14,
        "assessed_by": "together",
        "words": "New people need half a year until they can do this alone. This would halve it.",
        "remarks": "The figure is a guess until our budget is through in March.",
        "signer_name": asked.contact.name,
        "signer_title": asked.contact.title,
    }


def _record(share: Share, past: Past) -> None:
    telling.record(
        engagement=share.engagement,
        contact=share.contact,
        answers={
            "recognition": ["hiring"],
            "signer_name": share.contact.name,
            "signer_title": share.contact.title,
        },
        source=Source(
            said_on=past.moment(6).date(),
            channel=OnBehalf.Channel.CALL,
            words="We would look at such people first when we hire.",
        ),
        by=share.by,
        at=past.moment(5, 15),
    )
