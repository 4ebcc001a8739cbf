"""Addresses of the demo, below /dev/; there is none of them in production."""

from django.urls import path

from microcreds.demo import views

app_name = "demo"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("partner/", views.partner, name="partner"),
    path("mail/", views.mail_list, name="mail_list"),
    path("mail/<str:name>/", views.mail_detail, name="mail_detail"),
]
