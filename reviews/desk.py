"""Who meets which proposals on the desk, and who sees what staff add there."""

from microcreds.accounts.models import Role, User
from proposals.models import ProposalQuerySet, Stage
from reviews.models import TriageItem


def sees_desk(user: User) -> bool:
    """Staff-only fields, notes, mails: eLearning, and the auditor who changes nothing."""
    return user.is_elearning or user.has_role(Role.Kind.AUDITOR)


def desk_of(user: User) -> ProposalQuerySet:
    """The proposals this person meets on the desk: visible to them, and no draft."""
    if not user.is_staff:
        return TriageItem.objects.none()
    if user.is_superuser or sees_desk(user):
        # All that was ever submitted. Said without the people named in each, which the database
        # would look up for every row, it is a question the index on the stage answers.
        return TriageItem.objects.exclude(stage=Stage.DRAFT)
    return TriageItem.objects.visible_to(user).exclude(stage=Stage.DRAFT)
