from django.urls import path

from microcreds.outbox import views

app_name = "mail"
urlpatterns = [
    path("", views.mail_list, name="mail_list"),
    path("preferences/", views.mail_preferences, name="mail_preferences"),
    path("unsubscribe/<str:token>/", views.unsubscribe_page, name="unsubscribe"),
    path("<str:key>/", views.mail_detail, name="mail_detail"),
]
