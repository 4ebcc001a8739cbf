"""The report of a period, for those who read everything; its tables taken away are logged."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from microcreds.accounts.requests import SignedInRequest
from partners.fields import day_input
from proposals.models import Term
from reviews.admin import pages, panels
from reviews.clocks import campus_day
from reviews.export import as_csv
from reviews.models import TriageItem
from reviews.report import (
    Kind,
    Period,
    Report,
    before_words,
    days_between,
    definitions,
    first_day,
    offered,
    report_on,
    summary,
    tables_of,
)
from reviews.report.periods import EARLIEST, LATEST

PAGE = "admin:reviews_triageitem_report"
_NO_DAY = {"invalid": gettext_lazy("Enter a day, such as 2026-07-01.")}


class PeriodForm(forms.Form):
    """Which period: one of those offered, or the days from ``since`` to ``until``.

    ``chosen`` is what was asked for; where nothing was, or nonsense, the newest quarter that is
    over, else the one that runs.
    """

    period = forms.ChoiceField(
        label=gettext_lazy("Period"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("There is no such period. Choose one from the list.")
        },
    )
    since = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        error_messages=_NO_DAY,
        widget=day_input(),
    )
    until = forms.DateField(
        label=gettext_lazy("To"),
        required=False,
        error_messages=_NO_DAY,
        widget=day_input(),
    )

    def __init__(self, asked: Any, *, periods: Sequence[Period], today: date) -> None:
        self.periods, self.today = {period.key: period for period in periods}, today
        quarters = [period for period in periods if period.kind == Kind.QUARTER]
        self.usual = next((each for each in quarters if each.last < today), quarters[0])
        self.chosen = self.usual
        super().__init__(asked, label_suffix="")
        self.fields["period"].choices = [  # type: ignore[attr-defined]
            (Kind(kind).label, [(period.key, period.label) for period in group])
            for kind, group in groupby(periods, key=lambda period: period.kind)
        ]

    def clean_since(self) -> date | None:
        return self._within_reason("since")

    def clean_until(self) -> date | None:
        return self._within_reason("until")

    def clean(self) -> None:
        """What is chosen follows from the days, where there are any, else from the period."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if self.errors:
            return
        if since and until and since > until:
            self.add_error("until", _("The last day is before the first."))
        elif since and since > self.today:
            self.add_error("since", _("That day is in the future."))
        elif since or until:
            for name in ("since", "until"):
                if not self.cleaned_data[name]:
                    self.add_error(name, _("Enter both days, the first and the last."))
        if not self.errors and since and until:
            self.chosen = days_between(since, until)
        elif not self.errors and self.cleaned_data.get("period"):
            self.chosen = self.periods[self.cleaned_data["period"]]

    def _within_reason(self, name: str) -> date | None:
        day = self.cleaned_data[name]
        if day and not EARLIEST <= day <= LATEST:
            raise ValidationError(
                _("Enter a day of the years %(first)d to %(last)d.")
                % {"first": EARLIEST.year, "last": LATEST.year}
            )
        return day


@require_safe
def report(request: SignedInRequest) -> HttpResponse:
    """The figures of a period beside those of the one before it; the address is its state."""
    form, found = _asked_for(request)
    period = found.period
    days = {"since": period.first.isoformat(), "until": period.last.isoformat()}
    context = {
        "title": _("Report"),
        "form": form,
        # Without days of their own the fields show those of the period.
        "day_fields": [
            (form[name], form[name].value() or ("" if form.errors else day))
            for name, day in days.items()
        ],
        "instead": _("Until that is right, here is %(period)s.") % {"period": period.label},
        "report": found,
        "period": period,
        "days": days,
        "query": urlencode({"period": period.key} if period.key else days),
        "before_words": before_words(period),
        "summary": summary(found),
        "tables": tables_of(found),
        "definitions": definitions(found),
    }
    return pages.show(request, "report", context, status=422 if form.errors else 200)


@require_safe
def table(request: SignedInRequest, key: str) -> HttpResponseBase:
    """One table of the report as CSV; with nonsense for a period, the page that says so."""
    form, found = _asked_for(request)
    if form.errors:
        return redirect(f"{reverse(PAGE)}?{request.GET.urlencode()}")
    asked = next((each for each in tables_of(found) if each.key == key), None)
    if asked is None:
        raise Http404
    period = found.period
    days = f"{period.first}–{period.last}"
    before = f"{period.before.first}–{period.before.last}" if period.before else ""
    _log(request, asked.key, period)
    response = StreamingHttpResponse(
        as_csv(asked.as_rows(days, before)), content_type="text/csv; charset=utf-8"
    )
    name = f"report-{asked.key}-{period.first}-{period.last}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _asked_for(request: SignedInRequest) -> tuple[PeriodForm, Report]:
    """For the four roles that read everything; to anyone else there is no report."""
    if not panels.Reader(request.user).sees_desk:
        raise Http404
    now = timezone.now()
    today = campus_day(now)
    since = min(first_day() or today, today)
    periods = offered(since=since, today=today, terms=list(Term.objects.all()))
    form = PeriodForm(request.GET, periods=periods, today=today)
    form.is_valid()
    return form, report_on(form.chosen, since=since, at=now)


def _log(request: SignedInRequest, key: str, period: Period) -> None:
    """Who took which table away, and of which days."""
    LogEntry.objects.create(
        user=request.user,
        content_type=ContentType.objects.get_for_model(TriageItem, for_concrete_model=False),
        object_repr=f"report, table {key}, as CSV",
        action_flag=CHANGE,
        change_message=f"Exported: {period.first} to {period.last}",
    )
