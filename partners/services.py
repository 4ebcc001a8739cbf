"""Every write about partners: engagements, what is shared with whom, personal links."""

import uuid
from collections.abc import Collection, Hashable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.contacts import mail_of
from microcreds.accounts.models import User
from microcreds.kept_statements import KeptStatements
from microcreds.outbox import links
from microcreds.outbox.models import Message
from microcreds.outbox.services import compose, enqueue, enqueue_email, recall
from partners.access import has_a_page, what_stands_out
from partners.directory import contacts_of, organizations_of
from partners.models import Access, Contact, Engagement, EngagementEntry, Link, Share
from proposals.models import Attachment, NamedPartner, Proposal

Kind = EngagementEntry.Kind
# Somebody who reloads a page all morning leaves one line an hour, not a line a click.
ACCESS_NOTED_EVERY = timedelta(hours=1)


@transaction.atomic(savepoint=False)
def open_engagements(*, proposal: Proposal, at: datetime | None = None) -> list[Engagement]:
    """Each organization named in the form has an engagement; returns those that are new.

    Organizations are found by name and place, contacts by address, whatever the case; what the
    directory already says of them is never overwritten. An engagement that was never shared
    follows its row in the form (a corrected name, a contact added); one that was shared stays as
    it is, because somebody outside has seen it, and so does what staff corrected or ended.

    Part of the transaction of the submission, whose lock of the proposal makes two at once wait for
    each other.
    """
    at = at or timezone.now()
    rows = _NOT_SHARED.rows(proposal=proposal)
    known = _WITH_CORRECTIONS.rows(proposal=proposal) if rows else []
    standing = {engagement.named_partner_id: engagement for engagement in known}
    rows = [row for row in rows if row.pk not in standing or standing[row.pk].ended_at is None]
    organizations = organizations_of(_still_said_by(rows, standing, Kind.ORGANIZATION), at)
    contacts = contacts_of(_still_said_by(rows, standing, Kind.CONTACT), at)
    opened: list[Engagement] = []
    for row in rows:
        engagement = standing.get(row.pk)
        if engagement is None:
            engagement = Engagement(proposal=proposal, named_partner=row, opened_at=at)
            opened.append(engagement)
        if row.pk in organizations:
            engagement.organization = organizations[row.pk]
        if Kind.CONTACT not in _corrected(engagement):
            engagement.contact = contacts.get(row.pk)
        engagement.save()
        if engagement.contact:
            engagement.contact.organizations.add(engagement.organization)
    return opened


def _not_shared(*, proposal: Proposal) -> QuerySet[NamedPartner]:
    """The rows of the form that nobody outside has seen."""
    named = NamedPartner.objects.named().filter(proposal=proposal).exclude(org_name="")
    shared = Share.objects.filter(engagement__proposal=proposal)
    return named.exclude(pk__in=shared.values("engagement__named_partner"))


_NOT_SHARED = KeptStatements(_not_shared)


def _with_corrections(*, proposal: Proposal) -> QuerySet[Engagement]:
    """Each with what staff corrected of it (``corrected``)."""
    corrections = EngagementEntry.objects.filter(
        engagement=OuterRef("pk"), kind__in=[Kind.ORGANIZATION, Kind.CONTACT]
    ).order_by()
    found = Engagement.objects.filter(proposal=proposal).select_related("organization")
    return found.annotate(corrected=ArraySubquery(corrections.values("kind")))


_WITH_CORRECTIONS = KeptStatements(_with_corrections)


def _still_said_by(
    rows: list[NamedPartner], standing: dict[uuid.UUID, Engagement], what: Kind
) -> list[NamedPartner]:
    """Those rows whose word counts: nobody of staff has corrected ``what`` of them."""
    return [row for row in rows if what not in _corrected(standing.get(row.pk))]


def _corrected(engagement: Engagement | None) -> Collection[str]:
    return getattr(engagement, "corrected", ())


@transaction.atomic
def share(
    *, engagement: Engagement, contact: Contact, by: User, at: datetime | None = None
) -> Share:
    """The contact may open this engagement's status page, and a mail with a personal link says so.

    Shared already: the standing share, and no second mail. Raises ``ValidationError`` where
    something is missing or the proposer did not ask for it.
    """
    at = at or timezone.now()
    # The lock of the proposal: while it stands, nobody takes it back or changes its summary.
    Proposal.objects.select_for_update(no_key=True).get(pk=engagement.proposal_id)
    engagement = Engagement.objects.select_related("proposal", "organization").get(pk=engagement.pk)
    standing = Share.objects.filter(engagement=engagement, contact=contact, until=None).first()
    if standing:
        return standing
    obstacles = why_not_share(engagement=engagement, contact=contact)
    if obstacles:
        raise ValidationError(obstacles)
    granted = Share.objects.create(engagement=engagement, contact=contact, since=at, by=by)
    link = issue_links(contacts=[contact], event="partner_invitation", at=at)[contact.pk]
    mail = invitation(
        engagement=engagement, contact=contact, link=links.placeholder(link.uuid), at=at
    )
    mail.cause = f"share:{granted.pk}"
    mail.dedupe_key = f"{mail.cause}:{mail.event}"
    enqueue([mail])
    return granted


def invitation(
    *, engagement: Engagement, contact: Contact, link: str, at: datetime | None = None
) -> Message:
    """The mail that says what is shared, not saved: staff read it before they share."""
    return compose(
        event="partner_invitation",
        to=contact.email,
        context={
            "contact": contact.name,
            "title": engagement.proposal.working_title,
            "link": link,
            "link_days": settings.PARTNER_LINK_DAYS,
        },
        about=engagement.proposal.reference,
        dedupe_key="",
        at=at,
        reply_to=mail_of(engagement.proposal.unit_id),
    )


def why_not_share(*, engagement: Engagement, contact: Contact) -> list[str]:
    """What stands in the way of sharing, in words fit to show; empty where nothing does."""
    row = engagement.named_partner
    obstacles = []
    if engagement.proposal.is_draft:
        obstacles.append(_("The proposal is a draft. Share it once it is submitted."))
    if engagement.ended_at:
        obstacles.append(_("Their part in this proposal has ended. Reopen it first."))
    if row.dropped_at:
        obstacles.append(_("The proposer took this organization out of the form."))
    if row.share_status != "yes":
        obstacles.append(_("The proposer has not asked to share progress with this organization."))
    if not engagement.proposal.partner_summary:
        obstacles.append(_("Write the summary for partners first; it is what they read."))
    if not (contact.name and contact.email):
        obstacles.append(_("The contact needs a name and an e-mail address."))
    is_known = contact.organizations.filter(pk=engagement.organization_id).exists()
    if contact.pk != engagement.contact_id and not is_known:
        obstacles.append(
            _("%(contact)s is not a contact of %(organization)s.")
            % {"contact": contact.name, "organization": engagement.organization}
        )
    return obstacles


@transaction.atomic
def share_with_asker(
    *, engagement: Engagement, contact: Contact, by: User, at: datetime | None = None
) -> Share | None:
    """Who asked the university for it follows what their inquiry became. They read their own words
    there until staff write a summary. ``None`` where the proposer asks not to share it."""
    if engagement.named_partner.share_status != "yes":
        return None
    share, _is_new = Share.objects.get_or_create(
        engagement=engagement,
        contact=contact,
        until=None,
        defaults={"since": at or timezone.now(), "by": by},
    )
    return share


@transaction.atomic
def end_share(*, share: Share, by: User, at: datetime | None = None) -> Share:
    """The contact can open the page no more, from now; an invitation that has not left stays here.

    Ended already: it stays as it was.
    """
    share = Share.objects.select_for_update(of=("self",)).get(pk=share.pk)
    if share.until is None:
        share.until, share.ended_by = max(at or timezone.now(), share.since), by
        share.save(update_fields=["until", "ended_by"])
        recall(cause=f"share:{share.pk}")
    return share


def shares_of(proposal_ids: Iterable[int]) -> dict[int, list[Share]]:
    """The shares open today by proposal, with contact, engagement and organization; one query."""
    shares: dict[int, list[Share]] = {pk: [] for pk in proposal_ids}
    for one in _SHARES.rows(ids=list(shares)):
        shares[one.engagement.proposal_id].append(one)
    return shares


def _shares_of(*, ids: list[int]) -> QuerySet:
    current = Share.objects.current().filter(engagement__proposal__any_of=ids)
    return current.select_related("contact", "engagement__organization").order_by("id")


_SHARES = KeptStatements(_shares_of)


@transaction.atomic
def issue_links(
    *, contacts: Iterable[Contact], event: str = "", at: datetime | None = None
) -> dict[int, Link]:
    """A fresh personal link for each contact, by contact id; one INSERT whatever their number.

    ``event`` names the mail that will carry it. Stored is the SHA-256 of the token only. Links they
    have stay good until they expire.
    """
    at = at or timezone.now()
    fresh = [_link_of(contact, uuid.uuid4(), event, at) for contact in contacts]
    return {link.contact_id: link for link in Link.objects.bulk_create(fresh)}


@transaction.atomic
def link_for(*, contact: Contact, key: uuid.UUID, at: datetime | None = None) -> Link:
    """The link that was mailed under ``key`` before anybody was known behind the address is this
    contact's personal link from now on."""
    link = _link_of(contact, key, "inquiry_confirm", at or timezone.now())
    link.save()
    return link


def _link_of(contact: Contact, key: uuid.UUID, event: str, at: datetime) -> Link:
    return Link(
        uuid=key,
        event=event,
        contact=contact,
        token_sha256=links.sha256_of(links.token_for(key)),
        created_at=at,
        expires_at=at + timedelta(days=settings.PARTNER_LINK_DAYS),
    )


def open_link(*, token: str) -> Link | None:
    """The usable link this token belongs to; ``None`` for a wrong, expired or revoked one.

    Reads only, so a mail scanner that follows the link changes nothing.
    """
    usable = Link.objects.usable().select_related("contact")
    return usable.filter(token_sha256=links.sha256_of(token)).first()


@transaction.atomic
def note_access(
    *,
    link: Link,
    engagement: Engagement | None = None,
    attachment: Attachment | None = None,
    at: datetime | None = None,
) -> None:
    """Staff can see that this link was used, opened this engagement's page or took this file, from
    which network (``link.network``) and what stands out about it; once an hour and network.

    Two requests in the same instant may leave two lines; that harms nobody.
    """
    at = at or timezone.now()
    opened: dict[str, Any] = {"link": link, "network": link.network, "at": at}
    opened |= {"engagement": engagement} if engagement else {}
    # Every page asks it, a file seldom.
    known = (
        _lately(attachment=attachment, **opened) if attachment else _LATELY.rows(*opened, **opened)
    )
    if not known:
        stands_out = what_stands_out(link, engagement, at)
        Access.objects.create(attachment=attachment, **opened, **stands_out)
        Link.objects.filter(pk=link.pk).update(last_used_at=at)


def _lately(
    *_given: Hashable,
    link: Link,
    network: str,
    at: datetime,
    engagement: Engagement | None = None,
    attachment: Attachment | None = None,
) -> QuerySet:
    """What is noted of the same within the last hour."""
    found = Access.objects.filter(
        link=link, engagement=engagement, attachment=attachment, network=network
    )
    return found.filter(at__gt=at - ACCESS_NOTED_EVERY, at__lte=at).order_by().values("pk")[:1]


_LATELY = KeptStatements(_lately)


def note_refused(*, link: Link, ref: str, at: datetime | None = None) -> None:
    """Staff can see that a contact came back to a page that was shared with them once. Of any other
    page nothing is noted."""
    once = Engagement.objects.filter(proposal__reference=ref, shares__contact=link.contact_id)
    if engagement := once.first():
        note_access(link=link, engagement=engagement, at=at)


@transaction.atomic
def revoke_links(
    *,
    contact: Contact,
    only: Link | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> int:
    """No link this contact holds, or not ``only`` this one, opens anything from now on; sessions
    that began with it end. Returns how many worked until now."""
    at = at or timezone.now()
    working = contact.links.filter(revoked_at=None, expires_at__gt=at)
    if only:
        working = working.filter(pk=only.pk)
    return working.update(revoked_at=at, revoked_by=by)


@transaction.atomic
def send_fresh_link(
    *, email: str, is_replacement: bool = False, at: datetime | None = None
) -> Message | None:
    """A mail with a new personal link leaves at once, where the address has a page to open. It says
    whether it was asked for, or replaces others.

    Otherwise nothing happens; the person who asks is told the same either way.
    """
    at = at or timezone.now()
    contact = Contact.objects.alias(key=Lower("email")).filter(key=Lower(Value(email))).first()
    if contact is None or not has_a_page(contact):
        return None
    link = issue_links(contacts=[contact], event="partner_fresh_link", at=at)[contact.pk]
    return enqueue_email(
        event="partner_fresh_link",
        to=contact.email,
        context={
            "contact": contact.name,
            "link": links.placeholder(link.uuid),
            "link_days": settings.PARTNER_LINK_DAYS,
            "is_replacement": is_replacement,
        },
        cause=f"link:{link.pk}",
        dedupe_key=f"link:{link.pk}:partner_fresh_link",
        at=at,
        priority=Message.Priority.AWAITED,
    )
