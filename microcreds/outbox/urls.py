from django.urls import path

from microcreds.outbox import adapters, views

app_name = "mail"
urlpatterns = [
    path("", views.mail_list, name="mail_list"),
    path("preferences/", views.mail_preferences, name="mail_preferences"),
    path("unsubscribe/<str:token>/", views.unsubscribe_page, name="unsubscribe"),
    path("events/", adapters.mail_events, name="mail_events"),
    path("replies/", adapters.mail_replies, name="mail_replies"),
    path("<str:key>/", views.mail_detail, name="mail_detail"),
]
