"""A contact is asked for an endorsement: they write it, sign it with a mailed code, or decline; and
what staff recorded in their name."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from microcreds.keys import key_in
from partners import codes, endorsements, services
from partners.asks import note_opened
from partners.endorsement_form import EndorsementForm, ObjectionForm, WordsForm, initial_of
from partners.forms import CodeForm
from partners.models import Endorsement, EndorsementDraft, Engagement, Link, PartnerAsk
from partners.views.session import nothing_here, partner_page, session_link
from partners.views.typed import bring_back, partner_form
from partners.visibility import (
    EndorsementPage,
    endorsement_page,
    recorded_as_read,
    signed_as_read,
)
from proposals.downloads import download_of
from proposals.services.files import may_open
from reviews import endorsements as telling

PAGE = "partners:endorsement"


@partner_form
@require_http_methods(["GET", "HEAD", "POST"])
def endorsement(request: HttpRequest, ref: str, ask: str) -> HttpResponse:
    """What is asked, to be answered now or later; once it is settled, how it ended."""
    personal = session_link(request)
    asked = _asked(personal, ref, ask)
    if personal is None or asked is None:
        return nothing_here(request)
    services.note_access(link=personal, engagement=asked.engagement)
    if not asked.is_open:
        if request.method == "POST":
            messages.info(
                request, _("This was settled in the meantime. Nothing you sent was changed.")
            )
        return _settled(request, asked)
    if request.method == "POST":
        return _write(request, asked)
    if request.method == "GET" and asked.state == PartnerAsk.State.REQUESTED:
        note_opened(asked=asked)
    draft = endorsements.draft_of(asked)
    outcomes = endorsements.outcomes_in(_revision(asked).answers)
    shown = initial_of(draft.answers, outcomes) if draft else {}
    contact = asked.contact
    start = {"signer_name": contact.name, "signer_title": contact.title}
    form = EndorsementForm(
        outcomes=outcomes,
        is_final=False,
        initial=start | shown | {"version": draft.version if draft else 0},
    )
    bring_back(request, form)
    return _form_page(request, asked, form, draft)


@partner_page
@require_http_methods(["GET", "HEAD", "POST"])
def endorsement_sign(request: HttpRequest, ref: str, ask: str) -> HttpResponse:
    """What is signed once more, and the code that was mailed; POST signs."""
    personal = session_link(request)
    asked = _asked(personal, ref, ask)
    if personal is None or asked is None:
        return nothing_here(request)
    draft = endorsements.draft_of(asked)
    if not asked.is_open or draft is None or not endorsements.is_complete(draft):
        return redirect(PAGE, ref, asked.pk)
    form = CodeForm(request.POST if request.method == "POST" else None, contact=asked.contact)
    if form.wants_another():
        try:
            _send_code(asked)
            messages.success(request, _("Another code is on its way."))
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        return redirect("partners:endorsement_sign", ref, asked.pk)
    if form.is_valid():
        shown = request.POST.get("shown", "")
        try:
            # Asked before the code, which works only once.
            if refused := endorsements.why_not_sign(asked, shown):
                raise ValidationError(refused)
            codes.confirm(
                contact=asked.contact, purpose=_purpose(asked), code=form.cleaned_data["code"]
            )
            telling.sign(asked=asked, shown=shown)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Thank you. It is signed, and a receipt is on its way."))
            return redirect(PAGE, ref, asked.pk)
    signable = endorsements.signable(draft)
    context = {
        "page": endorsement_page(
            asked, signed_as_read(signable, with_remarks=True, to_signer=True)
        ),
        "ask": asked.pk,
        "shown": endorsements.sha256_of(signable),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "partners/endorsement_sign.html", context, status=status)


@partner_form
@require_http_methods(["GET", "HEAD", "POST"])
def endorsement_decline(request: HttpRequest, ref: str, ask: str) -> HttpResponse:
    """Why not, in a few words."""
    asked = _asked(session_link(request), ref, ask)
    if asked is None:
        return nothing_here(request)
    if not asked.is_open:
        return _settled(request, asked)
    form = WordsForm(request.POST if request.method == "POST" else None)
    bring_back(request, form)
    if form.is_valid():
        try:
            telling.decline(asked=asked, words=form.cleaned_data["words"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(
                request, _("Thank you for telling us. You do not have to do anything else.")
            )
            return redirect(PAGE, ref, asked.pk)
    context = {"page": endorsement_page(asked, None), "ask": asked.pk, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "partners/endorsement_decline.html", context, status=status)


@partner_form
@require_http_methods(["GET", "HEAD", "POST"])
def recorded(request: HttpRequest, ref: str, ask: str) -> HttpResponse:
    """What staff recorded in the contact's name, with a button for "that is not what I said"."""
    asked = _asked(session_link(request), ref, ask, of_any_kind=True)
    on_behalf = getattr(asked, "on_behalf", None)
    if asked is None or on_behalf is None:
        return nothing_here(request)
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    bring_back(request, form)
    if form.is_valid():
        try:
            telling.object_to(recorded=on_behalf, words=form.cleaned_data["words"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Thank you. It no longer counts, and we will call you."))
            return redirect("partners:recorded", ref, asked.pk)
    signed = Endorsement.objects.filter(asked=asked).select_related("revision", "letter").first()
    if signed:
        signed.asked = asked
    context = {
        "page": endorsement_page(
            asked,
            # The remarks of a record are those of staff.
            signed_as_read(signed, with_remarks=False, to_signer=True) if signed else None,
        ),
        "record": recorded_as_read(asked, to_contact=True),
        "kind": asked.get_kind_display(),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "partners/recorded.html", context, status=status)


@partner_page
@require_safe
def endorsement_letter(request: HttpRequest, ref: str, ask: str) -> HttpResponseBase:
    """The letter that its contact added themselves."""
    asked = _asked(session_link(request), ref, ask)
    if asked is None:
        return nothing_here(request)
    draft = endorsements.draft_of(asked)
    signed = Endorsement.objects.filter(asked=asked).select_related("letter").first()
    letter = draft.letter if draft else signed.letter if signed else None
    if letter is None or not may_open(letter):
        return nothing_here(request)
    try:
        return download_of(letter)
    except FileNotFoundError:
        return nothing_here(request)


def _asked(
    personal: Link | None, ref: str, ask: str, *, of_any_kind: bool = False
) -> PartnerAsk | None:
    """What was asked of this contact about what is shared with them today."""
    if personal is None:
        return None
    shared = Engagement.objects.shared_with(personal.contact).order_by()
    found = PartnerAsk.objects.filter(
        pk=key_in(ask),
        contact=personal.contact,
        engagement__in=shared.values("pk"),
        engagement__proposal__reference=ref,
    )
    if not of_any_kind:
        found = found.filter(kind=PartnerAsk.Kind.ENDORSEMENT)
    return found.select_related(
        "contact",
        "asked_by",
        "engagement__organization",
        "engagement__proposal__unit",
        "engagement__proposal__assignee",
        "on_behalf__by",
    ).first()


def _write(request: HttpRequest, asked: PartnerAsk) -> HttpResponse:
    """Saved for later, or saved whole and on to signing."""
    is_final = "sign" in request.POST
    revision = _revision(asked)
    outcomes = endorsements.outcomes_in(revision.answers)
    form = EndorsementForm(request.POST, request.FILES, outcomes=outcomes, is_final=is_final)
    is_valid = form.is_valid()
    _keep_letter(form, asked, revision)
    if is_valid and form.is_valid():
        try:
            endorsements.save_draft(
                asked=asked,
                revision=revision,
                answers=form.answers(),
                version=form.cleaned_data["version"],
                drops_letter=form.cleaned_data["drops_letter"],
            )
            if not is_final:
                messages.success(
                    request, _("Saved. Come back by any of our links and go on with it.")
                )
                return redirect(PAGE, asked.engagement.proposal.reference, asked.pk)
            _send_code(asked)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            ref = asked.engagement.proposal.reference
            return redirect("partners:endorsement_sign", ref, asked.pk)
    draft = endorsements.draft_of(asked)
    # What was typed stays; saved once more it takes the place of what came from elsewhere.
    posted = request.POST.copy()
    posted["version"] = str(draft.version if draft else 0)
    form.data = posted
    return _form_page(request, asked, form, draft, status=422)


def _keep_letter(form: EndorsementForm, asked: PartnerAsk, revision: Any) -> None:
    """A browser sends no file twice: the letter is kept also where another field is wrong."""
    upload = form.cleaned_data.get("letter")
    if not upload:
        return
    try:
        endorsements.keep_letter(asked=asked, revision=revision, upload=upload)
    except ValidationError as refusal:
        form.add_error("letter", refusal)


def _form_page(
    request: HttpRequest,
    asked: PartnerAsk,
    form: EndorsementForm,
    draft: EndorsementDraft | None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "page": endorsement_page(asked, None),
        "ask": asked.pk,
        "form": form,
        "letter": draft.letter if draft else None,
        "saved_at": draft.saved_at if draft else None,
    }
    return render(request, "partners/endorsement.html", context, status=status)


def _settled(request: HttpRequest, asked: PartnerAsk) -> HttpResponse:
    if getattr(asked, "on_behalf", None):
        if request.method == "POST":
            return nothing_here(request)
        return redirect("partners:recorded", asked.engagement.proposal.reference, asked.pk)
    signed = (
        Endorsement.objects.with_remarks()
        .filter(asked=asked)
        .select_related("revision", "letter")
        .first()
    )
    if signed:
        signed.asked = asked
    page: EndorsementPage = endorsement_page(asked, _own(signed))
    context = {"page": page, "ask": asked.pk}
    status = 422 if request.method == "POST" else 200
    return render(request, "partners/endorsement_settled.html", context, status=status)


def _own(signed: Endorsement | None) -> Any:
    return signed_as_read(signed, with_remarks=True, to_signer=True) if signed else None


def _revision(asked: PartnerAsk) -> Any:
    return endorsements.newest_revision(asked.engagement.proposal)


def _purpose(asked: PartnerAsk) -> str:
    return f"endorsement:{asked.pk}"


def _send_code(asked: PartnerAsk) -> None:
    codes.send(
        contact=asked.contact,
        purpose=_purpose(asked),
        about=asked.engagement.proposal.reference,
    )
