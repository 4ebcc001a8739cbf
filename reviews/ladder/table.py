"""Every number of the ladder: after how long who is told; when a clock is late, ``LIMITS`` says."""

from dataclasses import dataclass

from proposals.models import Stage
from reviews.stage_clock import Mark


@dataclass(frozen=True, slots=True)
class Tells:
    """Who is told at a mark: whoever owes the step always, and these besides."""

    lead: bool
    proposers: bool


# At 150 percent domain.md asks for the director; who leads eLearning is that here.
MARKS: dict[Mark, Tells] = {
    Mark.CLOSE: Tells(lead=False, proposers=False),
    Mark.DUE: Tells(lead=True, proposers=False),
    # The desk heard on the day itself, unless that day went by untold.
    Mark.OVER: Tells(lead=True, proposers=True),
    Mark.LATE: Tells(lead=True, proposers=True),
}
# Working days without a save after which the owner of a full proposal is asked how it goes, after
# which it is put on hold, and calendar days until it is looked at again.
IDLE_DAYS = (15, 30, 60)
IDLE_HOLD_AFTER = 120
IDLE_HOLD_FOR = 90
IDLE_HOLD_REASON = "timing"
# Months before its end at which an approval is spoken of; at the first the renewal review opens.
EXPIRY_MONTHS = (12, 6, 3, 1)
APPROVED_STAGES = (
    Stage.APPROVED,
    Stage.DEVELOPMENT,
    Stage.ACTIVE,
    Stage.SUSPENDED,
    Stage.RENEWAL_REVIEW,
)
# Working days before its day that somebody is reminded of what is asked of them, and before a
# meeting whoever is to have read for it (domain.md §4.1: T-3).
REMIND_BEFORE = 2
REMIND_BEFORE_MEETING = 3
# More than these to one person of the desk in one run become one mail.
HANDFUL = 5
# What is read, and what is written, in one go.
READ_AT_ONCE = 500
TOLD_AT_ONCE = 500
# The most of each in one run, so that it ends in its time (CELERY_TASK_SOFT_TIME_LIMIT); what is
# left waits for the next, half a day later.
MOVED_IN_A_RUN = 25
TOLD_IN_A_RUN = 500
