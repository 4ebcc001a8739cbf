"""A contact reads the memorandum they were sent, agrees to it, or says what should change."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partners import codes, services
from partners.asks import note_opened
from partners.forms import CodeForm
from partners.models import Contact, Engagement, PartnerAsk
from partners.mou_forms import ChangesForm
from partners.views.session import (
    nothing_here,
    partner_page,
    session_link,
    shared_as,
)
from partners.views.typed import bring_back, partner_form
from partners.visibility import mou_page
from proposals.downloads import download_of
from proposals.models import Attachment
from reviews.mou import moving
from reviews.mou.plan import Given
from reviews.mou.table import MouMove


@partner_form
@require_http_methods(["GET", "HEAD", "POST"])
def mou_turn(request: HttpRequest, ref: str, ask: int) -> HttpResponse:
    """The text, and the two answers to it; agreeing asks for a code that is mailed to them. What
    was settled meanwhile says so."""
    personal = session_link(request)
    engagement = shared_as(personal.contact if personal else None, ref)
    asked = _asked(engagement, personal.contact, ask) if engagement and personal else None
    if asked is None or engagement is None:
        return nothing_here(request)
    if hasattr(asked, "on_behalf"):
        return redirect("partners:recorded", ref, asked.pk)
    if request.method == "POST" and asked.is_open:
        return _answer(request, asked, engagement)
    if request.method == "GET" and asked.state == PartnerAsk.State.REQUESTED:
        note_opened(asked=asked)
    code = CodeForm(contact=asked.contact) if _waits_for_code(request, asked) else None
    return _show(request, asked, engagement, code=code)


@partner_page
@require_safe
def mou_file(request: HttpRequest, ref: str, file: str) -> HttpResponseBase:
    """One version that is open to the partner, to be saved; asked anew each time."""
    personal = session_link(request)
    engagement = shared_as(personal.contact if personal else None, ref)
    attachment = _file(engagement, file) if engagement else None
    if personal is None or attachment is None:
        return nothing_here(request)
    try:
        response = download_of(attachment)
    except FileNotFoundError:
        return nothing_here(request)
    services.note_access(link=personal, engagement=engagement, attachment=attachment)
    return response


def _answer(request: HttpRequest, asked: PartnerAsk, engagement: Engagement) -> HttpResponse:
    """Agreed, or changes asked for, or a code on its way."""
    if request.POST.get("action") == "changes":
        form = ChangesForm(request.POST, request.FILES)
        if form.is_valid():
            given = Given(**form.cleaned_data)
            if _done(asked, MouMove.ASK_CHANGES, form, given):
                messages.success(request, _("Thank you. We have what you wrote."))
                return redirect("partners:engagement_detail", ref=engagement.proposal.reference)
        return _show(request, asked, engagement, changes=form)
    code = CodeForm(request.POST, contact=asked.contact)
    if "code" not in request.POST or code.wants_another():
        return _mail_code(request, asked, engagement, code)
    if code.is_valid():
        try:
            codes.confirm(
                contact=asked.contact, purpose=_purpose(asked), code=code.cleaned_data["code"]
            )
        except ValidationError as refusal:
            code.add_error("code", refusal)
        else:
            if _done(asked, MouMove.AGREE, code, Given()):
                messages.success(request, _("Thank you. Your agreement is on record."))
                return redirect("partners:engagement_detail", ref=engagement.proposal.reference)
    return _show(request, asked, engagement, code=code)


def _mail_code(
    request: HttpRequest, asked: PartnerAsk, engagement: Engagement, wrong: forms.Form
) -> HttpResponse:
    """A code is on its way to the address on file; the page asks for it next."""
    try:
        codes.send(
            contact=asked.contact,
            purpose=_purpose(asked),
            about=engagement.proposal.reference,
        )
    except ValidationError as refusal:
        form = CodeForm({"code": ""}, contact=asked.contact)
        form.full_clean()
        form.errors.clear()
        form.add_error(None, refusal)
        return _show(request, asked, engagement, code=form)
    request.session["mou_code"] = asked.pk
    return redirect("partners:mou_turn", ref=engagement.proposal.reference, ask=asked.pk)


def _done(asked: PartnerAsk, move: MouMove, form: Any, given: Given) -> bool:
    """Whether the move was made; if not, the form says why."""
    try:
        moving.answer(asked=asked, move=move, given=given)
    except ValidationError as refusal:
        if not hasattr(refusal, "error_dict"):
            # What is wrong with a file stands beside it.
            form.add_error("upload" if given.upload and asked.is_open else None, refusal)
            return False
        for name, wrong in refusal.error_dict.items():
            form.add_error(name if name in form.fields else None, wrong)
        return False
    return True


def _show(
    request: HttpRequest,
    asked: PartnerAsk,
    engagement: Engagement,
    *,
    code: Any = None,
    changes: Any = None,
) -> HttpResponse:
    mou = asked.engagement.mou
    changes = changes or ChangesForm()
    bring_back(request, changes)
    context = {
        "reference": engagement.proposal.reference,
        "title": engagement.proposal.working_title,
        "page": mou_page(mou, mou.versions.for_partner()),
        "asked": asked,
        "code": code,
        "changes": changes,
        "wrong": next((each for each in (code, changes) if each and each.errors), None),
    }
    status = 422 if context["wrong"] else 200
    return render(request, "partners/mou_turn.html", context, status=status)


def _asked(engagement: Engagement, contact: Contact, pk: int) -> PartnerAsk | None:
    """What this contact was asked about the memorandum of this engagement."""
    asks = PartnerAsk.objects.filter(
        engagement=engagement, contact=contact, kind=PartnerAsk.Kind.MOU
    )
    asks = asks.select_related("contact", "engagement__mou", "on_behalf")
    return asks.filter(pk=pk).first()


def _file(engagement: Engagement, key: str) -> Attachment | None:
    """The file of a version that is open to the partner, if this is one."""
    mou = getattr(engagement, "mou", None)
    if mou is None:
        return None
    open_now = mou.versions.for_partner().values("file")
    found = Attachment.objects.filter(pk__in=open_now).keyed(key)
    return found.select_related("proposal").first()


def _waits_for_code(request: HttpRequest, asked: PartnerAsk) -> bool:
    return asked.is_open and request.session.get("mou_code") == asked.pk


def _purpose(asked: PartnerAsk) -> str:
    """An agreement is to one text: a code for another version does not do."""
    return f"mou:{asked.engagement_id}:{asked.engagement.mou.version_id}"
