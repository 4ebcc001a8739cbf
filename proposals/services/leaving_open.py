"""What nobody knows yet is left to the first conversation, all of it at once."""

from datetime import datetime
from itertools import groupby

from django.db import transaction

from microcreds.accounts.models import User
from proposals.interest import QUESTIONS, can_wait
from proposals.models import Proposal
from proposals.services.answers import answers_of
from proposals.services.opening import refuse_unless_editable
from proposals.services.saving import save_page


@transaction.atomic
def leave_open(*, proposal: Proposal, by: User, at: datetime | None = None) -> int:
    """Whatever submit still needs, and may wait, is answered with "Let's work this out together";
    what stands in rows begun stays. Returns how many questions these were.

    Raises ``ValidationError`` when the answers are not open to the proposers now.
    """
    locked = Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
    refuse_unless_editable(locked)
    answers = answers_of(locked, confidential=True)
    waiting = can_wait(answers)
    for page, keys in groupby(waiting, key=lambda key: QUESTIONS[key].page):
        ticked = [key for key in answers.get("together", ()) if QUESTIONS[key].page == page]
        save_page(
            proposal=locked,
            page=page,
            answers={"together": [*ticked, *keys]},
            form_version=Proposal.objects.values_list("interest__version", flat=True).get(
                pk=locked.pk
            ),
            by=by,
            at=at,
        )
    return len(waiting)
