"""Who works on an inquiry, what waits, and how a line of its history is written."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from microcreds.accounts.models import Role, User
from partners.models import Inquiry, InquiryEntry
from reviews.permits import People

# The first answer is promised within so many working days.
ANSWERED_WITHIN = 3


def may_work_on(user: User, inquiry: Inquiry) -> bool:
    """Staff of its unit; of every unit while it has none; the lead for all."""
    return user.is_lead or (
        user.is_elearning and (inquiry.unit_id is None or inquiry.unit_id in user.unit_ids)
    )


def workers_of(unit_id: int | None) -> list[User]:
    """Whose queue it stands in: the unit's staff; everybody's while it has none; the lead where a
    unit has nobody. One statement."""
    people = People()
    staff = people.holding(Role.Kind.ELEARNING, unit_id=unit_id)
    return staff or people.holding(Role.Kind.LEAD)


def locked(inquiry: Inquiry, by: User, *, must_be_open: bool = True) -> Inquiry:
    """The inquiry under its lock, for somebody who works on it.

    Raises ``ValidationError`` when ``by`` does not, or it is not open any more.
    """
    row = Inquiry.objects.received().select_for_update(no_key=True).get(pk=inquiry.pk)
    if not may_work_on(by, row):
        raise ValidationError(_("Staff of %(unit)s can work on it.") % {"unit": row.unit})
    if must_be_open and not row.is_open:
        raise ValidationError(
            _("It is no longer open: %(state)s.") % {"state": row.get_state_display()}
        )
    return row


def put_in_hands(row: Inquiry, of: User, at: datetime) -> None:
    """``of`` owns it, for their unit where no unit had it; nothing is saved."""
    row.owner = of
    if row.unit_id is None and len(of.unit_ids) == 1:
        [row.unit_id] = of.unit_ids
    if row.state == Inquiry.State.RECEIVED:
        enter(row, Inquiry.State.READING, at)


def enter(row: Inquiry, state: Inquiry.State, at: datetime) -> None:
    """It stands at ``state`` since then; nothing is saved."""
    row.state, row.state_since = state, at


def note(
    row: Inquiry,
    kind: InquiryEntry.Kind,
    at: datetime,
    *,
    by: User | None = None,
    words: str = "",
) -> InquiryEntry:
    """One line of its history."""
    return InquiryEntry.objects.create(inquiry=row, kind=kind, at=at, by=by, words=words)
