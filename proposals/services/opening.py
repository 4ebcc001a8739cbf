"""While only some answers are open, the others stay as they were sent."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from proposals.interest import QUESTIONS
from proposals.merging import Flat
from proposals.models import Proposal
from proposals.services.answers import answers_of


def refuse_unless_editable(proposal: Proposal) -> None:
    """Raises ``ValidationError`` where its form is not open to the proposers."""
    if not proposal.is_editable:
        raise ValidationError(
            _("The form has been sent in the meantime, so its answers cannot be changed now."),
            code="closed",
        )


def refuse_closed(proposal: Proposal, *, typed: Flat, known: tuple[Flat, ...]) -> None:
    """Raises ``ValidationError`` when ``typed`` says something new where nothing may change.

    What was there when the page was read, or is there now (``known``), is nothing new.
    """
    if proposal.open_keys is None:
        return
    closed = answers_of(proposal, confidential=True).get("closed", frozenset())
    changed = {
        path.removeprefix("together.").split(".")[0]
        for path in {*typed, *(path for side in known for path in side)}
        if all(typed.get(path) != side.get(path) for side in known)
    }
    if refused := [QUESTIONS[key].label for key in QUESTIONS if key in changed & closed]:
        raise ValidationError(
            _("eLearning opened other questions only. These stay as you sent them: %(labels)s.")
            % {"labels": "; ".join(refused)},
            code="closed",
        )
