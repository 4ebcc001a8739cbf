"""Next step, to-dos and what was said outside the tool, written from the desk's page."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from microcreds.accounts.requests import SignedInRequest
from microcreds.keys import key_in
from reviews import todos
from reviews.admin import panels
from reviews.admin.pages import PAGE, found, show
from reviews.admin.todo_panel import todo_panel
from reviews.forms.todos import TalkForm, TickForm, ToDoForm
from reviews.models import TalkedWith, ToDo


@require_http_methods(["GET", "HEAD", "POST"])
def todo(request: SignedInRequest, pk: int) -> HttpResponse:
    """A next step (``next`` in the form's name) or a to-do is added; a GET leads to the page."""
    item = _item(request, pk)
    if request.method != "POST":
        return redirect(PAGE, pk)
    is_next = "next-words" in request.POST
    prefix = "next" if is_next else "todo"
    form = ToDoForm(request.POST, proposal=item, by=request.user, prefix=prefix)
    if form.is_valid():
        try:
            todos.add_todo(proposal=item, by=request.user, is_next=is_next, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("It is noted."))
            return redirect(f"{_page(pk)}#next-step")
    return _again(request, item, **{f"{prefix}_form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def tick(request: SignedInRequest, pk: int, todo: int) -> HttpResponse:
    """One thing is done; GET asks for a note, POST ticks it off."""
    item = _item(request, pk)
    found_todo = get_object_or_404(
        ToDo.objects.select_related("proposal", "owner"), pk=todo, proposal=item
    )
    form = TickForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            todos.tick_off(todo=found_todo, by=request.user, note=form.cleaned_data["note"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Done: %(what)s.") % {"what": found_todo.words})
            return redirect(f"{_page(pk)}#next-step")
    context = {**panels.head_of(item), "title": _("Done"), "form": form, "todo": found_todo}
    return show(request, "tick", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def talk(request: SignedInRequest, pk: int) -> HttpResponse:
    """A call, meeting or mail is noted, or struck out (``strike``); a GET leads to the page."""
    item = _item(request, pk)
    if request.method != "POST":
        return redirect(PAGE, pk)
    if "strike" in request.POST:
        return _strike(request, item)
    form = TalkForm(request.POST, prefix="talk")
    if form.is_valid():
        try:
            todos.note_talk(proposal=item, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("It is on record."))
            return redirect(f"{_page(pk)}#talks")
    return _again(request, item, talk_form=form)


def _strike(request: SignedInRequest, item: Any) -> HttpResponse:
    talks = TalkedWith.objects.select_related("proposal").filter(proposal=item)
    talk = get_object_or_404(talks, pk=key_in(request.POST["strike"]))
    try:
        todos.strike_out(talk=talk, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    return redirect(f"{_page(item.pk)}#talks")


def _item(request: SignedInRequest, pk: int) -> Any:
    item = found(request, pk)
    if not panels.Reader(request.user).sees_desk:
        raise Http404
    return item


def _page(pk: int) -> str:
    return reverse(PAGE, args=[pk])


def _again(request: SignedInRequest, item: Any, **forms: Any) -> HttpResponse:
    """The page as it was, with what is wrong in what was typed."""
    [form] = forms.values()
    page = panels.page_of(item, request.user) | todo_panel(item, request.user, **forms)
    return show(request, "proposal", page | {"wrong_form": form}, status=422)
