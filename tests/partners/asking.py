"""What tests of inquiries do again and again: send one, confirm it, ask faculty."""

import uuid
from datetime import date, datetime
from typing import Any

from microcreds.accounts.models import User
from microcreds.outbox import links
from partners.models import FacultyAsk, Inquiry
from reviews.inquiries import faculty, receiving

SAID: dict[str, Any] = {
    "abilities": "Read a control chart at the line and act on what it says.",
    "jobs": "Shift lead, quality inspector",
    "how_many": 12,
    "by_when": "no_rush",
    "by_day": None,
    "place": "Hamilton, Ohio",
    "org_name": "Ridgeway Bearings",
    "website": "https://ridgeway.example",
    "contact_name": "Jo Marsh",
    "contact_title": "Plant manager",
    "contact_email": "jo@ridgeway.example",
    "contact_phone": "513-555-0130",
}
# The same as a browser posts it.
POSTED = {key: value for key, value in SAID.items() if value is not None}


def begun(*, at: datetime | None = None, **changed: Any) -> Inquiry:
    """Sent, and its address not confirmed."""
    return receiving.begin(said=SAID | changed, form_key=uuid.uuid4(), at=at)


def token_of(inquiry: Inquiry) -> str:
    """What the mailed link carries."""
    return links.token_for(inquiry.uuid)


def received(*, at: datetime | None = None, **changed: Any) -> Inquiry:
    """Sent, and its address confirmed."""
    inquiry = begun(at=at, **changed)
    receiving.confirm(token=token_of(inquiry), at=at)
    inquiry.refresh_from_db()
    return inquiry


def typed(by: User, *, at: datetime | None = None, **changed: Any) -> Inquiry:
    """Typed by staff after a call of that day."""
    day = changed.pop("heard_on", None) or date(2026, 11, 20)
    return receiving.type_in(
        said=SAID | changed, channel="call", heard_on=day, by=by, form_key=uuid.uuid4(), at=at
    )


def asked(inquiry: Inquiry, to: User, by: User) -> FacultyAsk:
    """This member of the faculty is asked to take it up."""
    return faculty.ask_faculty(
        inquiry=inquiry, email=to.email, name="", working_title="Charts at the line", by=by
    )
