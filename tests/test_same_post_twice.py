"""A double click, a retry, the Back button: the same post again has no effect of its own."""

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session

from tests.test_bad_text import PLACES, client_of, of, post

pytestmark = pytest.mark.django_db

# What the page carries, so that the same words can also be meant twice.
KEYS = {
    "new": {"form_key": "5e0c2b1e-6f52-4f0e-9a55-0e0f6b1f7a11"},
    "message": {"key": "once"},
    "note": {"key": "once"},
}


def numbers() -> dict[str, int]:
    """How many rows each table has, but for sessions."""
    models = [each for each in apps.get_models() if each is not Session]
    return {model._meta.label: model._default_manager.count() for model in models}


@pytest.mark.parametrize("name", PLACES)
def test_the_same_post_again_adds_nothing_and_is_answered(name):
    path, good, person = of(PLACES[name])
    good |= KEYS.get(name, {})
    client = client_of(person)
    assert post(client, path, good).status_code == PLACES[name].status
    after_once = numbers()

    assert post(client, path, good).status_code in (200, 302, 409, 422)

    assert numbers() == after_once
