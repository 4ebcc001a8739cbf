"""The interest form in the browser: begun, filled in page by page, checked, sent, thrown away."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from microcreds.accounts.models import User
from microcreds.accounts.requests import SignedInRequest
from microcreds.accounts.sessions import seconds_left
from microcreds.kept_statements import KeptStatements
from partners.models import WaitingOutcome
from proposals import services
from proposals.documents import Documents, documents_for
from proposals.forms.interest import PageForm, SubmitForm, TitleForm
from proposals.interest import (
    ATTESTATIONS,
    PAGES,
    Missing,
    advice_on,
    can_wait,
    missing,
    page_states,
    read_view,
)
from proposals.models import Proposal
from proposals.views import lookalikes
from proposals.views.autosave import save_posted
from proposals.views.points import with_points
from proposals.views.standing import read_as_told
from proposals.visibility import Audience
from reviews import services as reviews_services
from reviews.return_points import open_points_of

COPIES_OFFERED = 10
STATE_WORDS = {
    "empty": _("Not started"),
    "started": _("Started"),
    "complete": _("Complete"),
    "current": _("You are here"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_new(request: SignedInRequest) -> HttpResponse:
    """Asks for a working title; posting it makes the draft, once for each page asked for. Who has
    proposals may begin with a copy of one."""
    posted = request.POST if request.method == "POST" else None
    form = TitleForm(posted, initial={"form_key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        proposal = services.create_draft(
            owner=request.user,
            working_title=form.cleaned_data["working_title"],
            form_key=form.cleaned_data["form_key"],
        )
        return redirect("proposals:proposal_edit", proposal.reference, "about")
    own = list(Proposal.objects.filter(submitter=request.user)[: COPIES_OFFERED + 1])
    read_as_told(own[:COPIES_OFFERED])
    context = {
        "form": form,
        "pages": PAGES.values(),
        "own": own[:COPIES_OFFERED],
        "has_more": len(own) > COPIES_OFFERED,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "proposals/proposal_new.html", context, status=status)


@require_safe
def proposal_resume(request: SignedInRequest, ref: str) -> HttpResponse:
    """Back to the page that was saved last."""
    proposal = _own(request, ref)
    return redirect("proposals:proposal_edit", ref, proposal.interest.last_page)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_edit(request: SignedInRequest, ref: str, page: str) -> HttpResponse:
    """One page of the form. What is valid is saved, whatever else on the page is not."""
    if page not in PAGES:
        raise Http404
    if request.method == "POST" and "add" not in request.POST:
        return _save(request, ref, page)
    proposal = _own(request, ref)
    if request.method != "POST" and not proposal.is_editable:
        messages.info(request, _("Your answers are with eLearning, so they cannot be changed now."))
        return redirect("proposals:proposal_detail", ref)
    answers = services.answers_of(proposal, confidential=True)
    if request.method == "POST":
        form = PageForm(page, answers=answers, data=request.POST)
        return _page(request, proposal, form.with_one_more(request.POST["add"]))
    form = PageForm(page, answers=answers, version=proposal.interest.version)
    return _page(request, proposal, form)


def _save(request: SignedInRequest, ref: str, page: str) -> HttpResponse:
    """The page as posted is saved; what could not be stands on it again, marked."""
    try:
        form, saved = save_posted(request, ref, page, request.POST, may_leave=True)
    except ValidationError as refusal:
        proposal = _own(request, ref)
        answers = services.answers_of(proposal, confidential=True)
        form = PageForm(page, answers=answers, data=request.POST)
        return _page(request, proposal, form, refusal=refusal.messages[0], status=409)
    if saved.has_left:
        return _after_leaving(request, ref)
    if form.is_valid() and not saved.conflicts:
        messages.success(request, _("Saved."))
        return redirect(_next_address(ref, page, request.POST.get("then", "")))
    proposal = _own(request, ref)
    form = form.after_saving(
        answers=services.answers_of(proposal, confidential=True),
        version=saved.version,
        conflicts=saved.conflicts,
    )
    return _page(request, proposal, form, status=409 if saved.conflicts else 422)


def _after_leaving(request: SignedInRequest, ref: str) -> HttpResponse:
    """Says that the form is not theirs to change any more, where they can still read it or not."""
    proposal = Proposal.objects.select_related("submitter").get(reference=ref)
    names = {"title": proposal.working_title, "owner": proposal.submitter}
    if Proposal.objects.mine(request.user).filter(pk=proposal.pk).exists():
        words = _("You read “%(title)s” now, and %(owner)s can let you edit it again.")
        messages.success(request, words % names)
        return redirect("proposals:proposal_detail", ref)
    words = _("You took yourself out of “%(title)s”. %(owner)s knows and can invite you again.")
    messages.success(request, words % names)
    return redirect("proposals:proposal_list")


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_check(request: SignedInRequest, ref: str) -> HttpResponse:
    """What is missing, all answers read back, and the one button that sends them."""
    proposal = _own(request, ref)
    if not proposal.is_editable:  # also the second of two clicks
        return redirect("proposals:proposal_detail", ref)
    answers = services.answers_of(proposal, confidential=True)
    form = SubmitForm(
        request.POST if request.method == "POST" else None,
        initial={"form_version": proposal.interest.version},
    )
    lacking = missing(answers)
    if request.method == "POST" and form.is_valid() and not lacking:
        try:
            reviews_services.submit(
                proposal=proposal,
                actor=request.user,
                form_version=form.cleaned_data["form_version"] or 0,
                attestations={key: form.cleaned_data[key] for key in ATTESTATIONS},
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Sent. eLearning has it now, and a receipt is on its way."))
            return redirect("proposals:proposal_detail", ref)
    elif form.is_bound and lacking:
        words = ngettext(
            "It has not been sent: %(n)d answer is still needed, listed below.",
            "It has not been sent: %(n)d answers are still needed, listed below.",
            len(lacking),
        )
        form.add_error(None, words % {"n": len(lacking)})
    context = {
        **_read_back(proposal, answers, lacking),
        "form": form,
        "may_submit": proposal.submitter_id == request.user.pk,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "proposals/proposal_check.html", context, status=status)


def _read_back(
    proposal: Proposal, answers: Mapping[str, Any], lacking: Sequence[Missing]
) -> dict[str, Any]:
    """All answers and what is to be said of them, each with the address where it is given."""
    ref, points = proposal.reference, open_points_of(proposal)
    return {
        "proposal": proposal,
        "points": points,
        "lacking": [(item, _address(ref, item.page, f"#{item.anchor}")) for item in lacking],
        "can_wait": can_wait(answers) if lacking else [],
        "advice": [
            (each, _address(ref, each.page, f"#{each.anchor}")) for each in advice_on(answers)
        ],
        "sections": [
            (section, _address(ref, section.page.key))
            for section in read_view(answers, Audience.PROPOSER)
        ],
        "pages": with_points(_progress(proposal, answers), points),
        "lookalikes": lookalikes.panel_of(proposal),
    }


@require_POST
def proposal_leave_open(request: SignedInRequest, ref: str) -> HttpResponse:
    """All that is still open and may wait is left to the first conversation with eLearning."""
    proposal = _own(request, ref)
    try:
        count = services.leave_open(proposal=proposal, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("proposals:proposal_detail", ref)
    words = ngettext(
        "%(n)d answer is left to your first talk with eLearning.",
        "%(n)d answers are left to your first talk with eLearning.",
        count,
    )
    messages.success(request, words % {"n": count})
    return redirect("proposals:proposal_check", ref)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_delete(request: SignedInRequest, ref: str) -> HttpResponse:
    """Throws away a draft that was never sent."""
    proposal = _own(request, ref)
    refusal = ""
    if request.method == "POST":
        try:
            services.delete_draft(proposal=proposal, by=request.user)
        except ValidationError as error:
            refusal = error.messages[0]
        else:
            messages.success(request, _("The draft “%s” is deleted.") % proposal.working_title)
            return redirect("proposals:proposal_list")
    context = {"proposal": proposal, "refusal": refusal}
    status = 422 if refusal else 200
    return render(request, "proposals/proposal_delete.html", context, status=status)


def _own(request: SignedInRequest, ref: str) -> Proposal:
    """The proposal with its answers, if this person may edit it; 404 otherwise."""
    found = _OWN.rows(user=request.user, ref=ref)
    if not found:
        raise Http404
    return found[0]


def _own_rows(*, user: User, ref: str) -> QuerySet:
    waiting = WaitingOutcome.objects.filter(proposal=OuterRef("pk")).order_by()
    editable = Proposal.objects.editable_by(user).with_answers()
    return editable.annotate(has_waiting=Exists(waiting)).filter(reference=ref)


_OWN = KeptStatements(_own_rows)


def _page(
    request: SignedInRequest,
    proposal: Proposal,
    form: PageForm,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    points = open_points_of(proposal)
    context = {
        "proposal": proposal,
        "page": PAGES[form.page],
        "points": points,
        "pages": with_points(_progress(proposal, form.answers, current=form.page), points),
        "form": form,
        "is_last": form.page == [*PAGES][-1],
        "refusal": refusal,
        "files": form.page == "finish" and _form_files(request, proposal),
        "page_key": form.page_key or uuid.uuid4(),
        "session_seconds": seconds_left(request.session),
        "max_bytes": settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    }
    if form.page in lookalikes.PAGES_COMPARED:
        context["lookalikes"] = lookalikes.panel_of(proposal)
    return render(request, "proposals/proposal_edit.html", context, status=status)


def _form_files(request: SignedInRequest, proposal: Proposal) -> Documents:
    return documents_for(
        proposal=proposal,
        user=request.user,
        audience=Audience.PROPOSER,
        is_editor=True,
        place="form",
    )


def _progress(
    proposal: Proposal, answers: Mapping[str, Any], current: str = ""
) -> list[dict[str, str]]:
    """The six pages as the progress component takes them."""
    states = page_states(answers) | ({current: "current"} if current else {})
    return [
        {
            "label": f"{page.number} {page.title}",
            "url": _address(proposal.reference, page.key),
            "state": states[page.key],
            "status_text": STATE_WORDS[states[page.key]],
        }
        for page in PAGES.values()
    ]


def _address(ref: str, page: str, anchor: str = "") -> str:
    return reverse("proposals:proposal_edit", args=[ref, page]) + anchor


def _next_address(ref: str, page: str, then: str) -> str:
    """Where a saved page leads: the next one, after the last to the check, or the same again."""
    order = [*PAGES]
    if then != "next":
        return _address(ref, page)
    if page == order[-1]:
        return reverse("proposals:proposal_check", args=[ref])
    return _address(ref, order[order.index(page) + 1])
