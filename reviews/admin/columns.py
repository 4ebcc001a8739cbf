"""The page on which somebody chooses the columns of their list, or of one queue."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from microcreds.accounts.requests import SignedInRequest
from microcreds.keys import key_in
from reviews import columns, queues
from reviews.admin.desk_list import QUEUE, desk_for
from reviews.admin.pages import show
from reviews.desk import sees_desk
from reviews.forms.queues import keys_in
from reviews.models import Queue
from reviews.questions import Question
from reviews.queue_list import may_change

LIST = "admin:reviews_triageitem_changelist"


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: SignedInRequest) -> HttpResponse:
    """Which, and in which order; the address names the list that it leads back to."""
    sees = sees_desk(request.user)
    queue, desk = _queue(request), desk_for(request)
    of_queue = tuple(queue.columns) if queue else ()
    if request.method == "POST":
        is_usual = "usual" in request.POST
        keys = [] if is_usual else keys_in(request.POST, columns.offered(sees_desk=sees))
        of = queue if request.POST.get("for") == "queue" else None
        try:
            queues.choose_columns(by=request.user, keys=keys, queue=of)
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
        else:
            messages.success(request, _("The list has these columns now."))
        return redirect(_back(request))
    shown = columns.chosen(of_queue or desk.columns, sees_desk=sees)
    others = [column for column in columns.offered(sees_desk=sees) if column not in shown]
    context = {
        "title": _("Columns"),
        "shown": shown[1:],
        "others": others,
        "queue": queue,
        "is_of_queue": bool(of_queue),
        "back": _back(request),
    }
    return show(request, "columns", context)


def _queue(request: SignedInRequest) -> Queue | None:
    """The queue the list was opened by, where its columns are this person's to choose."""
    key = key_in(request.GET.get(QUEUE, ""))
    if not key:
        return None
    queue = Queue.objects.visible_to(request.user).filter(pk=key).first()
    return queue if queue and may_change(queue, request.user) else None


def _back(request: SignedInRequest) -> str:
    """The list, asked as it was; nothing of an address that it does not know goes along."""
    query = Question.read(request.GET).query
    key = request.GET.get(QUEUE, "")
    opened_by = f"{QUEUE}={key}&" if desk_for(request).queue(key) else ""
    return f"{reverse(LIST)}?{opened_by}{query}" if opened_by or query else f"{reverse(LIST)}?all=1"
