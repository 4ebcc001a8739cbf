"""The rows that the desk's list finds, taken away as a file; each time is logged."""

from tempfile import TemporaryFile

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters, ModelAdmin
from django.contrib.contenttypes.models import ContentType
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from microcreds.accounts.requests import SignedInRequest
from reviews import export
from reviews.admin import panels
from reviews.models import TriageItem

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def rows_found(model_admin: ModelAdmin, request: SignedInRequest, kind: str) -> HttpResponseBase:
    """What the list would show on all its pages, in its order, as ``csv`` or ``xlsx``."""
    if kind not in ("csv", "xlsx"):
        raise Http404
    try:
        found = model_admin.get_changelist_instance(request)
    except IncorrectLookupParameters:
        return redirect("admin:reviews_triageitem_changelist")
    _log(request, kind, found.result_count)
    table = export.table_of(found.queryset, sees_desk=panels.Reader(request.user).sees_desk)
    name = f"proposals-{timezone.localdate():%Y-%m-%d}.{kind}"
    if kind == "xlsx":
        file = export.as_xlsx(table, TemporaryFile())  # noqa: SIM115 the response closes it
        return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
    response = StreamingHttpResponse(export.as_csv(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _log(request: SignedInRequest, kind: str, number: int) -> None:
    """Who took how much away, and by which question."""
    LogEntry.objects.create(
        user=request.user,
        content_type=ContentType.objects.get_for_model(TriageItem, for_concrete_model=False),
        object_repr=f"{number} proposals as {kind.upper()}",
        action_flag=CHANGE,
        change_message=f"Exported: {request.GET.urlencode()[:1000]}",
    )
