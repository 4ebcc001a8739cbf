"""Every address of the site; names fixed by contract are listed in docs/architecture.md."""

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from microcreds import health, views
from reviews.admin import home

handler400 = "microcreds.views.bad_request"
handler500 = "microcreds.views.server_error"

urlpatterns = [
    path("", views.front, name="front"),
    path("", include("microcreds.public.urls")),
    path("home/", views.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("microcreds.accounts.urls")),
    path("proposals/", include("proposals.urls")),
    path("asks/", include("reviews.urls")),
    path("partners/", include("partners.urls")),
    path("mail/", include("microcreds.outbox.urls")),
    # The admin is no second door: its sign-in page is the site's.
    path(
        "admin/login/",
        login_not_required(RedirectView.as_view(pattern_name="account_login", query_string=True)),
    ),
    # Before the site's own index, which has the same address and the name "admin:index".
    path("admin/", admin.site.admin_view(home.home), name="desk_home"),
    path("admin/", admin.site.urls),
]

if apps.is_installed("microcreds.demo"):
    urlpatterns.append(path("dev/", include("microcreds.demo.urls")))
