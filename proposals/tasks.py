"""What beat asks the worker to do about proposals."""

from celery import shared_task

from proposals import services


@shared_task
def remind_of_idle_drafts() -> None:
    """Owners of drafts that lie idle are reminded."""
    services.remind_of_idle_drafts()
