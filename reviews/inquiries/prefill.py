"""What an inquiry already answers of the interest form of the proposal it becomes."""

import re
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from partners.models import Inquiry
from reviews.clocks import campus_day

LONGEST_TITLE, MOST_JOBS = 120, 5
_START = {Inquiry.When.SOON: "asap", Inquiry.When.NO_RUSH: "no_rush"}


def answers_of(inquiry: Inquiry, *, on: date) -> dict[str, dict[str, Any]]:
    """The pages of the interest form as far as the inquiry answers them. Its words stand as a
    quotation and, whole, under what the organization wrote."""
    words = _("%(organization)s says: “%(words)s”")
    need: dict[str, Any] = {"origin": "partner_asked"}
    if inquiry.abilities:
        said = {"organization": inquiry.org_name, "words": inquiry.abilities}
        need["need_statement"] = words % said
    if inquiry.by_day and inquiry.by_day >= on:
        need |= {"start_by": "date", "start_on": inquiry.by_day.isoformat()}
    elif start := _START.get(Inquiry.When(inquiry.by_when)):
        need["start_by"] = start
    titles = [title.strip() for title in re.split(r"[,;\n]", inquiry.jobs)]
    jobs = [{"title": title[:LONGEST_TITLE]} for title in titles if title][:MOST_JOBS]
    pages: dict[str, dict[str, Any]] = {"need": need}
    if jobs:
        pages["skills"] = {"job_functions": jobs}
    partner = {"partner_status": "yes", "partners": [_partner_row(inquiry)]}
    return pages | {"partners": partner}


def _partner_row(inquiry: Inquiry) -> dict[str, Any]:
    """The organization as the directory has it where staff confirmed it, its contact, its words."""
    known = inquiry.organization
    first = inquiry.heard_on or campus_day(inquiry.sent_at)
    return {
        "org_name": known.name if known else inquiry.org_name,
        "kind": known.kind if known else "",
        "website": inquiry.website or (known.website if known else ""),
        "place": known.place if known else inquiry.place,
        "contact_name": inquiry.contact_name,
        "contact_title": inquiry.contact_title,
        "contact_email": inquiry.contact_email,
        "contact_phone": inquiry.contact_phone,
        "who_approached": "they_did",
        "first_contact": first.replace(day=1).isoformat(),
        "stage": "talking",
        "learners": inquiry.how_many,
        "share_status": "yes",
        "wrote": "\n".join(f"{label}: {words}" for label, words in inquiry.said()),
    }
