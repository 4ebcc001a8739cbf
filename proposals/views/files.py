"""Files of a proposal: listed, added, removed, downloaded; with scripts and without."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from microcreds.accounts.requests import SignedInRequest
from proposals import services
from proposals.documents import Documents, documents_for
from proposals.downloads import download_of
from proposals.models import Attachment, Proposal
from proposals.services.files import may_open
from proposals.views.form import proposal_edit
from proposals.views.from_desk import carried, desk_page
from proposals.views.readers import audience_of, is_editor

PLACES = ("form", "page", "desk")
FORM_PAGE = "finish"


@dataclass(frozen=True)
class Reader:
    """One person at the files of one proposal, as far as they may know of it."""

    request: SignedInRequest
    proposal: Proposal
    audience: str
    is_editor: bool

    @classmethod
    def of(cls, request: SignedInRequest, ref: str) -> "Reader":
        visible = Proposal.objects.visible_to(request.user).select_related("submitter")
        proposal = get_object_or_404(visible, reference=ref)
        participants = list(proposal.participants.all())
        return cls(
            request,
            proposal,
            audience_of(request.user, proposal, participants),
            is_editor(request.user, proposal, participants),
        )

    @property
    def place(self) -> str:
        asked = self.request.GET.get("place", "")
        return asked if asked in PLACES else "page"

    def documents(self, refusals: list[str] | None = None, place: str = "") -> Documents:
        return documents_for(
            proposal=self.proposal,
            user=self.request.user,
            audience=self.audience,
            is_editor=self.is_editor,
            place=place or self.place,
            refusals=refusals or (),
        )

    def file(self, key: str) -> Attachment:
        found = Attachment.objects.filter(proposal=self.proposal).readable_as(self.audience)
        return get_object_or_404(found.keyed(key).select_related("proposal"))


@require_http_methods(["GET", "HEAD", "POST"])
def file_list(request: SignedInRequest, ref: str) -> HttpResponse:
    """The documents; posting files adds them. From the form, what was typed there is saved too."""
    reader = Reader.of(request, ref)
    documents = reader.documents(place="page")
    if request.method != "POST":
        return _page(reader, documents)
    if not (reader.is_editor or documents.is_staff):
        raise Http404
    refusals, added = _add(reader, is_staff=documents.is_staff)
    said = ngettext("%(names)s is added.", "%(names)s are added.", len(added)) % {
        "names": ", ".join(added)
    }
    return _answer(reader, said if added else "", refusals)


@require_http_methods(["GET", "HEAD", "POST"])
def file_remove(request: SignedInRequest, ref: str, file: str) -> HttpResponse:
    """Takes a file out; a GET, as after a lost sign-in, leads to the list."""
    reader = Reader.of(request, ref)
    attachment = reader.file(file)
    if request.method != "POST":
        return redirect("proposals:file_list", ref)
    is_staff = reader.documents().is_staff
    if not (reader.is_editor or is_staff):
        raise Http404
    try:
        services.remove(attachment=attachment, by=request.user, is_staff=is_staff)
    except ValidationError as refusal:
        return _answer(reader, "", refusal.messages, status=409)
    return _answer(reader, _("%(name)s is removed.") % {"name": attachment.name}, [])


@require_safe
def file_download(request: SignedInRequest, ref: str, file: str) -> FileResponse:
    """The file itself, to be saved; asked anew each time who may have it."""
    attachment = Reader.of(request, ref).file(file)
    if not may_open(attachment):
        raise Http404
    try:
        return download_of(attachment)
    except FileNotFoundError as gone:
        raise Http404 from gone


def _add(reader: Reader, *, is_staff: bool) -> tuple[list[str], list[str]]:
    """Each file that was sent is added or refused by itself; returns refusals and names."""
    refusals, added = [], []
    uploads = reader.request.FILES.getlist("attachments")
    for upload in uploads:
        try:
            attachment = services.attach(
                proposal=reader.proposal, upload=upload, by=reader.request.user, is_staff=is_staff
            )
        except ValidationError as refusal:
            refusals += refusal.messages
        else:
            added.append(attachment.name)
    if not uploads:
        refusals = [_("Choose a file first, then press “Add file”.")]
    return refusals, added


def _answer(reader: Reader, said: str, refusals: list[str], status: int = 422) -> HttpResponse:
    """To a script, the list as it is now and what to say; else the way back, or the page with what
    was refused."""
    request, status = reader.request, status if refusals else 200
    if request.headers.get("Accept") == "application/json":
        shown = {"files": reader.documents(refusals), "place": {"more": carried(request)}}
        html = render_to_string("proposals/_files.html", shown, request=request)
        return JsonResponse({"said": said, "refusals": refusals, "html": html}, status=status)
    if said:
        messages.success(request, said)
    if "form_version" in request.POST and reader.is_editor:
        # The button stands in the page's form: its answers come along, and are saved as ever.
        page = proposal_edit(request, reader.proposal.reference, FORM_PAGE)
        if page.status_code != 302:
            for refusal in refusals:
                messages.error(request, refusal)
            return page
    if refusals:
        return _page(reader, reader.documents(refusals, place="page"), status=status)
    return redirect(_back(reader))


def _back(reader: Reader) -> str:
    proposal = reader.proposal
    if reader.place == "form":
        return reverse("proposals:proposal_edit", args=[proposal.reference, FORM_PAGE]) + "#files"
    if reader.place == "desk" and reader.request.user.is_staff:
        return desk_page(reader.request, proposal) + "#files"
    return reverse("proposals:proposal_detail", args=[proposal.reference]) + "#files"


def _page(reader: Reader, documents: Documents, status: int = 200) -> HttpResponse:
    context = {"proposal": reader.proposal, "files": documents, "back": _back(reader)}
    return render(reader.request, "proposals/file_list.html", context, status=status)
