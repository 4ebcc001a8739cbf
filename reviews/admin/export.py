"""The rows that the desk's list finds, taken away as a file; each time is logged."""

from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from microcreds.accounts.requests import SignedInRequest
from proposals.downloads import HEADERS
from reviews import columns, export_jobs
from reviews import export as tables
from reviews.admin.desk_list import COLUMNS, DeskList
from reviews.admin.pages import show
from reviews.desk import sees_desk
from reviews.models import Export, TriageItem

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIST = "admin:reviews_triageitem_changelist"


def rows_found(model_admin: Any, request: SignedInRequest, kind: str) -> HttpResponseBase:
    """What the list would show on all its pages, in its order and its columns (``columns=all``: in
    all there are), as ``csv`` or ``xlsx``. A long workbook is made by the worker."""
    if kind not in ("csv", "xlsx"):
        raise Http404
    try:
        found = model_admin.get_changelist_instance(request)
    except IncorrectLookupParameters:
        return redirect(LIST)
    of = found.columns
    if request.GET.get(COLUMNS) == "all":
        of = columns.offered(sees_desk=found.sees_desk)
    _log(request, kind, found.result_count)
    if kind == "xlsx" and found.result_count > export_jobs.AT_ONCE:
        return _by_the_worker(request, found, of)
    table, name = tables.table_of(found.queryset, of), _name(kind)
    if kind == "xlsx":
        file = tables.as_xlsx(table, TemporaryFile())  # noqa: SIM115 the response closes it
        return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
    response = StreamingHttpResponse(tables.as_csv(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _by_the_worker(
    request: SignedInRequest, found: DeskList, of: list[columns.Column]
) -> HttpResponse:
    try:
        asked = export_jobs.ask_for(
            by=request.user,
            question=found.question,
            keys=[column.key for column in of],
            total=found.result_count,
        )
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect(f"{reverse(LIST)}?{found.question.query or 'all=1'}")
    return redirect("admin:reviews_triageitem_export_job", asked.pk)


@require_safe
def export(request: SignedInRequest, key: UUID) -> HttpResponse:
    """How far a workbook is, and where it is once it is ready; for whoever asked for it."""
    asked = get_object_or_404(Export, pk=key, person=request.user)
    context = {"title": _("Excel workbook"), "export": asked}
    return show(request, "export", context)


@require_safe
def take(request: SignedInRequest, key: UUID) -> HttpResponseBase:
    """The file, for whoever asked for it and may still see what is in it."""
    asked = get_object_or_404(Export, pk=key, person=request.user, state=Export.State.READY)
    may = {column.key for column in columns.offered(sees_desk=sees_desk(request.user))}
    if not set(asked.columns) <= may:
        raise Http404
    try:
        file = export_jobs.open_file(asked)
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        file, as_attachment=True, filename=_name("xlsx"), content_type=XLSX, headers=HEADERS
    )


def _name(kind: str) -> str:
    return f"proposals-{timezone.localdate():%Y-%m-%d}.{kind}"


def _log(request: SignedInRequest, kind: str, number: int) -> None:
    """Who took how much away, and by which question."""
    LogEntry.objects.create(
        user=request.user,
        content_type=ContentType.objects.get_for_model(TriageItem, for_concrete_model=False),
        object_repr=f"{number} proposals as {kind.upper()}",
        action_flag=CHANGE,
        change_message=f"Exported: {request.GET.urlencode()[:1000]}",
    )
