"""Numbers of the process that staff may set."""

from reviews.workflow.tuned import Tuned

# Percent of a stage's time at which its clock is close, and long past; days that a hold may last;
# months within which what has ended can be reopened (domain.md §4, §4.1); endorsements that a
# proposal with a partner needs before the committee reads it; working days after its day for which
# something asked of a partner stays open.
LIMITS: Tuned[str, int] = Tuned(
    {
        "close_percent": 80,
        "late_percent": 150,
        "hold_days": 180,
        "reopen_months": 12,
        "endorsements": 0,
        "partner_ask_days": 10,
    }
)
