"""A move of a set of proposals, as it is shown and then carried out."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from partners.models import Contact
from proposals.models import Proposal, Stage, Turn
from reviews.checklists import Line
from reviews.guards import Guard, GuardState
from reviews.models import StageChange
from reviews.next_steps import Step
from reviews.notifications.moves import Letters
from reviews.notifications.occasion import NotTold
from reviews.plans.along import Along
from reviews.plans.given import Given
from reviews.progress import Progress
from reviews.workflow import MOVES, Move, MoveInfo

# The parts of a digest that say under which settings of the process, and with which words of
# mails, the plan was made.
_POLICIES = "policies"
_TEXTS = "texts"


@dataclass(frozen=True, slots=True)
class ItemPlan:
    """What a move would do to one proposal. ``refusal``: why it cannot, guards included;
    ``hindrance``: why it cannot whatever they say, not even by force.

    ``lines`` are the to-dos it lays out; ``unfinished`` what is open of the checklist of the stage
    it leaves forward, which hinders nothing; ``step`` what comes next, for whoever of eLearning
    moves it: it stays, unless they say that it is done or what takes its place.
    """

    move: Move
    proposal: Proposal
    after: Proposal
    change: StageChange
    refusal: str
    guards: list[Guard]
    now: Progress
    letters: Letters
    hindrance: str = ""
    along: Along | None = None
    lines: list[Line] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    step: Step | None = None

    @property
    def is_ready(self) -> bool:
        return not self.refusal

    @property
    def from_stage(self) -> Stage:
        return Stage(self.change.from_stage)

    @property
    def to_stage(self) -> Stage:
        return Stage(self.change.to_stage)

    @property
    def is_silent(self) -> bool:
        return bool(self.change.silent_because)

    @property
    def messages(self) -> list[Message]:
        """What is written into the outbox; not all of it leaves."""
        return [] if self.is_silent else self.letters.messages

    @property
    def mailed(self) -> list[Message]:
        """What leaves, at once or in a digest."""
        return [each for each in self.messages if each.state != Message.State.SUPPRESSED]

    @property
    def not_told(self) -> list[NotTold]:
        if not self.is_silent:
            quiet = [each for each in self.messages if each.state == Message.State.SUPPRESSED]
            return self.letters.not_told + [NotTold(each.to, each.error) for each in quiet]
        why = _("Moved silently: %(why)s") % {"why": self.change.silent_because}
        return self.letters.not_told + [NotTold(m.to, why) for m in self.letters.messages]

    @property
    def contacts(self) -> dict[str, Contact]:
        return {} if self.is_silent else self.letters.contacts

    @property
    def unmet(self) -> list[Guard]:
        return [guard for guard in self.guards if guard.state == GuardState.UNMET]

    @property
    def whose_turn(self) -> str:
        return str(Turn(self.after.whose_turn).label)

    @property
    def due_on(self) -> date | None:
        return self.after.due_on

    @property
    def proposer_sees(self) -> str:
        return f"{self.now.proposer_label}: {self.now.proposer_text} {self.now.proposer_next}"

    @property
    def proposer_reads(self) -> list[str]:
        """What the actor says there: the reason in words, and the message."""
        reason = MOVES[self.move].reason_words(self.change.reason_code)
        return [words for words in (reason, self.change.message) if words]

    @property
    def partner_sees(self) -> str:
        return f"{self.now.partner_label}: {self.now.partner_text} {self.now.partner_next}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A move of a set of proposals: shown on the plan page, carried out by ``services.move``."""

    move: Move
    actor: User | None
    given: Given
    at: datetime
    items: list[ItemPlan]
    newest: dict[int, StageChange | None]
    policies: int = 0
    texts: int = 0
    given_errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def info(self) -> MoveInfo:
        return MOVES[self.move]

    @property
    def seen(self) -> dict[int, int]:
        """The newest stage change of each proposal, 0 where it has none."""
        return {pk: change.pk if change else 0 for pk, change in self.newest.items()}

    @property
    def proposal_ids(self) -> list[int]:
        """The proposals it was asked for; ``items`` may hold more that move with them."""
        return [item.proposal.pk for item in self.items if item.move == self.move]

    @property
    def is_ready(self) -> bool:
        return bool(self.items) and all(item.is_ready for item in self.items)

    @property
    def can_be_forced(self) -> bool:
        """Nothing but an unmet guard stands in the way, and the actor is a lead."""
        if not (self.actor and self.actor.is_lead) or any(item.hindrance for item in self.items):
            return False
        return any(item.unmet for item in self.items)

    @property
    def digest(self) -> str:
        """What a reader of this plan saw of its effects, whatever they then typed."""
        return " ".join(
            [f"{_POLICIES}:{self.policies}", f"{_TEXTS}:{self.texts}"]
            + [
                ":".join([str(item.proposal.pk), *(each.mark for each in _aspects(item))])
                for item in self.items
            ]
        )

    def differences_from(self, digest: str) -> list[str]:
        """In words, what is not as a reader of the plan with ``digest`` saw it."""
        before = {part.split(":")[0]: part.split(":")[1:] for part in digest.split()}
        differences = []
        is_named = bool(self.actor and self.actor.is_staff)  # others are not shown every address
        if before.get(_POLICIES, ["0"]) != [str(self.policies)]:
            differences.append(_("How the process is set (targets, words, reasons) has changed."))
        if before.get(_TEXTS, ["0"]) != [str(self.texts)]:
            differences.append(_("The words of mails have changed."))
        for item in self.items:
            now = _aspects(item)
            seen = before.get(str(item.proposal.pk), [])
            if len(seen) != len(now):
                return [_("This is not the plan you saw. Look at it again.")]
            differences += [
                f"{item.proposal.reference}: {aspect.changed_since(then, is_named)}"
                for aspect, then in zip(now, seen, strict=True)
                if aspect.mark != then and (then or not aspect.may_come)
            ]
        return differences


class _Aspect(NamedTuple):
    """Something that a plan shows: how to say that it changed, and its parts with what to call
    each. ``may_come``: there was nothing of it to see yet, so that its coming is no change."""

    changed: str
    parts: list[tuple[str, str]]
    may_come: bool = False

    @property
    def mark(self) -> str:
        """What a digest holds of it: empty without parts."""
        return ",".join(_hash(part) for part, _name in self.parts)

    def changed_since(self, mark: str, is_named: bool) -> str:
        """In a sentence; ``is_named``: with those of its parts that were not there or not so."""
        then = set(mark.split(","))
        new = [name for part, name in self.parts if name and _hash(part) not in then]
        if not new or not is_named:
            return f"{self.changed}."
        return _("%(what)s: %(which)s.") % {"what": self.changed, "which": "; ".join(new)}


def _aspects(item: ItemPlan) -> list[_Aspect]:
    """What a plan shows that does not depend on what its reader types."""
    names = {"from": item.from_stage.label, "to": item.to_stage.label}
    guards = [f"{guard.label} ({guard.state.label})" for guard in item.guards]
    mails = sorted(
        (f"{message.event} {message.to} {message.state}", message.to)
        for message in item.letters.messages
        if not _hangs(message, item)
    )
    quiet = sorted(each.who for each in item.letters.not_told if not each.is_chosen)
    return [
        _Aspect(
            _("it would now go from %(from)s to %(to)s") % names,
            _unnamed([item.from_stage, item.to_stage]),
        ),
        _Aspect(
            _("what must be so before this move has changed"),
            list(zip(guards, guards, strict=True)),
        ),
        _Aspect(_("the mails that would leave have changed"), mails),
        _Aspect(_("who is not told has changed"), [(who, who) for who in quiet]),
        _Aspect(
            _("the to-dos it adds have changed"), [(line.words, line.words) for line in item.lines]
        ),
        _Aspect(_("its next step has changed"), _unnamed([item.step.words] if item.step else [])),
        _Aspect(
            _("what goes along with it has changed"), _unnamed(_along_aspect(item)), may_come=True
        ),
    ]


def _unnamed(parts: list[str]) -> list[tuple[str, str]]:
    return [(part, "") for part in parts]


def _hangs(message: Message, item: ItemPlan) -> bool:
    """Whether it hangs on what the reader types: which proposal it is merged into, and whether its
    partners go along."""
    is_elsewhere = message.about != item.proposal.reference
    return item.move == Move.MERGE and (is_elsewhere or message.to in item.letters.contacts)


def _along_aspect(item: ItemPlan) -> list[str]:
    """Empty as long as no other proposal is named: then there was nothing to see yet."""
    along = item.along
    if along is None:
        return []
    others = [
        message.to for message in item.letters.messages if message.about == along.into.reference
    ]
    who = [share.contact.email for share in along.shares]
    return [along.into.reference, *sorted(others), *along.readers, *sorted(who)]


def _hash(part: str) -> str:
    return hashlib.sha256(part.encode()).hexdigest()[:6]


def refuse_unless_ready(plan: Plan) -> None:
    """Raises ``ValidationError`` with every reason why this plan cannot be carried out."""
    if plan.given_errors:
        raise ValidationError(plan.given_errors)
    refusals = [f"{item.proposal.reference}: {item.refusal}" for item in plan.items if item.refusal]
    if refusals or not plan.items:
        raise ValidationError(refusals or [_("There is no such proposal.")])
