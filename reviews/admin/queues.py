"""The pages on which people keep their queues. Another's private queue does not exist."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from microcreds.accounts.requests import SignedInRequest
from microcreds.keys import key_in
from reviews import filters, queues
from reviews.admin.desk_list import desk_for
from reviews.admin.pages import show
from reviews.columns import COLUMNS
from reviews.forms.queues import QueueForm
from reviews.models import Queue, QueueWatch
from reviews.questions import Question
from reviews.queue_list import Listed, may_change

LIST = "admin:reviews_triageitem_changelist"
MANAGE = "admin:reviews_triageitem_queues"
FILTERS = (
    filters.StageFilter,
    filters.UnitFilter,
    filters.TurnFilter,
    filters.OwnerFilter,
    filters.DueFilter,
    filters.NextStepFilter,
)


@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: SignedInRequest) -> HttpResponse:
    """Every queue of its reader: which the desk opens with, of which mails come, their order."""
    if request.method == "POST":
        return _arrange(request)
    desk, user = desk_for(request), request.user
    stored = {str(row.pk): row for row in Queue.objects.visible_to(user).select_related("owner")}
    watched = dict(user.queue_watches.values_list("key", "how"))
    rows = [
        {
            "queue": queue,
            "stored": stored.get(queue.key),
            "may_change": queue.key in stored and may_change(stored[queue.key], user),
            "how": watched.get(queue.key, ""),
        }
        for queue in desk.queues
    ]
    context = {
        "title": _("Views"),
        "rows": rows,
        "start": desk.start if desk.queue(desk.start) else "",
        "hows": [("", _("No mail")), *QueueWatch.How.choices],
    }
    return show(request, "queues", context)


def _arrange(request: SignedInRequest) -> HttpResponse:
    """One is moved up or down; otherwise the form as a whole is kept."""
    for way in ("up", "down"):
        if key := request.POST.get(way):
            return _move(request, key, way == "up")
    watches = {
        queue.key: request.POST[f"mail-{queue.key}"]
        for queue in desk_for(request).queues
        if f"mail-{queue.key}" in request.POST
    }
    start = request.POST.get("start")
    return _done(
        request,
        lambda: queues.set_up(by=request.user, start=start, watches=watches),
        _("Your views are saved."),
    )


def _move(request: SignedInRequest, key: str, up: bool) -> HttpResponse:
    queue = _changeable(request, key_in(key))
    try:
        queues.move_queue(queue=queue, by=request.user, up=up)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    return redirect(f"{reverse(MANAGE)}#queue-{queue.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """The list as its address says is saved under a name."""
    question = Question.read(request.GET)
    form = QueueForm(request.POST if request.method == "POST" else None, by=request.user)
    if form.is_valid():
        keys = request.GET.getlist("column")
        try:
            queue = queues.save_queue(
                by=request.user, query=question.query, keys=keys, **form.values()
            )
        except ValidationError as refusal:
            add_errors(form, refusal)
        else:
            messages.success(request, _("“%(name)s” is saved.") % {"name": queue.name})
            return redirect(_opened(queue))
    context = {"title": _("Save this view"), "form": form, **_asks(request, question)}
    return show(request, "queue", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Its name and its readers."""
    queue = _changeable(request, pk)
    initial = {"name": queue.name, "audience": queue.audience, "unit": queue.unit_id}
    form = QueueForm(
        request.POST if request.method == "POST" else None, by=request.user, initial=initial
    )
    if form.is_valid():
        try:
            queues.change_queue(queue=queue, by=request.user, **form.values())
        except ValidationError as refusal:
            add_errors(form, refusal)
        else:
            messages.success(request, _("The view is saved."))
            return redirect(MANAGE)
    asks = _asks(request, Question.read(queue.query))
    context = {"title": queue.name, "form": form, "queue": queue, **asks}
    return show(request, "queue", context, status=422 if form.is_bound else 200)


@require_POST
def update(request: SignedInRequest, pk: int) -> HttpResponse:
    """It asks what the list asks now, which is the ``query`` sent along."""
    queue = _changeable(request, pk)
    query, keys = request.POST.get("query", ""), request.POST.getlist("column")
    done = _("“%(name)s” is saved as it is now.") % {"name": queue.name}

    def take_over() -> None:
        queues.take_over(queue=queue, by=request.user, query=query, keys=keys or queue.columns)

    answer = _done(request, take_over, done)
    queue.refresh_from_db()
    answer["Location"] = _opened(queue)
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET asks; POST deletes it for everybody who has it."""
    queue = _changeable(request, pk)
    if request.method == "POST":
        name = {"name": queue.name}
        return _done(
            request,
            lambda: queues.delete_queue(queue=queue, by=request.user),
            _("“%(name)s” is deleted.") % name,
        )
    watching = queue.watches.exclude(person=request.user).count()
    context = {"title": _("Delete"), "queue": queue, "watching": watching}
    return show(request, "queue_delete", context)


def add_errors(form: QueueForm, refusal: ValidationError) -> None:
    """Beside the input where there is one; above them all otherwise."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, wrong in refusal.error_dict.items():
        form.add_error(name if name in form.fields else None, wrong)


def _done(request: SignedInRequest, service: Any, words: str) -> HttpResponse:
    """Back to the page of all queues, with what became of it."""
    try:
        service()
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, words)
    return redirect(MANAGE)


def _changeable(request: SignedInRequest, pk: int) -> Queue:
    seen = Queue.objects.visible_to(request.user).select_related("owner", "unit")
    queue = get_object_or_404(seen, pk=pk)
    if not may_change(queue, request.user):
        raise Http404
    return queue


def _opened(queue: Queue) -> str:
    return f"{reverse(LIST)}?{Listed(str(queue.pk), queue.name, queue.query).address}"


def _asks(request: HttpRequest, question: Question) -> dict[str, Any]:
    """What a queue asks, in words: each filter with what is chosen, the words, the order."""
    asked = dict(question.filters)
    specs = [
        each(request, {each.parameter_name: list(asked[each.parameter_name])}, Queue, None)
        for each in FILTERS
        if each.parameter_name in asked
    ]
    said: list[tuple[object, object]] = [
        (spec.title, spec.said if not spec.is_one else _("Yes")) for spec in specs
    ]
    if question.words:
        said.append((_("Search"), question.words))
    if question.order:
        heading = str(COLUMNS[question.order.removeprefix("-")].heading)
        way = _("(descending)") if question.order.startswith("-") else ""
        said.append((_("In order of"), f"{heading} {way}".strip()))
    back = f"{reverse(LIST)}?{question.query or urlencode({'all': 1})}"
    return {"said": said, "back": back}
