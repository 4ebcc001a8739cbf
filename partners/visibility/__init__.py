"""What a partner may see: this is the whole list, and the default is no."""

from partners.visibility.asks import (
    AskPage,
    ColleagueShown,
    HistoryLine,
    Said,
    ask_page,
    colleagues_shown,
    talk_of,
)
from partners.visibility.contact import (
    NamedContact,
)
from partners.visibility.endorsement import (
    EndorsementPage,
    Recorded,
    Signed,
    endorsement_page,
    recorded_as_read,
    signed_as_read,
)
from partners.visibility.fields import (
    INSIDE,
    OUTCOMES,
    OUTSIDE,
)
from partners.visibility.inquiry import (
    INQUIRY_STEPS,
    InquiryPage,
    InquiryStep,
    inquiry_page,
)
from partners.visibility.mou import (
    MOU_WORDS,
    MouFile,
    MouPage,
    mou_page,
)
from partners.visibility.status import (
    EndedPage,
    Needed,
    OutcomeLine,
    PartnerProgress,
    StatusPage,
    Step,
    WhoNamed,
    ended_page,
    outcome_lines,
    status_page,
    who_named,
)

__all__ = [
    "AskPage",
    "ColleagueShown",
    "EndedPage",
    "EndorsementPage",
    "HistoryLine",
    "INQUIRY_STEPS",
    "INSIDE",
    "InquiryPage",
    "InquiryStep",
    "MOU_WORDS",
    "MouFile",
    "MouPage",
    "NamedContact",
    "Needed",
    "OUTCOMES",
    "OUTSIDE",
    "OutcomeLine",
    "PartnerProgress",
    "Recorded",
    "Said",
    "Signed",
    "StatusPage",
    "Step",
    "WhoNamed",
    "ask_page",
    "colleagues_shown",
    "ended_page",
    "endorsement_page",
    "inquiry_page",
    "mou_page",
    "outcome_lines",
    "recorded_as_read",
    "signed_as_read",
    "status_page",
    "talk_of",
    "who_named",
]
