"""What lists of the admin are of: rows that stay, and rows that the program alone writes."""

from typing import Any

from django.contrib import admin
from django.forms import Media
from django.http import HttpRequest

# What Django's own fields need: a day is picked, a row of another list is looked up in a window.
DAYS = ("core.js",)
LOOKUPS = ("vendor/jquery/jquery.min.js", "jquery.init.js", "admin/RelatedObjectLookups.js")


class Light(admin.ModelAdmin):
    """Rows whose form brings no script that it does not use; Django's brings 90 kB for slugs and
    lists, too."""

    scripts: tuple[str, ...] = (*LOOKUPS, *DAYS)

    @property
    def media(self) -> Media:
        return Media(js=[f"admin/js/{each}" for each in self.scripts])


class NeverDeleted(Light):
    """Rows that stay. Not counted as a whole, which costs more than a page of them."""

    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Record(NeverDeleted):
    """Rows that services write: read here, neither added nor changed."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
