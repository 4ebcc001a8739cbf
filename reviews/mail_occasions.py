"""Real proposals as mails about them would tell of them: for what texts of mails are tried."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.digests import Part, Waiting
from microcreds.outbox.services import quoted
from microcreds.outbox.wording.mail import Reader, Wording
from microcreds.outbox.wording.occasions import Occasion
from partners.codes import CODE_MINUTES
from partners.models import Mou, Share
from partners.services import shares_of
from proposals.letters import desk_url, page_url
from proposals.models import Proposal, Stage
from reviews.ladder.table import IDLE_HOLD_AFTER
from reviews.models import Request, StageChange
from reviews.progress import Progress, oldest_first, progress_of
from reviews.workflow import MOVES, STAGES, Move


@dataclass(frozen=True, slots=True)
class _Told:
    """What a mail about one proposal is made of: itself, its history, the points of its newest
    return, who follows it, and who looks at the preview."""

    row: Proposal
    changes: list[StageChange]
    points: list[Request]
    shares: list[Share]
    reader: User
    now: Progress


def mail_occasions(wording: Wording, reader: User, reference: str, most: int) -> list[Occasion]:
    """The newest proposals that ``reader`` may see, at most ``most``, or the one with this
    reference, each as a mail with this text would tell of it; as many statements for one as for
    many. What nothing on record says, a mail of that kind would still say, is made up."""
    rows = Proposal.objects.visible_to(reader).filter(submitted_at__isnull=False)
    if reference:
        rows = rows.filter(reference__iexact=reference.strip())
    found = list(rows.select_related("submitter", "assignee", "unit").order_by("-pk")[:most])
    return [
        Occasion(
            name=f"{told.row.reference} {told.row.working_title}",
            values=_values(told, wording),
            reference=told.row.reference,
        )
        for told in _told(found, reader)
    ]


def _told(rows: list[Proposal], reader: User) -> list[_Told]:
    if not rows:
        return []
    ids = [row.pk for row in rows]
    changes: dict[int, list[StageChange]] = defaultdict(list)
    for change in StageChange.objects.filter(proposal__in=ids).select_related("actor"):
        changes[change.proposal_id].append(change)
    points: dict[int, list[Request]] = defaultdict(list)
    for point in Request.objects.filter(change__proposal__in=ids).order_by("pk"):
        points[point.change_id].append(point)
    shares = shares_of(set(ids))
    return [
        _Told(
            row=row,
            changes=(history := oldest_first(changes[row.pk])),
            points=next((points[c.pk] for c in history[::-1] if c.pk in points), []),
            shares=shares[row.pk],
            reader=reader,
            now=progress_of(row, history),
        )
        for row in rows
    ]


def _values(told: _Told, wording: Wording) -> dict[str, str]:
    """A return that asked for points shows some, also where this proposal never had any."""
    values = wording.values(_context(told, wording))
    if not told.points and "points" in values:
        values["points"] = str(wording.variables["points"].example)
    return values


def _context(told: _Told, wording: Wording) -> dict[str, Any]:
    is_of_many = wording.event in ("digest", "queue_entered")
    return {
        **_of_proposal(told, wording),
        **_of_move(told, wording),
        **_of_people(told),
        **_of_clock(told),
        **_of_inquiry(told),
        **_of_mou(told),
        **_of_endorsement(told),
        **(_of_lists(told) if is_of_many else {}),
    }


def _of_proposal(told: _Told, wording: Wording) -> dict[str, Any]:
    row, now = told.row, told.now
    is_partner = wording.reader == Reader.PARTNERS
    contact = told.shares[0].contact.name if told.shares else "Pat Partner"
    names: Mapping[Reader, object] = {Reader.PROPOSERS: row.submitter, Reader.PARTNERS: contact}
    return {
        "name": str(names.get(wording.reader, told.reader)),
        "contact": contact,
        "title": row.working_title,
        "reference": row.reference,
        "stage": STAGES[Stage(row.stage)].name,
        "unit": row.unit,
        "label": now.partner_headline if is_partner else now.proposer_label,
        "text": now.partner_text.removesuffix(now.partner_message).strip()
        if is_partner
        else now.others_text
        if wording.event == "chair_told"
        else now.proposer_text,
        "next": now.partner_next if is_partner else now.proposer_next,
        "due_on": row.due_on,
        "meeting_on": row.meeting_on,
        "expires_on": row.expires_on,
        "url": desk_url(row) if wording.reader == Reader.DESK else page_url(row),
        "desk_url": desk_url(row),
        "link": _("[personal link]"),
        "link_days": settings.PARTNER_LINK_DAYS,
        "code": _("[code]"),
        "code_minutes": CODE_MINUTES,
    }


def _of_move(told: _Told, wording: Wording) -> dict[str, Any]:
    """The newest move in whose place this mail might stand: of a return the newest return."""
    returns = [change for change in told.changes if change.move == Move.RETURN]
    moves = returns if wording.event == "returned" and returns else told.changes
    change = moves[-1] if moves else None
    info = MOVES[Move(change.move)] if change else MOVES[Move.START_TRIAGE]
    is_partner = wording.reader == Reader.PARTNERS
    words = (change.partner_message if is_partner else change.message) if change else ""
    if not words and "quoted" in wording.variables:
        words = _("Words that somebody writes.")
    retold = MOVES[Move.RETURN]
    return {
        "actor": (change.actor if change else None) or told.reader,
        "move": info.label,
        "reason": info.reason_words(change.reason_code) if change else "",
        "target": change.target if change else "",
        "quoted": quoted(words),
        "points": [
            (
                point.label,
                retold.reason_words(point.reason_code),
                point.due_on,
                quoted(point.text),
            )
            for point in told.points
        ],
        "only_these": told.row.open_keys is not None,
    }


def _of_people(told: _Told) -> dict[str, Any]:
    row, reader = told.row, told.reader

    def address(page: str) -> str:
        return settings.SITE_URL + reverse(f"proposals:{page}", args=[row.reference])

    return {
        "owner": row.submitter,
        "old_owner": reader,
        "who": reader,
        "author": reader,
        "inviter": row.submitter,
        "asked_by": row.submitter,
        "decided_by": reader,
        "address": row.submitter.email,
        "may_edit": True,
        "is_draft": row.is_draft,
        "labels": [point.label for point in told.points] or [_("The proposal as a whole")],
        "merged_title": row.working_title,
        "merged_reference": row.reference,
        "merged_owner": row.submitter,
        "readers": str(row.submitter),
        "partners": ", ".join(share.engagement.organization.name for share in told.shares),
        "sign_in_url": settings.SITE_URL + reverse("account_request_login_code"),
        "continue_url": address("proposal_resume"),
        "look_url": address("proposal_look"),
        "delete_url": address("proposal_delete"),
        "hand_over_url": address("proposal_hand_over"),
    }


def _of_clock(told: _Told) -> dict[str, Any]:
    row, today = told.row, timezone.localdate()
    days = (timezone.now() - row.stage_since).days
    return {
        "mark": 100,
        "turn": row.get_whose_turn_display(),
        "clock": _("%(n)d days") % {"n": days},
        "left_words": _("due today"),
        "asked": _("make the next move, or say what it waits for."),
        "days": days,
        "since": row.stage_since,
        "hold_after": IDLE_HOLD_AFTER,
        "is_today": False,
        "is_over": bool(row.expires_on and row.expires_on < today),
        "lines": [_line(row)],
        "asks": [_line(row)],
        "due": _("in 2 working days"),
        # Of what is not on record a day is made up, so that the sentence can be read.
        **({} if row.due_on else {"due_on": today + timedelta(days=7)}),
        **({} if row.expires_on else {"expires_on": today + timedelta(days=365)}),
        **({} if row.meeting_on else {"meeting_on": today + timedelta(days=14)}),
    }


def _of_inquiry(told: _Told) -> dict[str, Any]:
    """As if this proposal's first partner had sent one; an inquiry itself is about no proposal."""
    shares, today = told.shares, timezone.localdate()
    named = shares[0].engagement.organization.name if shares else _("An organization")
    return {
        "asked": told.row.asked_of_partner or _("Words that somebody writes."),
        "state": "answered",
        "names_somebody": False,
        "organization": named,
        "answer_by": today + timedelta(days=3),
        "heard_on": today,
        "what": "accepted",
        "is_confirmed": True,
        "is_inquiry": True,
        "has_account": True,
    }


def _of_mou(told: _Told) -> dict[str, Any]:
    """As if the memorandum with its first partner had just been passed on."""
    return {
        "status": Mou.Status.DRAFTING.label,
        "was": Mou.Status.WITH_PARTNER.label,
        "ends_on": timezone.localdate() + timedelta(days=180),
    }


def _of_endorsement(told: _Told) -> dict[str, Any]:
    """As if this proposal's first contact had signed one today."""
    contact = told.shares[0].contact.name if told.shares else "Pat Partner"
    today = timezone.localdate()
    return {
        "signer": contact,
        "signed_on": today,
        "check_number": "3f0c9a7be41d2258",
        "kind": _("Endorsement"),
        "channel": _("Telephone"),
        "said_on": today,
    }


def _of_lists(told: _Told) -> dict[str, Any]:
    part = Part([f"“{told.row.working_title}”: {told.now.proposer_label}"], page_url(told.row))
    desk = settings.SITE_URL + reverse("admin:reviews_triageitem_changelist")
    queue = {"name": _("A queue"), "number": 1, "more": 0, "rows": [_line(told.row)], "url": desk}
    return {
        "waiting": Waiting([_line(told.row)], 1, "/asks/"),
        "waiting_more": 0,
        "waiting_url": f"{settings.SITE_URL}/asks/",
        "asked": [part],
        "told": [part],
        "link": "",
        "mail_url": f"{settings.SITE_URL}/mail/",
        "queues": [queue],
        "queue_name": queue["name"],
        "number": 1,
        "manage_url": settings.SITE_URL + reverse("admin:reviews_triageitem_queues"),
    }


def _line(row: Proposal) -> str:
    return f"{row}: {STAGES[Stage(row.stage)].name}"
