"""The admin as it comes."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from bench.floor.celery import send_mail
from bench.floor.models import Idea


@admin.register(Idea)
class IdeaAdmin(admin.ModelAdmin):
    list_display = ("id", "title", "stage", "owner", "created_at")
    list_filter = ("stage",)
    list_per_page = 50
    search_fields = ("title",)
    raw_id_fields = ("owner",)
    actions = ("accept",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Idea]:
        return super().get_queryset(request).select_related("owner")

    def save_model(self, request: HttpRequest, obj: Idea, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        send_mail.delay(obj.owner.email, obj.title)

    @admin.action(description="Accept")
    def accept(self, request: HttpRequest, queryset: QuerySet[Idea]) -> None:
        ideas = list(queryset)
        queryset.update(stage="accepted")
        for idea in ideas:
            send_mail.delay(idea.owner.email, idea.title)
