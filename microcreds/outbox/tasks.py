"""What beat asks the worker to do."""

from celery import shared_task
from django.db.models.functions import Now

from microcreds.outbox import delivery, digests, purging
from microcreds.outbox.models import Heartbeat


@shared_task
def deliver_due() -> None:
    """Due mails leave."""
    delivery.drain()


@shared_task
def send_digests() -> None:
    """What was gathered for readers until now leaves."""
    digests.send_digests()


@shared_task
def purge_bodies() -> None:
    """Texts of old mails are gone, of those that left and of those that came in."""
    purging.purge_bodies()
    purging.empty_incoming()


@shared_task
def beat() -> None:
    """Says that a task came through the broker and reached a worker, by the database's clock."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(id=1, beat_at=Now())],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["beat_at"],
    )
