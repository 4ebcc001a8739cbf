"""The names of the moves."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Move(TextChoices):
    """Every move; the values are data and never renamed."""

    SUBMIT = "submit", _("Submit")
    TAKE_BACK = "take_back", _("Take back")
    START_TRIAGE = "start_triage", _("Start triage")
    CONSULT = "consult", _("Invite to a consultation")
    OPEN_FULL_PROPOSAL = "open_full_proposal", _("Open the full proposal")
    SUBMIT_FULL_PROPOSAL = "submit_full_proposal", _("Submit the full proposal")
    SEND_TO_COMMITTEE = "send_to_committee", _("Send to the committee")
    RECOMMEND = "recommend", _("Recommend to the deans")
    RECOMMEND_WITH_CONDITIONS = "recommend_with_conditions", _("Recommend with conditions")
    DEFER = "defer", _("Defer to another meeting")
    CONSENT = "consent", _("Record the deans' consent")
    PULL = "pull", _("Pull from the consent list")
    START_DEVELOPMENT = "start_development", _("Start development")
    LAUNCH = "launch", _("Launch")
    CANCEL = "cancel", _("Cancel before launch")
    SUSPEND = "suspend", _("Suspend")
    REACTIVATE = "reactivate", _("Reactivate")
    OPEN_RENEWAL = "open_renewal", _("Open the renewal review")
    RENEW = "renew", _("Renew as a new proposal")
    RETIRE = "retire", _("Retire")
    RETURN = "return", _("Return for revision")
    RESUBMIT = "resubmit", _("Submit again")
    HOLD = "hold", _("Put on hold")
    RESUME = "resume", _("Resume")
    DECLINE = "decline", _("Decline")
    REDIRECT = "redirect", _("Redirect")
    MERGE = "merge", _("Merge into another proposal")
    WITHDRAW = "withdraw", _("Withdraw")
    REOPEN = "reopen", _("Reopen")
    PUT_BACK = "put_back", _("Put back a stage")
