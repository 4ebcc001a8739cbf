"""What ``check --deploy`` refuses beside Django's own."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register(deploy=True)
def no_demo_on_a_public_server(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """The demo signs anyone in by a click, so it has no place where a deployment is checked."""
    if not settings.DEMO and not apps.is_installed("microcreds.demo"):
        return []
    return [
        Error(
            "The demo is on: anyone could sign in as any of its people.",
            hint="Leave DEMO off and microcreds.demo out of INSTALLED_APPS.",
            id="microcreds.E001",
        )
    ]
