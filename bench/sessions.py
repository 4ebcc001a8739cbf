"""Signed in without a sign-in page, which is no part of what is measured."""

from typing import Any

from django.conf import settings
from django.test import Client


def session_of(user: Any) -> str:
    """The cookie of a session of this person's."""
    browser = Client()
    browser.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
    return browser.cookies[settings.SESSION_COOKIE_NAME].value
