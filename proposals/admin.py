"""Reference data of the forms."""

from django.contrib import admin

from proposals.models import Term


@admin.register(Term)
class TermAdmin(admin.ModelAdmin):
    list_display = ("name", "starts_on", "ends_on")
    ordering = ("-starts_on",)
