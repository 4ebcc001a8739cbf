"""What beat asks the worker to do for the process."""

import logging

from celery import shared_task

from reviews import services

log = logging.getLogger(__name__)


@shared_task
def thaw() -> None:
    """What was on hold until today goes on."""
    _awake, stuck = services.thaw()
    for reference, reasons in stuck.items():
        log.error("%s could not go on after its hold: %s", reference, "; ".join(reasons))
