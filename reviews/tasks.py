"""What beat asks the worker to do for the process."""

import logging

from celery import shared_task

from reviews import services
from reviews.ladder.climbing import climb

log = logging.getLogger(__name__)


@shared_task
def thaw() -> None:
    """What was on hold until today goes on."""
    _awake, stuck = services.thaw()
    for reference, reasons in stuck.items():
        log.error("%s could not go on after its hold: %s", reference, "; ".join(reasons))


@shared_task
def climb_ladder() -> None:
    """What took long is told, once for each mark."""
    for fault in climb().stuck:
        log.error("the ladder could not tell of %s", fault.__notes__[-1], exc_info=fault)
