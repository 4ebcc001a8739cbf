"""The page of one proposal on the desk and what is saved on it. Whoever may not see it gets 404."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from microcreds.accounts.models import User
from microcreds.accounts.requests import SignedInRequest
from microcreds.kept_statements import KeptStatements
from microcreds.keys import LARGEST
from proposals.models import Proposal, Thread
from reviews import looks, services, threads
from reviews.admin import panels
from reviews.admin.place import place_around, place_in
from reviews.admin.withdrawal_panel import withdrawal_panel
from reviews.forms.notes import NoteForm
from reviews.forms.owners import AssignForm
from reviews.forms.triage import TriageForm

PAGE = "admin:reviews_triageitem_change"


def found(request: SignedInRequest, pk: int) -> Any:
    """The proposal as its reader may see it; for anyone else it does not exist."""
    items = _ITEMS.rows(request.user.rights, user=request.user, pk=pk) if pk <= LARGEST else []
    if not items:
        raise Http404
    return items[0]


_ITEMS = KeptStatements(lambda _rights, *, user, pk: panels.on_the_desk(user).filter(pk=pk))


def show(
    request: SignedInRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of the desk in the frame of Django's admin."""
    context = {**admin.site.each_context(request), "place": place_in(request), **context}
    template = f"admin/reviews/triageitem/{template}.html"
    return render(request, template, context, status=status)


@require_safe
def proposal(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read view first: the answers, then what staff add, then all that happened."""
    item = found(request, pk)
    page = panels.page_of(item, request.user) | withdrawal_panel(item)
    if request.method == "GET":
        looks.note_look(proposal=item, by=request.user, newest=next(iter(page["changes"]), None))
    return show(request, "proposal", page | {"place": place_around(request, item)})


@require_http_methods(["GET", "HEAD", "POST"])
def triage(request: SignedInRequest, pk: int) -> HttpResponse:
    """The staff-only panel is saved, or shown again with what is wrong.

    A GET comes from the sign-in page, where a save met a lost sign-in: it leads to the proposal.
    """
    item = found(request, pk)
    if not panels.Reader(request.user).sees_desk:
        raise Http404
    if request.method != "POST":
        return redirect(PAGE, pk)
    form = TriageForm(request.POST, proposal=item, by=request.user)
    if form.is_valid():
        try:
            services.save_triage(proposal=item, by=request.user, values=form.values())
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Triage is saved."))
            return redirect(PAGE, pk)
    page = panels.page_of(item, request.user, triage_form=form)
    return show(request, "proposal", page, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: SignedInRequest, pk: int) -> HttpResponse:
    """An internal note is added to the record; a GET leads to the proposal, as with ``triage``."""
    item = found(request, pk)
    if not panels.access_of(item, request.user).may_write(Thread.Kind.INTERNAL):
        raise Http404
    if request.method != "POST":
        return redirect(PAGE, pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            comment = threads.write(
                proposal=item,
                kind=Thread.Kind.INTERNAL,
                by=request.user,
                body=form.cleaned_data["body"],
                key=request.POST.get("key", "")[:64],
                uploads=request.FILES.getlist("attachments"),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The note is on record."))
            return redirect(f"{reverse(PAGE, args=[pk])}#message-{comment.pk}")
    page = panels.page_of(item, request.user, note_form=form)
    return show(request, "proposal", page, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose who owns one proposal."""
    item = found(request, pk)
    if not request.user.is_elearning:
        raise Http404
    return ask_for_owner(request, [item], proposal=item) or redirect(PAGE, pk)


def ask_for_owner(
    request: SignedInRequest, proposals: list[Proposal], proposal: Proposal | None = None
) -> HttpResponse | None:
    """The page that asks who is to own these; ``None`` once somebody does."""
    form = AssignForm(
        request.POST if "to" in request.POST else None,
        proposals=proposals,
        initial={"to": proposal and proposal.assignee_id},
    )
    if form.is_valid():
        try:
            give(request, proposals, form.cleaned_data["to"], form.cleaned_data["note"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return None
    context = {"title": _("Assign"), "form": form, "proposals": proposals, "proposal": proposal}
    return show(request, "assign", context, status=422 if form.is_bound else 200)


def give(request: SignedInRequest, proposals: list[Proposal], to: User, note: str = "") -> None:
    """These proposals are the work of ``to``, who is told; raises ``ValidationError``."""
    services.assign(proposals=proposals, to=to, by=request.user, note=note)
    done = ngettext(
        "%(n)d proposal is %(who)s's now.", "%(n)d proposals are %(who)s's now.", len(proposals)
    )
    messages.success(request, done % {"n": len(proposals), "who": to})
