"""Addresses for partners; names are those of docs/architecture.md."""

from django.urls import path

from partners.views import asks, inquiries, mails, pages, talk

app_name = "partners"

urlpatterns = [
    path("", pages.engagement_list, name="engagement_list"),
    path("start/", inquiries.start, name="start"),
    path("start/sent/", inquiries.started, name="started"),
    path("inquiries/<str:ref>/", inquiries.inquiry_detail, name="inquiry_detail"),
    path("link/<str:token>/", pages.link, name="link"),
    path("leave/", pages.leave, name="leave"),
    path("mail/", mails.mail_list, name="mail_list"),
    path("mail/preferences/", mails.mail_preferences, name="mail_preferences"),
    path("mail/<str:key>/", mails.mail_detail, name="mail_detail"),
    path("<str:ref>/files/<str:file>/", pages.file_download, name="file_download"),
    path("<str:ref>/questions/<int:pk>/", asks.questions_page, name="questions"),
    path("<str:ref>/meeting/<int:pk>/", asks.meeting_time, name="meeting_time"),
    path("<str:ref>/write/", talk.write, name="write"),
    path("<str:ref>/colleague/", talk.colleague, name="colleague"),
    path("<str:ref>/history/", talk.history, name="history"),
    path("<str:ref>/as/<int:contact>/", pages.engagement_as, name="engagement_as"),
    path("<str:ref>/", pages.engagement_detail, name="engagement_detail"),
]
