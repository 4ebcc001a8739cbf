"""Endorsements of one proposal on the desk: whom anybody asked, what was signed with the remarks
for staff alone, and what staff record on behalf of a contact."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from microcreds.accounts.requests import SignedInRequest
from partners import endorsement_asks, endorsements, on_behalf
from partners.endorsement_form import OnBehalfForm, SourceForm
from partners.models import Endorsement, PartnerAsk
from partners.visibility import signed_as_read
from proposals.downloads import download_of
from proposals.services.files import may_open
from reviews import endorsements as telling
from reviews import permits
from reviews.admin import panels
from reviews.admin.pages import found, show
from reviews.workflow import LIMITS

PAGE = "admin:reviews_triageitem_endorsements"


@require_http_methods(["GET", "HEAD", "POST"])
def endorsements_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who was asked, by whom, and where each stands; POST asks, gives more time or takes back."""
    item = _read_by(request, pk)
    may_work = _may_work(request, item)
    acted = endorsement_asks.Acted()
    if request.method == "POST":
        if not may_work:
            acted.refusals = [_("Staff of its unit who take no part in it can ask for it.")]
        else:
            acted = endorsement_asks.act(request.POST, proposal=item, by=request.user)
        if acted.words:
            messages.success(request, acted.words)
            return redirect(request.path)
    parties = permits.parties_in(item)
    context = {
        **panels.head_of(item),
        "title": _("Endorsements"),
        "rows": endorsement_asks.rows_of(item, lambda asked: _url(item.pk, asked)),
        "form": acted.form or (endorsement_asks.form_for(item) if may_work else None),
        "refusals": acted.refusals,
        "may_ask": may_work,
        "needed": LIMITS["endorsements"],
        "counting": parties.endorsed_by,
        "others": _other_asks(item) if may_work else [],
    }
    status = 422 if acted.form or acted.refusals else 200
    return show(request, "endorsements", context, status=status)


@require_safe
def endorsement(request: SignedInRequest, pk: int, ask: int) -> HttpResponse:
    """One endorsement, with what was said to staff alone."""
    item = _read_by(request, pk)
    signed = get_object_or_404(_signed().with_remarks().of(item), asked=ask)
    now = endorsements.outcomes_in(endorsements.newest_revision(item).answers)
    context = {
        **panels.head_of(item),
        "title": _("Endorsement"),
        "asked": signed.asked,
        "signed": signed_as_read(
            signed,
            with_remarks=True,
            to_signer=False,
            is_behind=endorsements.changed_since(signed, now),
        ),
        "is_whole": endorsements.sha256_of(signed) == signed.sha256,
    }
    return show(request, "endorsement", context)


@require_safe
def evidence(request: SignedInRequest, pk: int, ask: int) -> HttpResponseBase:
    """The file that shows what was said, or the letter that came with what was signed."""
    item = _read_by(request, pk)
    asked = get_object_or_404(
        PartnerAsk.objects.filter(engagement__proposal=item).select_related(
            "on_behalf__evidence", "endorsement__letter"
        ),
        pk=ask,
    )
    recorded, signed = getattr(asked, "on_behalf", None), getattr(asked, "endorsement", None)
    file = (recorded and recorded.evidence) or (signed and signed.letter)
    if not file or not may_open(file):
        raise Http404
    file.proposal = item
    try:
        return download_of(file)
    except FileNotFoundError as gone:
        raise Http404 from gone


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: SignedInRequest, pk: int) -> HttpResponse:
    """Staff record an endorsement that came by mail, letter or call."""
    item = _worked_on_by(request, pk)
    form = OnBehalfForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        outcomes=endorsements.outcomes_in(endorsements.newest_revision(item).answers),
        pairs=on_behalf.people_of(item),
    )
    if form.is_valid():
        engagement, contact = form.pairs[form.cleaned_data["who"]]
        engagement.proposal = item
        try:
            telling.record(
                engagement=engagement,
                contact=contact,
                answers=form.answers(),
                source=form.source(),
                by=request.user,
            )
        except ValidationError as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("It is on record, and says that you recorded it."))
            return redirect(PAGE, pk)
    context = {**panels.head_of(item), "title": _("Record an endorsement"), "form": form}
    status = 422 if form.is_bound else 200
    return show(request, "endorsement_record", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedInRequest, pk: int, ask: int) -> HttpResponse:
    """Staff record what a contact said to anything else that was asked of them; what they said of
    a memorandum moves it, and is recorded as that move."""
    item = _worked_on_by(request, pk)
    asked = get_object_or_404(_open_asks(item).select_related("contact"), pk=ask)
    if asked.kind == PartnerAsk.Kind.MOU and request.method != "POST":
        return redirect("admin:partners_mou_change", asked.engagement_id)
    asked.engagement.proposal = item
    form = SourceForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if form.is_valid():
        try:
            on_behalf.record_answer(asked=asked, source=form.source(), by=request.user)
        except ValidationError as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("The answer is on record, and says that you recorded it."))
            return redirect(PAGE, pk)
    context = {
        **panels.head_of(item),
        "title": _("Record an answer"),
        "asked": asked,
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return show(request, "answer_record", context, status=status)


def _read_by(request: SignedInRequest, pk: int) -> Any:
    """The proposal, for whoever sees the desk; to others it does not exist."""
    item = found(request, pk)
    if not panels.Reader(request.user).sees_desk or item.submitted_at is None:
        raise Http404
    return item


def _worked_on_by(request: SignedInRequest, pk: int) -> Any:
    item = _read_by(request, pk)
    if not _may_work(request, item):
        raise Http404
    return item


def _may_work(request: SignedInRequest, item: Any) -> bool:
    involved = permits.parties_in(item).involved(request.user)
    return permits.may_work_on(request.user, item, involved=involved)


def _signed() -> Any:
    return Endorsement.objects.select_related(
        "asked__engagement__organization",
        "asked__contact",
        "asked__on_behalf__by",
        "revision",
        "letter",
    )


def _open_asks(item: Any) -> Any:
    """What else waits for a contact, of which staff may have heard by other ways."""
    open_now = PartnerAsk.objects.open().filter(engagement__proposal=item)
    return open_now.exclude(kind=PartnerAsk.Kind.ENDORSEMENT).select_related("engagement")


def _other_asks(item: Any) -> list[PartnerAsk]:
    found = PartnerAsk.objects.filter(engagement__proposal=item).exclude(
        kind=PartnerAsk.Kind.ENDORSEMENT
    )
    return list(found.select_related("contact", "on_behalf__by").order_by("-pk"))


def _url(pk: int, asked: PartnerAsk) -> str:
    return reverse("admin:reviews_triageitem_endorsement", args=[pk, asked.pk])
