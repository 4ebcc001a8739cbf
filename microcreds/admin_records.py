"""What lists of the admin are of: rows that stay, and rows that the program alone writes."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.forms import DateInput, Media
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.text import capfirst

# A row of another list is looked up, or added, in a window of its own.
LOOKUPS = (
    "admin/js/vendor/jquery/jquery.min.js",
    "admin/js/jquery.init.js",
    "js/interpolate.js",
    "admin/js/admin/RelatedObjectLookups.js",
)
UNSHOWN = "name-unshown"  # of a group of fields: its heading, in static/css/layout.css


class Light(admin.ModelAdmin):
    """Rows whose form brings no script that it does not use, and the browser's own input of a day;
    Django's brings 100 kB for slugs, lists and a calendar."""

    scripts: tuple[str, ...] = LOOKUPS
    formfield_overrides = {
        models.DateField: {"widget": DateInput(format="%Y-%m-%d", attrs={"type": "date"})}
    }

    @property
    def media(self) -> Media:
        return Media(js=self.scripts)

    def own_url(self, route: str, view: Any, name: str) -> URLPattern:
        """A page of our own below the list, named like Django's, behind the admin's door."""
        named = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
        return path(route, self.admin_site.admin_view(view), name=named)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A group of fields without a name has that of its record, which is heard and not shown."""
        own = capfirst(self.opts.verbose_name)
        return [
            (name or own, options if name else {**options, "classes": (UNSHOWN,)})
            for name, options in super().get_fieldsets(request, obj)
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """A form that was refused is answered as everywhere else: with 422."""
        response = super().render_change_form(request, context, *args, **kwargs)
        if context.get("errors"):
            response.status_code = 422
        return response


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
