"""Next step, to-dos and what was said outside the tool, written from the desk's page."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from microcreds.accounts.models import User
from microcreds.accounts.requests import SignedInRequest
from microcreds.keys import key_in
from reviews import permits, todos
from reviews.admin import panels
from reviews.admin.pages import PAGE, found, show
from reviews.admin.todo_panel import todo_form_for, todo_panel
from reviews.forms.todos import StepDoneForm, TalkForm, TickForm
from reviews.models import TalkedWith, ToDo


@require_http_methods(["GET", "HEAD", "POST"])
def todo(request: SignedInRequest, pk: int) -> HttpResponse:
    """A next step (``next`` in the form's name) or a to-do is added; a GET leads to the page."""
    item = _item(request, pk)
    if request.method != "POST":
        return redirect(PAGE, pk)
    is_next = "next-words" in request.POST
    prefix = "next" if is_next else "todo"
    form = todo_form_for(item, request.user, request.POST, prefix=prefix)
    if form.is_valid():
        try:
            added = todos.add_todo(
                proposal=item, by=request.user, is_next=is_next, **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _noted(added, request.user))
            return redirect(f"{_page(pk)}#next-step")
    return _again(request, item, **{f"{prefix}_form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def tick(request: SignedInRequest, pk: int, todo: int) -> HttpResponse:
    """One thing is done, or after all not (``reopen``); GET asks for a note, POST ticks it off."""
    item = _item(request, pk)
    found_todo = get_object_or_404(
        ToDo.objects.select_related("proposal", "owner"), pk=todo, proposal=item
    )
    if "reopen" in request.POST:
        return _reopen(request, found_todo)
    goes_on = found_todo.is_next and _may_go_on(request, item)
    kind = StepDoneForm if goes_on else TickForm
    form = kind(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            after = todos.tick_off_and_go_on(todo=found_todo, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            done = _("Done: %(what)s.") % {"what": found_todo.words}
            told = f"{done} {_noted(after, request.user)}" if after else done
            messages.success(request, told)
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
            told = _("It is on record, for eLearning only.")
            if form.cleaned_data["audience"] == TalkedWith.Audience.PROPOSERS:
                told = _("It is on record, and on the proposers' page.")
            messages.success(request, told)
            return redirect(f"{_page(pk)}#talks")
    return _again(request, item, talk_form=form)


def _reopen(request: SignedInRequest, todo: ToDo) -> HttpResponse:
    try:
        todos.reopen_todo(todo=todo, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("To do again: %(what)s") % {"what": todo.words})
    return redirect(f"{_page(todo.proposal_id)}#next-step")


def _noted(todo: ToDo, by: User) -> str:
    """Who has what to do by when, and whether a mail says so."""
    words = {"what": todo.words, "who": todo.owner, "day": date_format(todo.by_day, "D j M")}
    if todo.owner == by:
        return _("Noted for you, by %(day)s: %(what)s") % words
    return _("Noted for %(who)s, who gets a mail, by %(day)s: %(what)s") % words


def _may_go_on(request: SignedInRequest, item: Any) -> bool:
    """Whether this person can say what comes next of it."""
    involved = permits.parties_in(item).involved(request.user)
    works_on_it = permits.may_work_on(request.user, item, involved=involved)
    return works_on_it and item.stage not in todos.HAS_ENDED


def _strike(request: SignedInRequest, item: Any) -> HttpResponse:
    talks = TalkedWith.objects.select_related("proposal").filter(proposal=item)
    talk = get_object_or_404(talks, pk=key_in(request.POST["strike"]))
    try:
        todos.strike_out(talk=talk, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("It is struck out, and stays on record that way."))
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
