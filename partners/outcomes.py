"""Whether an engagement's page shows the outcomes and the shape: a switch, off by default."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.kept_statements import KeptStatements
from partners.models import Engagement
from partners.visibility import OutcomeLine, outcome_lines
from proposals.models import Proposal, Revision


@transaction.atomic
def show_outcomes(*, engagement: Engagement, by: User, at: datetime | None = None) -> None:
    """Whoever may open this engagement's page reads the outcomes and the shape there, too.

    Shown already: since when and by whom stays. Raises ``ValidationError`` where none were sent.
    """
    if not outcomes_of(engagement.proposal):
        raise ValidationError(_("No outcomes were sent with this proposal yet."))
    Engagement.objects.filter(pk=engagement.pk, outcomes_since=None).update(
        outcomes_since=at or timezone.now(), outcomes_by=by
    )


@transaction.atomic
def hide_outcomes(*, engagement: Engagement) -> None:
    """They are not on that page any more, from now."""
    Engagement.objects.filter(pk=engagement.pk).update(outcomes_since=None, outcomes_by=None)


def outcomes_for(engagement: Engagement) -> list[OutcomeLine]:
    """What the page of this engagement shows of them; nothing until staff switch it on."""
    return outcomes_of(engagement.proposal) if engagement.outcomes_since else []


def outcomes_of(proposal: Proposal) -> list[OutcomeLine]:
    """As they were sent last, never as they are being written."""
    sent = _SENT.rows(proposal=proposal)
    return outcome_lines(sent[0]) if sent and sent[0] else []


_SENT = KeptStatements(
    lambda proposal: (
        Revision.objects.filter(proposal=proposal, form="interest")
        .order_by("-number")
        .values_list("answers", flat=True)[:1]
    )
)
