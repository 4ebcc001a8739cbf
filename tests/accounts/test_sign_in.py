"""Signing in and out, and making an account, as a browser does it."""

import re
import smtplib

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from microcreds.accounts.models import Unit, User
from microcreds.outbox.delivery import drain
from microcreds.outbox.models import Message
from tests.accounts.people import PASSWORD, person

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
CODE = "/accounts/login/code/"
CONFIRM_CODE = "/accounts/login/code/confirm/"
SIGNUP = "/accounts/signup/"
CONFIRM_ADDRESS = "/accounts/confirm-email/"
RESET = "/accounts/password/reset/"


def newest_mail() -> Message:
    return Message.objects.latest("id")


def code_in(message: Message) -> str:
    return re.search(r"^([A-Z0-9]{3,}-?[A-Z0-9]{3,})$", message.body, re.MULTILINE)[1]


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_password_signs_in_whatever_the_case_of_the_address(client):
    person()

    response = client.post(LOGIN, {"login": "DANA@Miamioh.edu", "password": PASSWORD})

    assert response.status_code == 302
    assert response["Location"] == reverse("home")
    assert is_signed_in(client)


def test_a_wrong_password_says_no_more_than_an_unknown_address(client):
    person()
    answers = [
        client.post(LOGIN, {"login": address, "password": "wrong"}).context["form"].errors
        for address in ("dana@miamioh.edu", "nobody@miamioh.edu")
    ]

    assert answers[0] == answers[1]
    assert not is_signed_in(client)


def test_many_wrong_passwords_are_stopped_and_a_forged_address_does_not_help(client):
    person()
    wrong = {"login": "dana@miamioh.edu", "password": "wrong"}
    for number in range(12):
        client.post(LOGIN, wrong, headers={"X-Forwarded-For": f"10.0.0.{number}"})

    response = client.post(LOGIN, {"login": "dana@miamioh.edu", "password": PASSWORD})

    assert "wrong too many times" in response.content.decode()
    assert not is_signed_in(client)


def test_a_mailed_code_signs_in_once(client):
    person()
    response = client.post(CODE, {"email": "dana@miamioh.edu"})
    assert response["Location"] == CONFIRM_CODE
    code = code_in(newest_mail())

    assert client.post(CONFIRM_CODE, {"code": code})["Location"] == reverse("home")
    assert is_signed_in(client)

    other = Client()
    other.post(CONFIRM_CODE, {"code": code})
    assert not is_signed_in(other)


def test_a_code_can_be_tried_three_times(client):
    person()
    client.post(CODE, {"email": "dana@miamioh.edu"})
    code = code_in(newest_mail())
    for _ in range(3):
        client.post(CONFIRM_CODE, {"code": "AAAA-BBBB"})

    client.post(CONFIRM_CODE, {"code": code})

    assert not is_signed_in(client)


@pytest.mark.parametrize("url", [CODE, RESET])
def test_an_unknown_address_gets_the_same_answer(url):
    person()
    known, unknown = Client().post(url, {"email": "dana@miamioh.edu"}), Client()
    answer = unknown.post(url, {"email": "nobody@miamioh.edu"})

    assert (answer.status_code, answer["Location"]) == (known.status_code, known["Location"])
    shown = unknown.get(answer["Location"]).content.decode()
    assert "no account" not in shown
    assert newest_mail().subject == "There is no account with this address"


@pytest.mark.parametrize("url", [CODE, RESET])
def test_a_stranger_outside_the_university_is_not_mailed(client, url):
    assert client.post(url, {"email": "stranger@example.org"}).status_code == 302
    assert not Message.objects.exists()


def test_the_next_page_stays_on_the_site(client):
    person()
    sign_in = {"login": "dana@miamioh.edu", "password": PASSWORD}
    for address in ("//evil.example", "/\\evil.example", "https://evil.example/"):
        assert client.post(LOGIN, sign_in | {"next": address})["Location"] == reverse("home")
        client.logout()

    assert client.post(LOGIN, sign_in | {"next": "/proposals/"})["Location"] == "/proposals/"


def test_who_is_not_active_does_not_sign_in(client):
    user = person()
    client.force_login(user)
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert client.get(reverse("account_change_password")).status_code == 302  # an open session
    client.logout()
    client.post(LOGIN, {"login": "dana@miamioh.edu", "password": PASSWORD})
    assert not is_signed_in(client)
    client.post(CODE, {"email": "dana@miamioh.edu"})
    assert newest_mail().subject == "There is no account with this address"


def test_signing_out_takes_a_post(client):
    client.force_login(person())

    assert client.get("/accounts/logout/").status_code == 200
    assert is_signed_in(client)
    assert client.post("/accounts/logout/")["Location"] == reverse("front")
    assert not is_signed_in(client)


def test_an_account_is_made_with_a_name_and_a_mailed_code(client):
    response = client.post(SIGNUP, {"name": " Dana Šimek ", "email": "Dana@MiamiOH.edu"})
    assert response["Location"] == CONFIRM_ADDRESS
    assert not is_signed_in(client)

    assert client.post(CONFIRM_ADDRESS, {"code": code_in(newest_mail())}).status_code == 302

    user = User.objects.get()
    assert (user.email, user.name) == ("dana@miamioh.edu", "Dana Šimek")
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).verified
    assert is_signed_in(client)


def test_a_password_can_be_set_afterwards(client):
    client.force_login(person(password=None))
    new = {"password1": PASSWORD, "password2": PASSWORD}

    assert client.get("/accounts/password/change/")["Location"] == "/accounts/password/set/"
    assert client.post("/accounts/password/set/", new)["Location"] == reverse("home")
    assert User.objects.get().check_password(PASSWORD)


def test_making_an_account_twice_looks_the_same_and_mails_the_owner():
    person()
    answers = []
    for address in ("new@miamioh.edu", "dana@miamioh.edu"):
        client = Client()
        answer = client.post(SIGNUP, {"name": "Somebody", "email": address})
        page = client.get(answer["Location"]).content.decode().replace(address, "ADDRESS")
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
        answers.append((answer.status_code, answer["Location"], page))

    assert answers[0] == answers[1]
    assert newest_mail().to == "dana@miamioh.edu"
    assert newest_mail().subject == "You already have an account"
    assert User.objects.get(email="dana@miamioh.edu").name == "Dana"


def test_two_at_once_make_one_account(client, monkeypatch):
    """Both passed the form before either was saved."""
    monkeypatch.setattr(
        "allauth.account.internal.flows.manage_email.email_already_exists",
        lambda email: (email, False),
    )
    person()

    response = client.post(SIGNUP, {"name": "Again", "email": "dana@miamioh.edu"})

    assert response["Location"] == CONFIRM_ADDRESS
    assert User.objects.get().name == "Dana"
    assert newest_mail().subject == "You already have an account"


@pytest.mark.parametrize(
    "address",
    [
        "dana@example.org",
        "dana@mail.miamioh.edu",
        "dana@miamioh.edu.example.org",
        "dana@notmiamioh.edu",
        '"x@miamioh.edu"@example.org',
    ],
)
def test_outsiders_are_told_whom_to_ask_known_or_not(client, address):
    Unit.objects.create(name="eLearning Miami", email="ask@miamioh.edu")
    new = client.post(SIGNUP, {"name": "Dana", "email": address})
    person(address)
    known = client.post(SIGNUP, {"name": "Dana", "email": address})

    assert new.context["form"].errors == known.context["form"].errors
    assert "eLearning Miami (ask@miamioh.edu)" in new.context["form"].errors["email"][0]
    assert User.objects.count() == 1
    assert not Message.objects.exists()


def test_an_invited_outsider_signs_in_by_code(client):
    person("guest@example.org", password=None)
    client.post(CODE, {"email": "guest@example.org"})

    client.post(CONFIRM_CODE, {"code": code_in(newest_mail())})

    assert is_signed_in(client)


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 121, "Da\nna", "Da\x00na", "Da\x1bna", "\u202eanaD"]
)
def test_a_name_that_is_none_is_refused_with_what_was_typed_kept(client, name):
    response = client.post(SIGNUP, {"name": name, "email": "dana@miamioh.edu"})

    assert response.context["form"].errors["name"]
    assert response.context["form"]["email"].value() == "dana@miamioh.edu"
    assert not User.objects.exists()


def test_extra_fields_give_no_power(client):
    extra = {"is_superuser": "on", "is_staff": "on", "is_active": "on", "password1": PASSWORD}
    client.post(SIGNUP, {"name": "Dana", "email": "dana@miamioh.edu", **extra})

    user = User.objects.get()
    assert not user.is_superuser
    assert not user.has_usable_password()


def test_a_new_password_comes_by_a_link_of_this_site(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://microcreds.example"
    user = person()
    client.post(RESET, {"email": user.email}, headers={"Host": "evil.example"})
    body = newest_mail().body

    assert "evil.example" not in body
    path = re.search(r"https://microcreds\.example(/accounts/password/reset/key/\S+)", body)[1]
    form = client.get(path, follow=True).request["PATH_INFO"]
    new = {"password1": "another long sentence", "password2": "another long sentence"}
    assert client.post(form, new).status_code == 302
    user.refresh_from_db()
    assert user.check_password("another long sentence")
    assert client.get(path).context["token_fail"]  # once


@pytest.mark.parametrize("key", ["x-y", "1-set-password", "zzzzzzzzzzzzz-abc-def", "1-é"])
def test_a_link_that_is_none_is_answered_in_words(client, key):
    response = client.get(f"/accounts/password/reset/key/{key}/")

    assert response.status_code == 200
    assert response.context["token_fail"]


def test_account_mails_name_no_host_of_a_request(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    person()
    for url, address in ((CODE, "no@miamioh.edu"), (CODE, "dana@miamioh.edu")):
        client.post(url, {"email": address}, headers={"Host": "evil.example"})
        client.logout()
    fields = {"name": "Dana", "email": "dana@miamioh.edu"}
    client.post(SIGNUP, fields, headers={"Host": "evil.example"})

    assert Message.objects.count() == 3
    for message in Message.objects.all():
        assert "evil.example" not in message.subject + message.body
        assert "http://testserver/" in message.body


def test_account_mails_are_due_at_once_and_leave_no_secret(client):
    person()
    client.post(CODE, {"email": "dana@miamioh.edu"})
    message = newest_mail()
    code = code_in(message)
    assert (message.event, message.priority, message.is_secret) == ("account", 0, True)
    assert message.due_at == message.created_at
    assert code not in message.subject

    drain()

    assert code in mail.outbox[0].body
    message.refresh_from_db()
    assert (message.state, message.body) == ("sent", "")


def test_with_redis_and_the_mail_server_down_signing_in_goes_on(client, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises((OSError, smtplib.SMTPException)):
        mail.send_mail("", "", None, ["x@miamioh.edu"])  # it is down
    person()

    response = client.post(CODE, {"email": "dana@miamioh.edu"})

    assert response.status_code == 302
    assert drain() == 0
    assert newest_mail().state == Message.State.QUEUED


def test_the_counts_of_tries_live_in_the_database(client):
    client.post(LOGIN, {"login": "dana@miamioh.edu", "password": "wrong"})

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache WHERE cache_key LIKE '%login_failed%'")
        assert cursor.fetchone()[0] > 0


OPEN = (LOGIN, CODE, SIGNUP, RESET, "/accounts/inactive/", "/accounts/password/reset/done/")
OPEN += ("/accounts/password/reset/key/done/",)
CLOSED = ("/accounts/password/change/", "/accounts/password/set/", "/accounts/reauthenticate/")
CLOSED += ("/accounts/email/",)


@pytest.mark.parametrize("url", OPEN)
def test_pages_for_whoever_is_not_signed_in(client, url):
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("url", CLOSED)
def test_pages_for_whoever_is_signed_in(client, url):
    assert client.get(url)["Location"] == f"{LOGIN}?next={url}"


@pytest.mark.parametrize("url", [*OPEN, *CLOSED, CONFIRM_CODE, CONFIRM_ADDRESS, "/accounts/"])
def test_no_page_fails_for_whoever_is_signed_in(client, url):
    client.force_login(person())

    assert client.get(url, follow=True).status_code == 200
