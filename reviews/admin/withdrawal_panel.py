"""What the desk's page of a proposal says of its owner's wish to withdraw it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from microcreds.kept_statements import KeptStatements
from proposals.models import Proposal, Stage, WithdrawalRequest
from reviews.workflow import AFTER_THE_COMMITTEE


class RefusalForm(forms.Form):
    """The words in which a withdrawal is refused."""

    reply = forms.CharField(
        label=gettext_lazy("Or answer no, and say why"),
        help_text=gettext_lazy("The proposers read it and are mailed."),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Say why not: the proposers read it.")},
    )


def withdrawal_panel(proposal: Proposal, form: RefusalForm | None = None) -> dict[str, Any]:
    """The open request, if there is one, and the form that answers it."""
    wish = wish_to_withdraw(proposal)
    return {"withdrawal": wish, "refusal_form": form or RefusalForm()} if wish else {}


def wish_to_withdraw(proposal: Proposal) -> WithdrawalRequest | None:
    """What its owner asked and nobody has answered; no statement at a stage at which nothing can be
    asked."""
    if proposal.stage not in {*AFTER_THE_COMMITTEE, Stage.ON_HOLD}:
        return None
    return next(iter(_OPEN.rows(proposal=proposal)), None)


_OPEN = KeptStatements(
    lambda proposal: WithdrawalRequest.objects.filter(
        proposal=proposal, answered_at__isnull=True
    ).select_related("asked_by")[:1]
)
