"""Addresses for partners; names are those of docs/architecture.md."""

from django.urls import path

from partners import views

app_name = "partners"

urlpatterns = [
    path("", views.engagement_list, name="engagement_list"),
    path("link/<str:token>/", views.link, name="link"),
    path("leave/", views.leave, name="leave"),
    path("mail/", views.mail_list, name="mail_list"),
    path("mail/preferences/", views.mail_preferences, name="mail_preferences"),
    path("mail/<str:key>/", views.mail_detail, name="mail_detail"),
    path("<str:ref>/files/<str:file>/", views.file_download, name="file_download"),
    path("<str:ref>/as/<int:contact>/", views.engagement_as, name="engagement_as"),
    path("<str:ref>/", views.engagement_detail, name="engagement_detail"),
]
