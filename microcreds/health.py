"""What monitors and load balancers ask; answered without session, user or template."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import sync_only_middleware
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from microcreds.outbox import watch
from microcreds.outbox.models import Heartbeat
from microcreds.outbox.watch import WORKER_IS_LATE_AFTER

GetResponse = Callable[[HttpRequest], HttpResponse]

_is_migrated = False


@sync_only_middleware
def forget_cookies(get_response: GetResponse) -> GetResponse:
    """Whoever asks after our health is nobody: a session would be read from the database."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info in ("/healthz", "/readyz"):
            request.COOKIES = {}
        return get_response(request)

    return middleware


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while the database answers and is migrated, else 503.

    A late worker is named, but takes no web process out of service; with ``?all=1``, for monitors,
    it does, and how mail is doing is told too.
    """
    database, worker = _states()
    told: dict[str, object] = {"database": database, "worker": worker}
    asks_all = request.GET.get("all") == "1"
    if asks_all and database == "ok":
        told["mail"] = _mail()
    is_ready = database == "ok" and (worker == "ok" or not asks_all)
    return JsonResponse(told, status=200 if is_ready else 503)


def _mail() -> dict[str, object]:
    """For monitors to judge: since when a mail is due, how many failed, whether all is held."""
    state = watch.state_of_mail()
    return {
        "oldest_due": state.oldest_due.isoformat() if state.oldest_due else None,
        "failed": state.failed,
        "undeliverable": state.broken,
        "worker_seen": state.worker_seen.isoformat() if state.worker_seen else None,
        "held": state.is_held,
    }


def _states() -> tuple[str, str]:
    try:
        if not _database_is_migrated():
            return "not migrated", "unknown"
        beats = Heartbeat.objects.filter(beat_at__gte=Now() - WORKER_IS_LATE_AFTER)
        return "ok", "ok" if beats.exists() else "late"
    except Error:
        return "down", "unknown"


def _database_is_migrated() -> bool:
    """Asked until it is true: reading every migration is slow, and no running process is undone."""
    global _is_migrated
    if not _is_migrated:
        executor = MigrationExecutor(connection)
        _is_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _is_migrated
