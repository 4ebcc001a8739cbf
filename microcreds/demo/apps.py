from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo's people, proposals and mailbox. Not installed by production settings."""

    name = "microcreds.demo"
