"""Django's admin, with the site's own door, a 404 for whoever has no business there, and lists that
answer no question they do not offer."""

import re
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

# What Django's filters beside a list put behind the name of their column.
FILTER_ENDINGS = ("", "__exact", "__id__exact", "__isnull", "__gte", "__lt")


def is_offered(model_admin, lookup, value, request=None):
    """Whether a list may be narrowed so by its address: only by the filters that stand beside it.

    Django takes any column. Letter by letter that tells what its reader may not see (a mailed code,
    a hash), and a year or a pattern that the database refuses is an error.
    """
    offered: set[str] = set()
    for each in model_admin.get_list_filter(request):
        # A filter with a name of its own, or a column, alone or with the filter that words it.
        if name := getattr(each, "parameter_name", None):
            offered.add(name)
        else:
            column = each if isinstance(each, str) else each[0]
            offered |= {column + ending for ending in FILTER_ENDINGS}
    return lookup in offered


class AdminSite(admin.AdminSite):
    site_header = _("Microcreds desk")
    site_title = _("Microcreds desk")
    index_title = _("Everything on the desk")
    enable_nav_sidebar = False

    def register(self, model_or_iterable, admin_class=None, **options):
        """As Django's; whatever is registered narrows its list by ``is_offered`` alone."""
        super().register(model_or_iterable, admin_class, lookup_allowed=is_offered, **options)

    def admin_view(self, view, cacheable=False):
        """Signed in without a role for the admin: there is nothing here (design.md §3.1).
        Nonsense where a list's ticked rows stand selects nothing, on any list."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise Http404
            # A row's number as a list prints it; anything else would be an error in the database.
            ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
            if not all(re.fullmatch(r"[0-9]{1,18}", pk) for pk in ticked):
                messages.warning(request, _("Choose rows from the list first."))
                return redirect(request.get_full_path())
            return inner(request, *args, **kwargs)

        return guarded
