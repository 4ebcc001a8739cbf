"""The nightly checks of the mails on the desk, each with what it found."""

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from microcreds.admin_records import Record
from microcreds.outbox.events import event_of
from reviews.models import CoverageRun
from reviews.workflow import MOVES, Move


@admin.register(CoverageRun)
class CoverageRunAdmin(Record):
    list_display = ("at", "since", "moves", "due", "count")
    list_per_page = 50
    actions = None
    fields = readonly_fields = ("at", "since", "moves", "due", "count", "gaps_shown")

    @admin.display(description=_("what is missing"))
    def gaps_shown(self, run: CoverageRun) -> str:
        gaps = [
            gap | {"move": MOVES[Move(gap["move"])].label, "event": event_of(gap["event"]).name}
            for gap in run.gaps
        ]
        context = {"gaps": gaps, "more": run.count - len(gaps)}
        return render_to_string("admin/reviews/coveragerun/gaps.html", context)
