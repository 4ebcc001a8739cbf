"""Addresses for partners; names are those of docs/architecture.md."""

from django.urls import path

from partners.views import asks, endorsements, inquiries, mails, mou, pages, talk

app_name = "partners"

urlpatterns = [
    path("", pages.engagement_list, name="engagement_list"),
    path("start/", inquiries.start, name="start"),
    path("start/sent/", inquiries.started, name="started"),
    path("inquiries/<str:ref>/", inquiries.inquiry_detail, name="inquiry_detail"),
    path("link/<str:token>/", pages.link, name="link"),
    path("link/<str:token>/fresh/", pages.fresh_link, name="fresh_link"),
    path("leave/", pages.leave, name="leave"),
    path("mail/", mails.mail_list, name="mail_list"),
    path("mail/preferences/", mails.mail_preferences, name="mail_preferences"),
    path("mail/<str:key>/", mails.mail_detail, name="mail_detail"),
    path("<str:ref>/files/<str:file>/", pages.file_download, name="file_download"),
    path("<str:ref>/mou/<int:ask>/", mou.mou_turn, name="mou_turn"),
    path("<str:ref>/mou/files/<str:file>/", mou.mou_file, name="mou_file"),
    path("<str:ref>/endorsement/<str:ask>/", endorsements.endorsement, name="endorsement"),
    path(
        "<str:ref>/endorsement/<str:ask>/sign/",
        endorsements.endorsement_sign,
        name="endorsement_sign",
    ),
    path(
        "<str:ref>/endorsement/<str:ask>/decline/",
        endorsements.endorsement_decline,
        name="endorsement_decline",
    ),
    path(
        "<str:ref>/endorsement/<str:ask>/letter/",
        endorsements.endorsement_letter,
        name="endorsement_letter",
    ),
    path("<str:ref>/recorded/<str:ask>/", endorsements.recorded, name="recorded"),
    path("<str:ref>/questions/<int:pk>/", asks.questions_page, name="questions"),
    path("<str:ref>/meeting/<int:pk>/", asks.meeting_time, name="meeting_time"),
    path("<str:ref>/write/", talk.write, name="write"),
    path("<str:ref>/colleague/", talk.colleague, name="colleague"),
    path("<str:ref>/history/", talk.history, name="history"),
    path("<str:ref>/as/<int:contact>/", pages.engagement_as, name="engagement_as"),
    path("<str:ref>/", pages.engagement_detail, name="engagement_detail"),
]
