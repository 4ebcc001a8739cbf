"""Addresses of the pages for everyone; the footer links each."""

from django.urls import path

from microcreds.public import views

urlpatterns = [
    path("examples/", views.examples, name="examples"),
    path("how-long/", views.how_long, name="how_long"),
    path("questions/", views.questions, name="questions"),
    path("help/", views.help_by_role, name="help_by_role"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
]
