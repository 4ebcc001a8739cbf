"""The table of stages: whose each is, how long it may take, what every reader is told."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from proposals.models import Stage, Turn
from reviews.workflow.tuned import Tuned

Text = str | Promise


@dataclass(frozen=True, slots=True)
class PartnerStep:
    number: int
    label: Text
    text: Text


PARTNER_STEPS = (
    PartnerStep(1, _("Idea received"), _("We have the idea and are reading it.")),
    PartnerStep(
        2,
        _("Exploring together"),
        _("Miami staff and faculty are shaping the idea; we may ask you to join a conversation."),
    ),
    PartnerStep(
        3,
        _("Designing the program"),
        _("Outcomes, assessment and schedule are being written."),
    ),
    PartnerStep(
        4,
        _("University review"),
        _("The proposal is with the university's review bodies."),
    ),
    PartnerStep(
        5,
        _("Approved, getting ready"),
        _("The program is approved; materials, people and dates are being put in place."),
    ),
    PartnerStep(6, _("Open for learners"), _("The program is open; learners can take it.")),
)
# The same six steps as a proposer reads them.
PROPOSER_STEPS: tuple[Text, ...] = (
    _("With eLearning"),
    _("Consultation"),
    _("Full proposal"),
    _("University review"),
    _("Approved, getting ready"),
    _("Open for learners"),
)


class Phase(TextChoices):
    """How the timeline draws a stage."""

    CURRENT = "current", _("Under way")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended")


@dataclass(frozen=True, slots=True)
class StageInfo:
    """One stage: who owns it, whose turn it is, how long it may take, what each reader is told.

    ``target_days`` are business days unless ``is_calendar``. ``partner_step`` 0: partners see
    nothing; ``None``: they keep the step reached before. Empty partner words: the step's own.
    ``others_text`` is told to readers whose it is not, where ``proposer_text`` speaks to proposers.
    ``{wake_on}`` and ``{month}`` stand for the date on which the proposal is looked at again.
    """

    key: Stage
    owner: Text
    turn: Turn
    proposer_label: Text
    proposer_text: Text
    proposer_next: Text = ""
    others_text: Text = ""
    partner_step: int | None = None
    partner_label: Text = ""
    partner_text: Text = ""
    partner_next: Text = ""
    target_days: int | None = None
    is_calendar: bool = False
    is_open: bool = False
    phase: Phase = Phase.CURRENT

    @property
    def name(self) -> str:
        return str(self.key.label)


_ROWS: dict[Stage, StageInfo] = {
    stage.key: stage
    for stage in (
        StageInfo(
            key=Stage.DRAFT,
            owner=_("Proposer"),
            turn=Turn.SUBMITTER,
            proposer_label=_("Draft"),
            proposer_text=_("Only you and the people you invited can read it."),
            proposer_next=_("Fill in the form and submit it when you are ready."),
            partner_step=0,
        ),
        StageInfo(
            key=Stage.SUBMITTED,
            owner=_("Triage queue"),
            turn=Turn.UNIVERSITY,
            proposer_label=_("With eLearning"),
            proposer_text=_("Your form has arrived and waits to be picked up."),
            proposer_next=_("Somebody at eLearning reads it and gets in touch with you."),
            others_text=_("The form has arrived and waits to be picked up."),
            partner_step=1,
            partner_next=_("Next, we talk with the people who had the idea."),
            target_days=2,
            is_open=True,
        ),
        StageInfo(
            key=Stage.TRIAGE,
            owner=_("Assigned staff"),
            turn=Turn.UNIVERSITY,
            proposer_label=_("With eLearning"),
            proposer_text=_("Somebody at eLearning is reading your form."),
            proposer_next=_("We invite you to a conversation, or ask for what is missing."),
            others_text=_("Somebody at eLearning is reading the form."),
            partner_step=1,
            partner_next=_("Next, we talk with the people who had the idea."),
            target_days=5,
            is_open=True,
        ),
        StageInfo(
            key=Stage.CONSULTATION,
            owner=_("Assigned staff"),
            turn=Turn.UNIVERSITY,
            proposer_label=_("Consultation"),
            proposer_text=_("You and eLearning give the idea its shape together."),
            proposer_next=_("When the shape is clear, we open the full proposal for you."),
            others_text=_("Its proposers and eLearning give the idea its shape together."),
            partner_step=2,
            partner_next=_("Next, the program is written down in detail."),
            target_days=10,
            is_open=True,
        ),
        StageInfo(
            key=Stage.FULL_PROPOSAL,
            owner=_("Proposer, with a designer"),
            turn=Turn.SUBMITTER,
            proposer_label=_("Full proposal"),
            proposer_text=_("It is your turn: write the full proposal with your designer."),
            proposer_next=_("Submit it, and eLearning makes the final checks."),
            others_text=_("Its proposers write the full proposal with a designer."),
            partner_step=3,
            partner_next=_("Next, the university reviews the finished proposal."),
            is_open=True,
        ),
        StageInfo(
            key=Stage.READINESS,
            owner=_("Assigned staff"),
            turn=Turn.UNIVERSITY,
            proposer_label=_("Final checks"),
            proposer_text=_("eLearning checks that the committee will have all it needs."),
            proposer_next=_("Then it goes to the committee's next meeting."),
            partner_step=3,
            partner_next=_("Next, the university reviews the finished proposal."),
            target_days=10,
            is_open=True,
        ),
        StageInfo(
            key=Stage.APC_REVIEW,
            owner=_("Committee chair"),
            turn=Turn.COMMITTEE,
            proposer_label=_("With the committee"),
            proposer_text=_("The university's committee is reviewing it."),
            proposer_next=_("If the committee recommends it, the deans are asked to consent."),
            partner_step=4,
            partner_next=_("Next, we tell you what the university decided."),
            target_days=20,
            is_open=True,
        ),
        StageInfo(
            key=Stage.CAD_CONSENT,
            owner=_("Deans' office"),
            turn=Turn.DEANS,
            proposer_label=_("With the deans"),
            proposer_text=_("The committee recommends it; it is on the deans' list for consent."),
            proposer_next=_("With their consent it is approved."),
            partner_step=4,
            partner_next=_("Next, we tell you what the university decided."),
            target_days=15,
            is_open=True,
        ),
        StageInfo(
            key=Stage.APPROVED,
            owner=_("eLearning"),
            turn=Turn.UNIVERSITY,
            proposer_label=_("Approved"),
            proposer_text=_("It is approved for five years."),
            proposer_next=_("eLearning plans the work of building it with you."),
            partner_step=5,
            partner_next=_("Next, the program is built and its start is announced."),
            target_days=5,
        ),
        StageInfo(
            key=Stage.DEVELOPMENT,
            owner=_("Designer and faculty"),
            turn=Turn.UNIVERSITY,
            proposer_label=_("Development"),
            proposer_text=_("You and a designer are building it."),
            proposer_next=_("When the launch checklist is done, it opens for learners."),
            others_text=_("Its proposers and a designer are building it."),
            partner_step=5,
            partner_next=_("Next, the program is built and its start is announced."),
            target_days=90,
            is_calendar=True,
        ),
        StageInfo(
            key=Stage.ACTIVE,
            owner=_("Issuing unit"),
            turn=Turn.NOBODY,
            proposer_label=_("Active"),
            proposer_text=_("It is open; learners can take it."),
            proposer_next=_("A review comes in the year before its approval ends."),
            partner_step=6,
            partner_next=_("We review the program before its five years are over."),
        ),
        StageInfo(
            key=Stage.RENEWAL_REVIEW,
            owner=_("eLearning and the issuing unit"),
            turn=Turn.UNIVERSITY,
            proposer_label=_("Renewal review"),
            proposer_text=_("It stays open while its five-year review is under way."),
            proposer_next=_("It is proposed again, or it ends with its approval."),
            partner_step=6,
            partner_text=_("Scheduled five-year review under way."),
            partner_next=_("Next, we tell you whether the program is proposed again."),
        ),
        StageInfo(
            key=Stage.RETURNED,
            owner=_("Proposer"),
            turn=Turn.SUBMITTER,
            proposer_label=_("Returned for revision"),
            proposer_text=_("It is your turn: we asked for changes before it can go on."),
            proposer_next=_("Change your answers and submit again; it goes back to where it was."),
            others_text=_("Its proposers were asked for changes before it can go on."),
            partner_text=_("The team is revising details."),
            target_days=20,
            is_open=True,
        ),
        StageInfo(
            key=Stage.ON_HOLD,
            owner=_("Whoever paused it"),
            turn=Turn.NOBODY,
            proposer_label=_("On hold"),
            proposer_text=_("It is paused; we look at it again by {wake_on}."),
            proposer_next=_("Then it goes on from where it was, or we tell you why not."),
            partner_text=_("Paused; we expect to look again by {month}."),
            is_open=True,
            phase=Phase.PAUSED,
        ),
        StageInfo(
            key=Stage.DECLINED,
            owner="",
            turn=Turn.NOBODY,
            proposer_label=_("Not moving forward"),
            proposer_text=_("It is not moving forward at this time."),
            proposer_next=_("Ask eLearning whether and how it could be taken up again."),
            partner_label=_("Not moving forward"),
            partner_text=_("Not moving forward at this time."),
            phase=Phase.ENDED,
        ),
        StageInfo(
            key=Stage.WITHDRAWN,
            owner="",
            turn=Turn.NOBODY,
            proposer_label=_("Withdrawn"),
            proposer_text=_("It was withdrawn."),
            proposer_next=_("Ask eLearning for a copy as a new draft if you want to go on."),
            partner_label=_("Withdrawn"),
            partner_text=_("Withdrawn by the university team."),
            phase=Phase.ENDED,
        ),
        StageInfo(
            key=Stage.REDIRECTED,
            owner="",
            turn=Turn.NOBODY,
            proposer_label=_("Redirected"),
            proposer_text=_("It continues by another route of the university."),
            partner_label=_("Continuing elsewhere"),
            partner_text=_("Continuing under a related effort."),
            phase=Phase.ENDED,
        ),
        StageInfo(
            key=Stage.MERGED,
            owner="",
            turn=Turn.NOBODY,
            proposer_label=_("Merged"),
            proposer_text=_("It continues as part of another proposal."),
            partner_label=_("Continuing elsewhere"),
            partner_text=_("Continuing under a related effort."),
            phase=Phase.ENDED,
        ),
        StageInfo(
            key=Stage.SUSPENDED,
            owner=_("Issuing unit"),
            turn=Turn.NOBODY,
            proposer_label=_("Suspended"),
            proposer_text=_("It takes no new learners; we look at it again by {wake_on}."),
            proposer_next=_("It opens again, or it ends."),
            partner_step=6,
            partner_text=_("Not enrolling at the moment."),
            phase=Phase.PAUSED,
        ),
        StageInfo(
            key=Stage.CANCELLED,
            owner=_("eLearning lead"),
            turn=Turn.NOBODY,
            proposer_label=_("Cancelled before launch"),
            proposer_text=_("It was approved, and then cancelled before it opened."),
            partner_label=_("Cancelled"),
            partner_text=_("The program will not open."),
            phase=Phase.ENDED,
        ),
        StageInfo(
            key=Stage.RETIRED,
            owner=_("Issuing unit"),
            turn=Turn.NOBODY,
            proposer_label=_("Ended"),
            proposer_text=_("It takes no more learners."),
            partner_step=6,
            partner_label=_("Ended"),
            partner_text=_("Program ended."),
            phase=Phase.ENDED,
        ),
    )
}
STAGES = Tuned(_ROWS)
# A pause: nobody needs to act until the day that is named, and then the stage before it goes on.
STANDS_STILL = frozenset({Stage.ON_HOLD, Stage.SUSPENDED})
# Whoever withdraws after the committee's decision asks for it: these lie after it.
AFTER_THE_COMMITTEE = frozenset({Stage.CAD_CONSENT, Stage.APPROVED, Stage.DEVELOPMENT})
