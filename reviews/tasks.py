"""What beat asks the worker to do for the process."""

import logging

from celery import shared_task
from django.utils import timezone

from partners import typed
from reviews import coverage, export_jobs, files_of_mail, queue_watch, services
from reviews.inquiries import receiving
from reviews.ladder.climbing import climb
from reviews.models import QueueWatch
from reviews.mou import days

log = logging.getLogger(__name__)


@shared_task
def thaw() -> None:
    """What was on hold until today goes on."""
    _awake, stuck = services.thaw()
    for reference, reasons in stuck.items():
        log.error("%s could not go on after its hold: %s", reference, "; ".join(reasons))


@shared_task
def tell_of_queues_at_once() -> None:
    """Whoever asked to be told at once knows what entered their queues."""
    queue_watch.tell(how=QueueWatch.How.AT_ONCE)


@shared_task
def tell_of_queues_daily() -> None:
    """Whoever asked to be told each working day knows what entered their queues."""
    queue_watch.tell(how=QueueWatch.How.DAILY)


@shared_task(soft_time_limit=280, time_limit=290)
def make_exports() -> None:
    """The workbook that has waited longest is made. One a tick, so that mails go out between."""
    export_jobs.make_next()


@shared_task
def sweep_exports() -> None:
    """Workbooks older than a day are gone."""
    export_jobs.sweep()


@shared_task(soft_time_limit=280, time_limit=290)
def check_coverage() -> None:
    """What is missing of the last two weeks' mails stands on the desk."""
    run = coverage.check(since=timezone.now() - coverage.NIGHTLY)
    if run.count:
        log.error("%d mails are missing or lost; see the checks of the mails", run.count)


@shared_task
def forget_typed() -> None:
    """What partners typed and never came back for is gone after a few days."""
    typed.forget_old()


@shared_task
def forget_files_of_mail() -> None:
    """Files of unsorted mail whose text is gone are gone, too."""
    files_of_mail.forget_emptied()


@shared_task
def sweep_inquiries() -> None:
    """Inquiries whose address nobody confirmed within a week are gone."""
    receiving.sweep()


@shared_task(soft_time_limit=280, time_limit=290)
def tend_mous() -> None:
    """Memoranda are in force or run out as the day says, and who has to know of it is told."""
    days.tend()


# Longer than others may take, and shorter than the broker waits before it hands a task out again.
@shared_task(soft_time_limit=240, time_limit=270)
def climb_ladder() -> None:
    """What took long is told, once for each mark."""
    for fault in climb().stuck:
        log.error("the ladder could not tell of %s", fault.__notes__[-1], exc_info=fault)
