"""The mails about inquiries, composed and not saved."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox import links
from microcreds.outbox.models import Message
from microcreds.outbox.services import compose, quoted
from partners.models import FacultyAsk, Inquiry
from partners.services import issue_links

# How long a mailed link can confirm an address; an inquiry nobody confirmed is swept after it.
CONFIRM_DAYS = 7


def confirmation(inquiry: Inquiry, *, at: datetime) -> Message:
    """Asks whoever reads this address whether they sent it. Nothing that was typed is in it, so
    that nobody can have us carry their words to a stranger."""
    return compose(
        event="inquiry_confirm",
        to=inquiry.contact_email,
        about=inquiry.reference,
        cause=_cause(inquiry),
        dedupe_key=f"{_cause(inquiry)}:confirm:{inquiry.contact_email}",
        at=at,
        priority=Message.Priority.AWAITED,
        context={"link": links.placeholder(inquiry.uuid), "days": CONFIRM_DAYS},
    )


def to_its_sender(
    event: str, inquiry: Inquiry, *, number: int, by: User | None, at: datetime, **words: Any
) -> Message:
    """News for whoever sent it, with a live link; to an address that nobody has confirmed yet, with
    the link that confirms it. ``number`` tells the mails of one inquiry apart."""
    if inquiry.contact:
        fresh = issue_links(contacts=[inquiry.contact], event=event, at=at)
        link = fresh[inquiry.contact.pk].uuid
        to, link_days = inquiry.contact.email, settings.PARTNER_LINK_DAYS
    else:
        link, to, link_days = inquiry.uuid, inquiry.contact_email, CONFIRM_DAYS
    return compose(
        event=event,
        to=to,
        about=inquiry.reference,
        cause=_cause(inquiry),
        dedupe_key=f"{_cause(inquiry)}:{event}:{number}",
        at=at,
        reply_to=inquiry.unit.email if inquiry.unit else "",
        context={
            "contact": inquiry.contact_name,
            "reference": inquiry.reference,
            "heard_on": inquiry.heard_on,
            "is_confirmed": inquiry.confirmed_at is not None,
            "actor": by,
            "unit": inquiry.unit,
            "link": links.placeholder(link),
            "link_days": link_days,
            **{name: quoted(text) for name, text in words.items()},
        },
    )


def to_staff(
    event: str,
    inquiry: Inquiry,
    to: User,
    *,
    key: object,
    at: datetime,
    by: object = "",
    words: str = "",
    what: str = "",
) -> Message:
    """Tells ``to`` what happened to it; what the organization needs is read on the desk."""
    path = reverse("admin:partners_inquiry_change", args=[inquiry.pk])
    return compose(
        event=event,
        to=to.email,
        user=to,
        about=inquiry.reference,
        cause=_cause(inquiry),
        dedupe_key=f"{_cause(inquiry)}:{event}:{key}:{to.email}",
        at=at,
        context={
            "name": to,
            "organization": inquiry.org_name,
            "reference": inquiry.reference,
            "actor": by or _("Microcreds"),
            "answer_by": inquiry.answer_by if inquiry.first_answered_at is None else None,
            "what": what,
            "quoted": quoted(words),
            "url": f"{settings.SITE_URL}{path}",
        },
    )


def to_faculty(ask: FacultyAsk, *, user: User | None) -> Message:
    """Asks a member of the faculty to begin a proposal; the need itself is read on the page."""
    path = reverse("proposals:proposal_asked", args=[ask.key])
    return compose(
        event="faculty_asked",
        to=ask.email,
        user=user,
        about=ask.inquiry.reference if ask.inquiry else "",
        cause=f"faculty_ask:{ask.pk}",
        dedupe_key=f"faculty_ask:{ask.pk}:faculty_asked",
        at=ask.asked_at,
        context={
            "name": ask.name,
            "title": ask.working_title,
            "actor": ask.asked_by,
            "is_inquiry": ask.inquiry is not None,
            "quoted": quoted(ask.words),
            "has_account": user is not None,
            "address": ask.email,
            "url": f"{settings.SITE_URL}{path}",
        },
    )


def about_ask(ask: FacultyAsk, to: User, *, at: datetime) -> Message:
    """Tells ``to`` how the faculty answered an ask that no inquiry led to."""
    path = reverse("admin:partners_inquiry_changelist")
    return compose(
        event="faculty_answered",
        to=to.email,
        user=to,
        cause=f"faculty_ask:{ask.pk}",
        dedupe_key=f"faculty_ask:{ask.pk}:answered:{to.email}",
        at=at,
        context={
            "name": to,
            "organization": ask.working_title,
            "reference": ask.reference,
            "actor": ask.user,
            "what": ask.state,
            "quoted": quoted(ask.answer),
            "url": f"{settings.SITE_URL}{path}",
        },
    )


def _cause(inquiry: Inquiry) -> str:
    return f"inquiry:{inquiry.pk}"
