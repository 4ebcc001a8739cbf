from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "microcreds.outbox"
    verbose_name = "Mail"
