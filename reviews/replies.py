"""A reply by mail joins the conversation it belongs to: which mails may be answered, into what."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from microcreds.accounts.models import User
from microcreds.outbox.models import Incoming, Message
from microcreds.outbox.replies import sorting
from microcreds.outbox.replies.reading import Letter
from partners.models import Contact, Engagement
from proposals.models import Comment, Proposal, Thread
from proposals.services import attach
from reviews import files_of_mail, threads
from reviews.outside import talk
from reviews.permits import parties_of

Kind = Thread.Kind
# Mails to proposers are answered to eLearning, those of the desk as an internal note, and those
# that tell of a message into the thread it stands in. Mails to deciders, and those that reach
# people of several kinds, are not here: not everybody who gets them has a thread to write in.
TELL_OF_A_MESSAGE = ("message", "mentioned")
TO_PROPOSERS = (
    "receipt",
    "moved",
    "consultation",
    "full_proposal",
    "returned",
    "committee_date",
    "conditions",
    "approved",
    "decision",
    "merged_into",
    "merge_undone",
    "change_refused",
    "withdrawal_refused",
    "reply_due",
    "idle_full_proposal",
    "later_than_planned",
)
TO_THE_DESK = (
    "queue_new",
    "desk_turn",
    "desk_moved",
    "assigned",
    "unit_changed",
    "change_asked",
    "withdrawal_asked",
    "ladder",
    "todo",
)
# What partners answer joins the conversation of their organization with eLearning.
TO_PARTNERS = (
    "partner_update",
    "partner_asked",
    "partner_ask_soon",
    "partner_ask_late",
    "partner_message",
    "partner_invitation",
    "endorsement_signed",
    "recorded_on_behalf",
    "mou_ends_partner",
    "mou_corrected_partner",
)

ANSWERED: dict[str, str | Promise] = {
    **dict.fromkeys(
        TELL_OF_A_MESSAGE,
        gettext_lazy("Reply to this mail, and your words join that conversation."),
    ),
    **dict.fromkeys(
        TO_PROPOSERS,
        gettext_lazy("Reply to this mail, and your words join the conversation with eLearning."),
    ),
    **dict.fromkeys(
        TO_THE_DESK,
        gettext_lazy("Reply to this mail, and your words join the internal notes of eLearning."),
    ),
    **dict.fromkeys(TO_PARTNERS, gettext_lazy("Reply to this mail, and eLearning reads it.")),
}


def join(letter: Letter, incoming: Incoming, message: Message, at: datetime) -> None:
    """A genuine answer is a message of its author in the thread that the mail was about.

    A file that is not taken is named with it, and the others are kept. Raises ``ValidationError``
    where its author has no account, may not write there, or wrote too much.
    """
    if message.event in TO_PARTNERS and message.user is None:
        _join_partner(letter, incoming, message, at)
        return
    if message.user is None:
        raise ValidationError(_("It is from somebody without an account."))
    if not message.user.is_active:
        raise ValidationError(_("The account of its author is closed."))
    proposal = Proposal.objects.filter(reference=message.about).first()
    kind = _kind_of(message)
    if proposal is None or kind is None:
        raise ValidationError(_("Our mail was not about anything that has a conversation."))
    comment = threads.write(
        proposal=proposal, kind=kind, by=message.user, body=incoming.text, mail=incoming, at=at
    )
    incoming.not_taken = _attach(proposal, comment, letter.files, at)


@transaction.atomic
def put_to(
    *, incoming: Incoming, proposal: Proposal, by: User, at: datetime | None = None
) -> Comment:
    """A mail that waits is an internal note of this proposal, by whoever put it there, with the
    files that were kept of it.

    Raises ``ValidationError`` where ``by`` may not write one, the mail is too long for one, or
    somebody has seen to it meanwhile.
    """
    at = at or timezone.now()
    sorting.settle(
        incoming, Incoming.State.JOINED, by=by, why=f"Put to {proposal.reference}", at=at
    )
    Incoming.objects.filter(pk=incoming.pk).update(about=proposal.reference)
    head = _("From a mail of %(sender)s:") % {"sender": incoming.sender or _("an unknown sender")}
    note = threads.write(
        proposal=proposal,
        kind=Kind.INTERNAL,
        by=by,
        body=f"{head}\n\n{incoming.text or incoming.whole}",
        mail=incoming,
        at=at,
    )
    if refused := files_of_mail.move_to(note, proposal=proposal, incoming=incoming, at=at):
        incoming.not_taken += refused
        incoming.save(update_fields=["not_taken"])
    return note


def _join_partner(letter: Letter, incoming: Incoming, message: Message, at: datetime) -> None:
    """The words of a contact, with their files, stand in the thread of the newest engagement that
    is shared with them."""
    key = Lower(Value(message.to))
    contact = Contact.objects.alias(key=Lower("email")).filter(key=key).first()
    shared = Engagement.objects.shared_with(contact) if contact else Engagement.objects.none()
    engagement = (
        shared.filter(proposal__reference=message.about)
        .select_related("proposal__assignee", "organization")
        .order_by("-pk")
        .first()
    )
    if contact is None or engagement is None:
        raise ValidationError(_("It is from somebody with whom nothing is shared anymore."))
    comment = talk.write_as_contact(
        engagement=engagement, contact=contact, body=incoming.text, mail=incoming, at=at
    )
    incoming.not_taken = _attach(engagement.proposal, comment, letter.files, at)


def _kind_of(message: Message) -> Kind | None:
    """Into which thread an answer to this mail goes."""
    if message.event in TO_PROPOSERS:
        return Kind.PROPOSERS
    if message.event in TO_THE_DESK:
        return Kind.INTERNAL
    word, _colon, rest = message.cause.partition(":")
    thread = rest.partition(":")[0]
    if message.event not in TELL_OF_A_MESSAGE or word != "thread" or not thread.isdecimal():
        return None
    told = Thread.objects.filter(pk=thread, proposal__reference=message.about).first()
    return Kind(told.kind) if told else None


def _attach(
    proposal: Proposal, comment: Comment, files: list[SimpleUploadedFile], at: datetime
) -> list[str]:
    """Each file stands with the message, brought by its author, or why it does not."""
    if not files:
        return []
    by = comment.author
    is_proposer = by is None or by.pk in parties_of([proposal.pk])[proposal.pk].involved()
    refused: list[str] = []
    for file in files:
        try:
            with transaction.atomic():
                attach(
                    proposal=proposal,
                    upload=file,
                    by=by,
                    brought_by=comment.from_outside,
                    comment=comment,
                    is_staff=not is_proposer,
                    at=at,
                )
        except ValidationError as refusal:
            refused.extend(refusal.messages)
    return refused
