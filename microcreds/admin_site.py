"""Django's admin, with the site's own door and a 404 for whoever has no business there."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class AdminSite(admin.AdminSite):
    site_header = _("Microcreds desk")
    site_title = _("Microcreds desk")
    index_title = _("Everything on the desk")
    enable_nav_sidebar = False

    def admin_view(self, view, cacheable=False):
        """Signed in without a role for the admin: there is nothing here (design.md §3.1)."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise Http404
            return inner(request, *args, **kwargs)

        return guarded
