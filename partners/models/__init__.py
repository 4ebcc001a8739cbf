"""Outside organisations, the people there, their part in proposals, and what they ask of us."""

from partners.models.asks import PartnerAsk
from partners.models.colleagues import NamedColleague
from partners.models.directory import Alias, Contact, Organization
from partners.models.engagements import Access, Engagement, FileShare, Link, Share
from partners.models.inquiries import FacultyAsk, Inquiry, InquiryEntry, InquiryQuerySet
from partners.models.questions import OutcomeSource, Question
from partners.models.times import OfferedTime

__all__ = [
    "Access",
    "Alias",
    "Contact",
    "Engagement",
    "FacultyAsk",
    "FileShare",
    "Inquiry",
    "InquiryEntry",
    "InquiryQuerySet",
    "Link",
    "NamedColleague",
    "OfferedTime",
    "Organization",
    "OutcomeSource",
    "PartnerAsk",
    "Question",
    "Share",
]
