"""A named member of the faculty is asked to begin a proposal, and accepts or passes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.services import enqueue, recall
from partners.models import Engagement, FacultyAsk, Inquiry, InquiryEntry
from partners.models.inquiries import LONGEST_NEED, LONGEST_WORDS
from partners.services import share_with_asker
from proposals.models import Proposal
from proposals.services import create_draft, save_page
from reviews.clocks import campus_day
from reviews.inquiries import letters
from reviews.inquiries.desk import enter, locked, note, put_in_hands, workers_of
from reviews.inquiries.prefill import LONGEST_TITLE, answers_of

Kind, State = InquiryEntry.Kind, FacultyAsk.State
SHORTEST_TITLE = 5


@transaction.atomic
def ask_faculty(
    *,
    inquiry: Inquiry | None,
    email: str,
    name: str,
    working_title: str,
    by: User,
    words: str = "",
    need: str = "",
    at: datetime | None = None,
) -> FacultyAsk:
    """This member of the faculty is asked by mail to begin a proposal: of the inquiry, which is
    looking for a team from now on, or of the ``need`` they told staff themselves.

    Raises ``ValidationError``, by input where one is wrong, when ``by`` does not work on it, it is
    closed, or somebody is asked already.
    """
    at = at or timezone.now()
    row = locked(inquiry, by) if inquiry else None
    if not by.is_elearning:
        raise ValidationError(_("Only eLearning staff can ask faculty."))
    email, title = email.strip().lower(), " ".join(working_title.split())
    user = User.objects.filter(email=email).first()
    _refuse_misfits(email, user, title, words, "given" if row else need)
    if row and row.asks.filter(state=State.OPEN).exists():
        raise ValidationError(_("Somebody is asked already and has not answered."))
    ask = FacultyAsk.objects.create(
        inquiry=row,
        email=email,
        name=" ".join(name.split()) or (str(user) if user else ""),
        working_title=title,
        need="" if row else need.strip(),
        words=words.strip(),
        asked_by=by,
        asked_at=at,
        state_since=at,
    )
    if row:
        if row.owner is None:
            put_in_hands(row, by, at)
        enter(row, Inquiry.State.SEEKING, at)
        row.save()
        note(row, Kind.ASKED, at, by=by, words=f"{ask.name} <{email}>")
    enqueue([letters.to_faculty(ask, user=user)])
    return ask


@transaction.atomic
def end_ask(*, ask: FacultyAsk, by: User, at: datetime | None = None) -> FacultyAsk:
    """It is taken back: nobody can accept it any more; a mail that has not left stays here.
    Answered already: it stays as it was. Raises ``ValidationError`` when ``by`` may not."""
    at = at or timezone.now()
    row = locked(ask.inquiry, by) if ask.inquiry else None
    if not by.is_elearning:
        raise ValidationError(_("Only eLearning staff can ask faculty."))
    fresh = FacultyAsk.objects.select_for_update(of=("self",)).get(pk=ask.pk)
    if fresh.state != State.OPEN:
        return fresh
    fresh.state, fresh.state_since = State.ENDED, at
    fresh.save()
    recall(cause=f"faculty_ask:{fresh.pk}")
    if row:
        note(row, Kind.ASK_ENDED, at, by=by, words=f"{fresh.name} <{fresh.email}>")
    return fresh


@transaction.atomic
def accept(
    *, ask: FacultyAsk, user: User, working_title: str, at: datetime | None = None
) -> Proposal:
    """A draft of this person's begins, filled in with what is known: how it started, who asked, and
    the need in the organization's own words. Staff are told, and the organization where its address
    is confirmed. Only its owner attests and submits.

    Raises ``ValidationError``, by input where one is wrong, when the ask is not open or not theirs.
    """
    at = at or timezone.now()
    fresh, row = _open_ask(ask, user)
    title = " ".join(working_title.split())
    if not SHORTEST_TITLE <= len(title) <= LONGEST_TITLE:
        raise ValidationError({"working_title": _("Write 5 to 120 characters.")})
    draft = create_draft(owner=user, working_title=title, at=at)
    known = answers_of(row, on=campus_day(at)) if row else {"need": {"need_statement": fresh.need}}
    _fill_in(draft, known, user, at)
    _settle(fresh, State.ACCEPTED, user, at, reference=draft.reference)
    if row is None:
        enqueue([letters.about_ask(fresh, fresh.asked_by, at=at)])
        return draft
    row.proposal = draft
    enter(row, Inquiry.State.PROPOSAL, at)
    row.first_answered_at = row.first_answered_at or at
    row.save()
    entry = note(row, Kind.ACCEPTED, at, by=user, words=draft.reference)
    _tell_staff(row, entry, at, by=user)
    if row.confirmed_at:
        mail = letters.to_its_sender("inquiry_taken_up", row, number=entry.pk, by=None, at=at)
        enqueue([mail])
    return draft


@transaction.atomic
def pass_up(*, ask: FacultyAsk, user: User, words: str = "", at: datetime | None = None) -> None:
    """This person passes, with a word to staff if they like; the inquiry goes on looking.

    Raises ``ValidationError``, by input where one is wrong, when the ask is not open or not theirs.
    """
    at = at or timezone.now()
    words = words.replace("\r\n", "\n").strip()
    if len(words) > LONGEST_WORDS:
        raise ValidationError({"words": _("Write at most 2,000 characters.")})
    fresh, row = _open_ask(ask, user)
    fresh.answer = words
    _settle(fresh, State.PASSED, user, at)
    if row is None:
        enqueue([letters.about_ask(fresh, fresh.asked_by, at=at)])
        return
    entry = note(row, Kind.PASSED, at, by=user, words=words)
    _tell_staff(row, entry, at, by=user, words=words)


@transaction.atomic
def carry_on(*, proposal: Proposal, inquiry: Inquiry, at: datetime) -> None:
    """The form that came of the inquiry was sent: its organization follows the proposal from now
    on, by the same link, and is told. Part of the submission; shared already, or not to be shared
    as the proposer says: nothing."""
    engagements = Engagement.objects.filter(
        proposal=proposal, contact__email__iexact=inquiry.contact_email
    ).select_related("contact", "named_partner")
    engagement = engagements.first()
    if engagement is None or engagement.contact is None or engagement.shares.exists():
        return
    by = inquiry.owner or proposal.submitter
    share = share_with_asker(engagement=engagement, contact=engagement.contact, by=by, at=at)
    if share is None:
        return
    entry = note(inquiry, Kind.SHARED, at, words=proposal.reference)
    mail = letters.to_its_sender("inquiry_proposed", inquiry, number=entry.pk, by=None, at=at)
    mail.about = proposal.reference
    enqueue([mail])
    if inquiry.confirmed_at is None:  # the link of this mail confirms the address
        Inquiry.objects.filter(pk=inquiry.pk).update(mailed_at=at)


@transaction.atomic
def let_go(*, proposal: Proposal, by: User, at: datetime) -> None:
    """The draft that came of an inquiry is about to be deleted: the inquiry is looking for a team
    again, and staff are told. Part of the deletion."""
    row = Inquiry.objects.select_for_update(no_key=True).filter(proposal=proposal).first()
    if row is None:
        return
    row.proposal = None
    enter(row, Inquiry.State.SEEKING, at)
    row.save()
    entry = note(row, Kind.DRAFT_GONE, at, by=by, words=proposal.reference)
    _tell_staff(row, entry, at, by=by)


def _refuse_misfits(email: str, user: User | None, title: str, words: str, need: str) -> None:
    """Raises ``ValidationError`` by input."""
    errors = {}
    domains = {known.lower() for known in settings.UNIVERSITY_EMAIL_DOMAINS}
    try:
        validate_email(email)
    except ValidationError:
        errors["email"] = _("Enter an e-mail address.")
    else:
        if user is None and email.rpartition("@")[2] not in domains:
            errors["email"] = _("Enter a university address; only faculty and staff propose.")
        elif user and not user.is_active:
            errors["email"] = _("The account of this person is closed.")
    if not SHORTEST_TITLE <= len(title) <= LONGEST_TITLE:
        errors["working_title"] = _("Write 5 to 120 characters.")
    if len(words) > LONGEST_WORDS:
        errors["words"] = _("Write at most 2,000 characters.")
    if not need.strip() or len(need.strip()) > LONGEST_NEED:
        errors["need"] = _("Say in up to 1,200 characters what they told you.")
    if errors:
        raise ValidationError(errors)


def _open_ask(ask: FacultyAsk, user: User) -> tuple[FacultyAsk, Inquiry | None]:
    """The ask and its inquiry under their locks, in the order in which staff take them."""
    row = None
    if ask.inquiry_id:
        row = Inquiry.objects.select_for_update(no_key=True).get(pk=ask.inquiry_id)
    fresh = FacultyAsk.objects.select_for_update(of=("self",)).get(pk=ask.pk)
    if fresh.email != user.email.lower():
        raise ValidationError(_("Somebody else is asked."))
    if fresh.state != State.OPEN or (row and not row.is_open):
        raise ValidationError(_("This is no longer open."))
    return fresh, row


def _settle(
    ask: FacultyAsk, state: FacultyAsk.State, user: User, at: datetime, reference: str = ""
) -> None:
    ask.state, ask.state_since, ask.user, ask.reference = state, at, user, reference
    ask.save()


def _tell_staff(
    row: Inquiry, entry: InquiryEntry, at: datetime, *, by: User, words: str = ""
) -> None:
    """Its owner; while nobody of eLearning is that any more, its queue."""
    owner = row.owner if row.owner and row.owner.is_active and row.owner.is_elearning else None
    enqueue(
        letters.to_staff(
            "faculty_answered",
            row,
            to,
            key=entry.pk,
            at=at,
            by=by,
            words=words,
            what=entry.kind,
        )
        for to in ([owner] if owner else workers_of(row.unit_id))
        if to != by
    )


def _fill_in(
    draft: Proposal, answers: Mapping[str, Mapping[str, Any]], user: User, at: datetime
) -> None:
    """What is known is saved as the owner would save it, page by page."""
    version = draft.interest.version
    for page, given in answers.items():
        version = save_page(
            proposal=draft, page=page, answers=given, form_version=version, by=user, at=at
        ).version
