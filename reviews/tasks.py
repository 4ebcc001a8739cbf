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


# Longer than others may take, and shorter than the broker waits before it hands a task out again.
@shared_task(soft_time_limit=240, time_limit=270)
def climb_ladder() -> None:
    """What took long is told, once for each mark."""
    for fault in climb().stuck:
        log.error("the ladder could not tell of %s", fault.__notes__[-1], exc_info=fault)
