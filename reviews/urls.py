"""The page of what is asked of its reader; everything else of this app is in the admin."""

from django.urls import path

from reviews import views

app_name = "asks"

urlpatterns = [path("", views.ask_list, name="ask_list")]
