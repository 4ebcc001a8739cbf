"""The worker; production unless told otherwise, so a lapse fails closed."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "microcreds.settings.prod")
# However the address spells it: redis://, rediss://, redis+socket://.
TRANSPORT_ALIASES |= dict.fromkeys(("redis", "rediss"), "microcreds.broker:Transport")
app = Celery("microcreds", task_serializer="json", accept_content=["json"])
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def beat_at_once(**_: Any) -> None:
    """The worker's first heartbeat goes through the broker now: beat waits one interval first."""
    app.send_task("microcreds.outbox.tasks.beat", expires=10)
