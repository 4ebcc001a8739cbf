"""The desk in Django's admin, the drafts eLearning may know of, and the days off."""

from reviews.admin.coverage import CoverageRunAdmin
from reviews.admin.desk import TriageAdmin
from reviews.admin.incoming import IncomingAdmin
from reviews.admin.inquiries import InquiryAdmin
from reviews.admin.mous import MouAdmin
from reviews.admin.organizations import OrganizationAdmin
from reviews.admin.owners import AbsenceAdmin, RoutingRuleAdmin
from reviews.admin.policies import PolicyAdmin
from reviews.admin.records import DraftLineAdmin, HolidayAdmin

__all__ = [
    "AbsenceAdmin",
    "CoverageRunAdmin",
    "DraftLineAdmin",
    "HolidayAdmin",
    "IncomingAdmin",
    "InquiryAdmin",
    "MouAdmin",
    "OrganizationAdmin",
    "PolicyAdmin",
    "RoutingRuleAdmin",
    "TriageAdmin",
]
