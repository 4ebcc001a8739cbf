"""The page of one proposal on the desk and what is saved on it. Whoever may not see it gets 404."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from proposals import services as proposals_services
from reviews import services
from reviews.admin import panels
from reviews.forms import AssignForm, NoteForm, TriageForm
from reviews.models import TriageItem

PAGE = "admin:reviews_triageitem_change"


def found(request: HttpRequest, pk: int) -> TriageItem:
    """The proposal as its reader may see it; for anyone else it does not exist."""
    return get_object_or_404(panels.on_the_desk(request.user), pk=pk)


def show(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of the desk in the frame of Django's admin."""
    context = {**admin.site.each_context(request), **context}
    template = f"admin/reviews/triageitem/{template}.html"
    return render(request, template, context, status=status)


@require_safe
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Read view first: the answers, then what staff add, then all that happened."""
    item = found(request, pk)
    return show(request, "proposal", panels.page_of(item, request.user))


@require_POST
def triage(request: HttpRequest, pk: int) -> HttpResponse:
    """The staff-only panel is saved, or shown again with what is wrong."""
    item = found(request, pk)
    if not panels.Reader(request.user).sees_desk:
        raise Http404
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


@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """An internal note is added to the record."""
    item = found(request, pk)
    if not request.user.is_elearning:
        raise Http404
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            proposals_services.add_note(
                proposal=item, author=request.user, body=form.cleaned_data["body"]
            )
        except ValidationError as refusal:
            form.add_error("body", refusal)
        else:
            messages.success(request, _("The note is on record."))
            return redirect(PAGE, pk)
    page = panels.page_of(item, request.user, note_form=form)
    return show(request, "proposal", page, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose who owns one proposal."""
    item = found(request, pk)
    if not request.user.is_elearning:
        raise Http404
    form = AssignForm(
        request.POST if request.method == "POST" else None,
        proposals=[item],
        initial={"to": item.assignee_id},
    )
    if form.is_valid():
        to = form.cleaned_data["to"]
        try:
            services.assign(proposals=[item], to=to, by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("%(who)s owns it now.") % {"who": to})
            return redirect(PAGE, pk)
    context = {"title": _("Assign"), "form": form, "proposals": [item], "proposal": item}
    return show(request, "assign", context, status=422 if form.is_bound else 200)
