"""What beat asks the worker to do for proposals."""

from celery import shared_task

from proposals import services
from proposals.services import files


@shared_task
def scan_files() -> None:
    """Files that wait for the virus check have their verdict."""
    files.scan_pending()


@shared_task
def sweep_files() -> None:
    """Files whose row never came, or is gone, are gone too."""
    files.sweep()


@shared_task
def remind_of_idle_drafts() -> None:
    """Owners of drafts that lie idle are reminded."""
    services.remind_of_idle_drafts()
