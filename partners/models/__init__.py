"""Outside organizations, the people there, their part in proposals, and what they ask of us."""

from partners.models.asks import PartnerAsk
from partners.models.codes import MOST_TRIES, Code
from partners.models.colleagues import NamedColleague
from partners.models.directory import Alias, Contact, Organization, OrganizationMerge
from partners.models.endorsements import Endorsement, EndorsementDraft
from partners.models.engagements import (
    Access,
    Engagement,
    EngagementEntry,
    FileShare,
    Link,
    Share,
)
from partners.models.inquiries import FacultyAsk, Inquiry, InquiryEntry, InquiryQuerySet
from partners.models.mou import Mou, MouClause, MouEntry, MouSignatory, MouVersion
from partners.models.on_behalf import OnBehalf
from partners.models.questions import OutcomeSource, Question, WaitingOutcome
from partners.models.times import OfferedTime
from partners.models.typed import Typed

__all__ = [
    "MOST_TRIES",
    "Access",
    "Alias",
    "Code",
    "Contact",
    "Endorsement",
    "EndorsementDraft",
    "Engagement",
    "EngagementEntry",
    "FacultyAsk",
    "FileShare",
    "Inquiry",
    "InquiryEntry",
    "InquiryQuerySet",
    "Link",
    "Mou",
    "MouClause",
    "MouEntry",
    "MouSignatory",
    "MouVersion",
    "OnBehalf",
    "NamedColleague",
    "OfferedTime",
    "Organization",
    "OutcomeSource",
    "PartnerAsk",
    "OrganizationMerge",
    "Question",
    "Share",
    "Typed",
    "WaitingOutcome",
]
