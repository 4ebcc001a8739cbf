"""Nothing of the demo exists where it is off, and production cannot turn it on."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.urls import reverse

from microcreds.accounts.models import User

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "microcreds.settings.prod",
    "SECRET_KEY": "x" * 60,
    "LINK_KEY": "y" * 60,
    "SITE_URL": "https://microcreds.example",
    "ALLOWED_HOSTS": "microcreds.example",
    "DEMO": "1",
}
LOOK = """
import json, django
django.setup()
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands
from django.urls import Resolver404, resolve
from microcreds.checks import no_demo_on_a_public_server

def resolves(path):
    try:
        return bool(resolve(path))
    except Resolver404:
        return False

print(json.dumps({
    "setting": settings.DEMO,
    "app": apps.is_installed("microcreds.demo"),
    "command": "demo" in get_commands(),
    "addresses": [p for p in ("/dev/mail/", "/dev/sign-in/", "/dev/partner/") if resolves(p)],
    "refused": bool(no_demo_on_a_public_server(None)),
    "a real address": resolves("/accounts/login/"),
}))
"""


def test_production_has_no_demo_even_when_the_environment_asks_for_one():
    environment = {name: value for name, value in os.environ.items() if name != "DEMO"}
    found = subprocess.run(
        [sys.executable, "-c", LOOK],
        env=environment | PRODUCTION,
        cwd=django_settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(found.stdout) == {
        "setting": False,
        "app": False,
        "command": False,
        "addresses": [],
        "refused": False,
        "a real address": True,
    }


def test_the_check_of_a_deployment_fails_where_it_is_installed(settings):
    settings.DEMO = False

    assert [error.id for error in run_checks(include_deployment_checks=True)].count(
        "microcreds.E001"
    ) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "address",
    ["/dev/mail/", "/dev/mail/20261120T101500000001-o.eml/", "/dev/sign-in/", "/dev/partner/"],
)
def test_its_pages_are_not_there(client, settings, address, method):
    settings.DEMO = False

    assert getattr(client, method)(address).status_code == 404


@pytest.mark.django_db
def test_its_cards_are_not_there(client, settings):
    settings.DEMO = False

    page = client.get(reverse("account_login")).content

    assert b"demo" not in page.lower()


@pytest.mark.django_db
def test_its_command_refuses(settings):
    settings.DEMO = False

    with pytest.raises(CommandError):
        call_command("demo")
    assert not User.objects.exists()
