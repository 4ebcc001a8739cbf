"""The desk in Django's admin, the drafts eLearning may know of, and the days off."""

from reviews.admin.desk import TriageAdmin
from reviews.admin.records import DraftLineAdmin, HolidayAdmin

__all__ = ["DraftLineAdmin", "HolidayAdmin", "TriageAdmin"]
