"""A contact is not the right person and names a colleague; staff approve before anything is
sent."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.services import enqueue
from partners.models import Contact, Engagement, NamedColleague, Share
from partners.models.colleagues import LONGEST_REASON
from partners.services import share
from reviews.outside import letters
from reviews.permits import may_work_on, parties_of

State = NamedColleague.State


@transaction.atomic
def name_colleague(
    *,
    engagement: Engagement,
    contact: Contact,
    name: str,
    email: str,
    words: str = "",
    at: datetime | None = None,
) -> NamedColleague:
    """Staff are told whom this contact names in their place; the colleague is told nothing yet.

    Raises ``ValidationError``, by input where one is wrong, and where somebody is named already.
    """
    at = at or timezone.now()
    name, email, words = " ".join(name.split()), email.strip().lower(), words.strip()
    Engagement.objects.lock(engagement)
    _refuse_misfits(engagement, contact, name, email, words)
    colleague = NamedColleague.objects.create(
        engagement=engagement, named_by=contact, name=name, email=email, words=words, at=at
    )
    enqueue(
        letters.of_writing(
            engagement,
            contact=contact.name,
            key=f"colleague:{colleague.pk}",
            names_somebody=True,
            at=at,
        )
    )
    return colleague


@transaction.atomic
def approve(*, colleague: NamedColleague, by: User, at: datetime | None = None) -> Share:
    """The colleague is a contact of the organization, may open the page and is invited by mail.

    Raises ``ValidationError`` where ``by`` may not, it was settled meanwhile, or the page cannot be
    shared.
    """
    at = at or timezone.now()
    locked = _locked(colleague, by)
    key = Lower(Value(locked.email))
    known = Contact.objects.alias(key=Lower("email")).filter(key=key).first()
    contact = known or Contact.objects.create(name=locked.name, email=locked.email, created_at=at)
    contact.organizations.add(locked.engagement.organization)
    granted = share(engagement=locked.engagement, contact=contact, by=by, at=at)
    _settle(locked, State.APPROVED, "", by, at)
    return granted


@transaction.atomic
def refuse(*, colleague: NamedColleague, words: str, by: User, at: datetime | None = None) -> None:
    """Nothing is sent to the colleague; whoever named them reads why on their page.

    Raises ``ValidationError`` without a reason, where ``by`` may not, or it was settled meanwhile.
    """
    words = words.strip()
    if not 0 < len(words) <= LONGEST_REASON:
        raise ValidationError(
            {"words": _("Say why, in at most %(n)d characters.") % {"n": LONGEST_REASON}}
        )
    _settle(_locked(colleague, by), State.REFUSED, words, by, at or timezone.now())


def _locked(colleague: NamedColleague, by: User) -> NamedColleague:
    rows = NamedColleague.objects.select_related("engagement__organization", "engagement__proposal")
    locked = rows.select_for_update(of=("self",)).get(pk=colleague.pk)
    proposal = locked.engagement.proposal
    involved = parties_of([proposal.pk])[proposal.pk].involved(by)
    if not may_work_on(by, proposal, involved=involved):
        raise ValidationError(_("Staff of its unit who take no part in it can approve this."))
    if locked.state != State.NAMED:
        raise ValidationError(_("Somebody has taken care of it in the meantime."))
    return locked


def _settle(locked: NamedColleague, state: str, words: str, by: User, at: datetime) -> None:
    locked.state, locked.settled_words, locked.settled_by = state, words, by
    locked.settled_at = at
    locked.save(update_fields=["state", "settled_words", "settled_by", "settled_at"])


def is_waiting(engagement: Engagement) -> bool:
    """Whether somebody is named in it at whom eLearning has not looked yet."""
    return engagement.colleagues_named.filter(state=State.NAMED).exists()


def _refuse_misfits(
    engagement: Engagement, contact: Contact, name: str, email: str, words: str
) -> None:
    errors: dict[str, str] = {}
    if not 0 < len(name) <= 120:
        errors["name"] = _("Write their name, in at most 120 characters.")
    try:
        validate_email(email)
    except ValidationError:
        errors["email"] = _("Enter an e-mail address.")
    else:
        if email == contact.email.lower():
            errors["email"] = _("This is your own address.")
    if len(words) > LONGEST_REASON:
        errors["words"] = _("Write at most %(n)d characters.") % {"n": LONGEST_REASON}
    if errors:
        raise ValidationError(errors)
    if is_waiting(engagement):
        raise ValidationError(_("Somebody is named already; eLearning looks at it."))
