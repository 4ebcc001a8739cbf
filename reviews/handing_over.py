"""Work that one person hands to another in one go: proposals, and what else there is to do."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from microcreds.accounts.models import User
from proposals.models import Proposal
from reviews.models import ToDo
from reviews.services import assign
from reviews.todo_owners import give_todos


@transaction.atomic
def hand_over(
    *,
    proposals: Iterable[Proposal],
    todos: Iterable[ToDo],
    to: User,
    by: User,
    note: str = "",
    at: datetime | None = None,
) -> None:
    """``to`` owns these proposals and has these to-dos, or nothing is changed. Raises
    ``ValidationError`` as ``assign`` and ``give_todos`` do."""
    assign(proposals=proposals, to=to, by=by, note=note, at=at)
    give_todos(todos=todos, to=to, by=by, at=at)
