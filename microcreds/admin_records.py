"""What lists of the admin are of: rows that stay, and rows that the program alone writes."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class NeverDeleted(admin.ModelAdmin):
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
