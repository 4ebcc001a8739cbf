"""Every text that staff may edit, and which of them a mail has."""

from microcreds.outbox.wording import (
    of_endorsements,
    of_inquiries,
    of_lists,
    of_mous,
    of_moves,
    of_partner_asks,
    of_partner_talk,
    of_partners,
    of_people,
    of_reminders,
)
from microcreds.outbox.wording.mail import Wording
from microcreds.outbox.wording.source import Context

_PARTS = (
    of_moves,
    of_people,
    of_reminders,
    of_lists,
    of_inquiries,
    of_partner_asks,
    of_partners,
    of_mous,
    of_endorsements,
    of_partner_talk,
)
WORDINGS: dict[str, Wording] = {each.key: each for part in _PARTS for each in part.WORDINGS}
_BY_EVENT: dict[str, list[Wording]] = {}
for _wording in WORDINGS.values():
    _BY_EVENT.setdefault(_wording.event, []).append(_wording)


def wording_for(event: str, context: Context) -> Wording | None:
    """The text of this mail; ``None`` where the program alone says what it says."""
    found = _BY_EVENT.get(event, ())
    return next((each for each in found if each.is_for(context)), None)
