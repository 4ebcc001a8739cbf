"""What of one proposal is open to which outside contact, and the switch for it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from microcreds.accounts.requests import SignedInRequest
from microcreds.outbox.addresses import is_broken
from microcreds.outbox.models import Message
from partners import services as partners_services
from partners.files import end_file_share, share_file, shareable_files, shared_ids
from partners.leaving import close_page
from partners.models import Contact, Engagement, Link, Share
from partners.outcomes import hide_outcomes, outcomes_of, show_outcomes
from partners.renewing import rotate_links
from partners.visibility import status_page
from proposals.models import Attachment
from reviews import permits, services
from reviews.admin import panels
from reviews.admin.pages import found, show
from reviews.forms.sharing import FileShareForm, OutcomesForm, ShareForm
from reviews.notifications.moves import LINK_TO_COME
from reviews.progress import progress_of


@dataclass(frozen=True)
class ContactRow:
    """One contact of one engagement, and what is open to them; or that they read it has ended."""

    contact: Contact
    share: Share | None
    reads_the_end: bool
    obstacles: list[str]
    last_used_at: datetime | None
    has_links: bool
    invitation: Message
    is_broken: bool


@require_http_methods(["GET", "HEAD", "POST"])
def sharing(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET shows who may follow it and what they read; POST opens, ends or revokes."""
    item = found(request, pk)
    if not panels.Reader(request.user).sees_desk:
        raise Http404
    involved = permits.parties_in(item).involved(request.user)
    may_work = permits.may_work_on(request.user, item, involved=involved)
    refusals: list[str] = []
    if request.method == "POST":
        form = _form_of(request.POST)(request.POST, proposal=item)
        if not may_work:
            refusals = [_("Staff of its unit who take no part in it can change sharing.")]
        elif not form.is_valid():
            refusals = [_("Choose an organization, and a contact or a file, from this page.")]
        else:
            try:
                messages.success(request, _switch(request, form))
            except ValidationError as refusal:
                refusals = refusal.messages
            else:
                return redirect(request.path)
    changes = list(services.changes_of(item))
    documents, shared = shareable_files(item), shared_ids(item)
    context = {
        **panels.head_of(item),
        "title": _("Sharing"),
        "may_work": may_work,
        "outcomes": outcomes_of(item),
        "refusals": refusals,
        "page": status_page(proposal=item, progress=progress_of(item, changes)),
        "rows": [
            (row, _contacts_of(row.engagement), _files_of(row.engagement, documents, shared))
            for row in panels.engagements_of(item)
        ],
    }
    return show(request, "sharing", context, status=422 if refusals else 200)


def _form_of(posted: QueryDict) -> type[ShareForm | FileShareForm | OutcomesForm]:
    """Which switch was pressed."""
    if "attachment" in posted:
        return FileShareForm
    return OutcomesForm if posted.get("action", "").endswith("_outcomes") else ShareForm


def _switch(request: SignedInRequest, form: ShareForm | FileShareForm | OutcomesForm) -> str:
    """Does what the button says; returns what it did, in words."""
    if isinstance(form, FileShareForm):
        return _switch_file(request, form)
    if isinstance(form, OutcomesForm):
        return _switch_outcomes(request, form)
    engagement, contact = form.cleaned_data["engagement"], form.cleaned_data["contact"]
    match form.cleaned_data["action"]:
        case "share":
            partners_services.share(engagement=engagement, contact=contact, by=request.user)
            return _("%(who)s can follow it now; the invitation is on its way.") % {"who": contact}
        case "end":
            standing = Share.objects.current().filter(engagement=engagement, contact=contact)
            for share in standing:
                partners_services.end_share(share=share, by=request.user)
            return _("%(who)s can no longer follow it.") % {"who": contact}
        case "close":
            close_page(engagement=engagement, contact=contact, by=request.user)
            return _("%(who)s can no longer read that it ended.") % {"who": contact}
        case "rotate":
            mail = rotate_links(contact=contact, by=request.user)
            words = _("No earlier link of %(who)s works anymore; a fresh one is on its way.")
            return (words if mail else _("No link of %(who)s works anymore.")) % {"who": contact}
        case _:
            partners_services.revoke_links(contact=contact, by=request.user)
            return _("No link of %(who)s works anymore.") % {"who": contact}


def _switch_file(request: SignedInRequest, form: FileShareForm) -> str:
    given = {key: form.cleaned_data[key] for key in ("engagement", "attachment")}
    words = {"file": given["attachment"], "who": given["engagement"].organization}
    if form.cleaned_data["action"] == "share_file":
        share_file(**given, by=request.user)
        return _("%(who)s can have %(file)s now.") % words
    end_file_share(**given, by=request.user)
    return _("%(who)s can no longer have %(file)s.") % words


def _switch_outcomes(request: SignedInRequest, form: OutcomesForm) -> str:
    engagement = form.cleaned_data["engagement"]
    words = {"who": engagement.organization}
    if form.cleaned_data["action"] == "show_outcomes":
        show_outcomes(engagement=engagement, by=request.user)
        return _("%(who)s reads the outcomes and the shape now.") % words
    hide_outcomes(engagement=engagement)
    return _("%(who)s no longer reads the outcomes and the shape.") % words


def _files_of(
    engagement: Engagement, documents: list[Attachment], shared: set[tuple[int, object]]
) -> list[tuple[Attachment, bool]]:
    """Each document, and whether this engagement may have it."""
    return [(document, (engagement.pk, document.pk) in shared) for document in documents]


def _contacts_of(engagement: Engagement) -> list[ContactRow]:
    """Whom the proposer named, then the others the directory knows at this organization."""
    contacts = {contact.pk: contact for contact in [engagement.contact] if contact}
    contacts |= {contact.pk: contact for contact in engagement.organization.contacts.all()}
    shares = Share.objects.current() | Share.objects.reading_the_end()
    standing = list(shares.filter(engagement=engagement))
    open_to = {share.contact_id: share for share in standing if share.until is None}
    read_the_end = {share.contact_id for share in standing if share.until}
    used = {
        pk: (last_used_at, broken)
        for pk, last_used_at, broken in Contact.objects.filter(pk__in=contacts)
        .annotate(last_used_at=Max("links__last_used_at"), is_broken=is_broken("email"))
        .values_list("pk", "last_used_at", "is_broken")
    }
    usable = set(
        Contact.objects.filter(pk__in=contacts, links__in=Link.objects.usable()).values_list(
            "pk", flat=True
        )
    )
    return [
        ContactRow(
            contact=contact,
            share=open_to.get(contact.pk),
            reads_the_end=contact.pk in read_the_end,
            obstacles=partners_services.why_not_share(engagement=engagement, contact=contact),
            last_used_at=used[contact.pk][0],
            has_links=contact.pk in usable,
            invitation=partners_services.invitation(
                engagement=engagement, contact=contact, link=LINK_TO_COME
            ),
            is_broken=used[contact.pk][1],
        )
        for contact in contacts.values()
    ]
