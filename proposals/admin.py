"""Reference data of the forms."""

from django.contrib import admin

from microcreds.admin_records import Light
from proposals.models import Term


@admin.register(Term)
class TermAdmin(Light):
    list_display = ("name", "starts_on", "ends_on")
    ordering = ("-starts_on",)
