"""To-dos, the next step of each proposal, and what was said outside the tool: every write."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.services import enqueue
from proposals.models import Proposal
from reviews.asks.desk import open_todos
from reviews.clocks import campus_day
from reviews.ladder.calling_back import call_back_reminders
from reviews.models import TalkedWith, ToDo
from reviews.notifications.work import todo_given
from reviews.permits import may_work_on, parties_of
from reviews.workflow import STAGES, Phase

LONGEST_TODO, LONGEST_WHO, LONGEST_SAID = 300, 120, 2000
HAS_ENDED = [stage for stage, info in STAGES.items() if info.phase == Phase.ENDED]


@transaction.atomic
def add_todo(
    *,
    proposal: Proposal,
    words: str,
    owner: User,
    by_day: date | None,
    by: User,
    is_next: bool = False,
    at: datetime | None = None,
) -> ToDo:
    """``owner`` has this to do by that day, and a mail says so unless it is their own doing. As the
    next step it takes the place of the one before, which counts as done. The same said again while
    it is open (a double click, a retry) is one thing to do.

    Raises ``ValidationError``, by input where one is wrong, when ``by`` does not work on it.
    """
    at = at or timezone.now()
    row = _locked(proposal, by)
    words, errors = " ".join(words.split()), _errors_in(words, by_day, at)
    if not owner.is_active or not owner.is_elearning:
        errors["owner"] = _("Choose somebody at eLearning.")
    if errors or by_day is None:
        raise ValidationError(errors)
    said: dict[str, Any] = {"words": words, "owner": owner, "by_day": by_day, "is_next": is_next}
    if same := ToDo.objects.open().filter(proposal=row, made_by=by, **said).first():
        return same
    if is_next:
        for replaced in ToDo.objects.open().filter(proposal=row, is_next=True):
            call_back_reminders(proposal_id=row.pk, of=f"todo:{replaced.pk}", day=replaced.by_day)
        replace_next_steps([row.pk], by=by, at=at)
    todo = ToDo.objects.create(proposal=row, made_by=by, made_at=at, **said)
    if owner != by:
        enqueue([todo_given(todo=todo)])
    return todo


@transaction.atomic
def tick_off(*, todo: ToDo, by: User, note: str = "", at: datetime | None = None) -> ToDo:
    """It is done; ticked off before, it stays as it was. Raises ``ValidationError`` when ``by``
    neither works on the proposal nor has it to do."""
    row = _locked(todo.proposal, by, or_owner=todo.owner)
    fresh = ToDo.objects.get(pk=todo.pk, proposal=row)
    note = " ".join(note.split())
    if len(note) > LONGEST_TODO:
        raise ValidationError({"note": _("Write at most 300 characters.")})
    if fresh.hidden_at:
        raise ValidationError(_("It went with the move that added it, which was undone."))
    if fresh.done_at is None:
        fresh.done_at, fresh.done_by, fresh.done_note = at or timezone.now(), by, note
        fresh.save(update_fields=["done_at", "done_by", "done_note"])
        call_back_reminders(proposal_id=row.pk, of=f"todo:{fresh.pk}", day=fresh.by_day)
    return fresh


@transaction.atomic
def reopen_todo(*, todo: ToDo, by: User) -> ToDo:
    """It is to be done after all, by the same person and day; as the next step only while nothing
    else is. Raises ``ValidationError`` as ``tick_off`` does, and where a checklist has laid it out
    again."""
    row = _locked(todo.proposal, by, or_owner=todo.owner)
    fresh = ToDo.objects.get(pk=todo.pk, proposal=row)
    if fresh.done_at is None:
        return fresh
    standing = ToDo.objects.open().filter(proposal=row)
    if fresh.item_id and standing.filter(item=fresh.item_id).exists():
        raise ValidationError(_("The checklist already asks for it again."))
    fresh.is_next = fresh.is_next and not standing.filter(is_next=True).exists()
    fresh.done_at, fresh.done_by, fresh.done_note = None, None, ""
    fresh.save(update_fields=["is_next", "done_at", "done_by", "done_note"])
    return fresh


@transaction.atomic
def tick_off_and_go_on(
    *,
    todo: ToDo,
    by: User,
    note: str = "",
    words: str = "",
    by_day: date | None = None,
    at: datetime | None = None,
) -> ToDo | None:
    """It is done; where ``words`` or a day are given, they are the next step of its proposal, for
    its owner or for ``by`` where nobody owns it, and that is returned. Raises ``ValidationError``
    as ``tick_off`` and ``add_todo`` do; nothing is ticked off then."""
    tick_off(todo=todo, by=by, note=note, at=at)
    if not words.strip() and by_day is None:
        return None
    owner = todo.proposal.assignee
    return add_todo(
        proposal=todo.proposal,
        words=words,
        owner=owner if owner and owner.is_active else by,
        by_day=by_day,
        by=by,
        is_next=True,
        at=at,
    )


@transaction.atomic
def note_talk(
    *,
    proposal: Proposal,
    kind: str,
    who: str,
    on: date | None,
    said: str,
    audience: str = TalkedWith.Audience.INTERNAL,
    by: User,
    at: datetime | None = None,
) -> TalkedWith:
    """A call, meeting or mail is on record, once however often the same is posted. Raises
    ``ValidationError``, by input where one is wrong, when ``by`` does not work on it."""
    at = at or timezone.now()
    row = _locked(proposal, by)
    who, said = " ".join(who.split()), said.replace("\r\n", "\n").strip()
    errors = {}
    if kind not in TalkedWith.Kind.values:
        errors["kind"] = _("Choose what it was.")
    if audience not in TalkedWith.Audience.values:
        errors["audience"] = _("Choose who may read it.")
    if not who or len(who) > LONGEST_WHO:
        errors["who"] = _("Say in up to 120 characters with whom.")
    if not said or len(said) > LONGEST_SAID:
        errors["said"] = _("Say in up to 2,000 characters what was said.")
    if on is None or on > campus_day(at) or on.year < 2000:
        errors["on"] = _("Choose today or an earlier day.")
    if errors or on is None:
        raise ValidationError(errors)
    talk: dict[str, Any] = {"kind": kind, "who": who, "on": on, "said": said, "audience": audience}
    standing = TalkedWith.objects.filter(proposal=row, made_by=by, struck_at=None, **talk)
    return standing.first() or TalkedWith.objects.create(
        proposal=row, made_by=by, made_at=at, **talk
    )


@transaction.atomic
def strike_out(*, talk: TalkedWith, by: User, at: datetime | None = None) -> TalkedWith:
    """It does not count any more and stays on record, struck out. Raises ``ValidationError`` when
    ``by`` does not work on the proposal."""
    _locked(talk.proposal, by)
    if talk.struck_at is None:
        talk.struck_at, talk.struck_by = at or timezone.now(), by
        talk.save(update_fields=["struck_at", "struck_by"])
    return talk


@dataclass(frozen=True, slots=True)
class StepPlan:
    """One proposal that is to get a next step: what stands, whose it would be, or why not."""

    proposal: Proposal
    standing: ToDo | None
    owner: User
    refusal: str

    @property
    def is_ready(self) -> bool:
        return not self.refusal

    def says_already(self, words: str, by_day: date | None, by: User) -> bool:
        """Whether ``by`` has said just this of it before, for the same owner."""
        said = self.standing and (self.standing.words, self.standing.by_day)
        people = self.standing and (self.standing.owner_id, self.standing.made_by_id)
        return said == (words, by_day) and people == (self.owner.pk, by.pk)


def plan_next_steps(*, proposals: Iterable[Proposal], by: User) -> list[StepPlan]:
    """A row for each, in their order; three statements whatever their number."""
    rows = list(proposals)
    parties = parties_of([row.pk for row in rows])
    standing = {
        todo.proposal_id: todo
        for todo in ToDo.objects.open()
        .filter(proposal__in=[row.pk for row in rows], is_next=True)
        .select_related("owner")
    }
    return [
        StepPlan(
            row,
            standing.get(row.pk),
            row.assignee or by,
            _why_no_step(row, by, parties[row.pk].involved(by)),
        )
        for row in rows
    ]


@transaction.atomic
def set_next_step_of(
    *,
    proposals: Iterable[Proposal],
    words: str,
    by_day: date | None,
    by: User,
    at: datetime | None = None,
) -> int:
    """Each has this as its next step, for its owner, or for ``by`` where nobody owns it; whoever
    has something to do by it is told. The steps before count as done. Returns for how many.

    All or none: raises ``ValidationError``, by input where one is wrong, or naming each proposal
    that ``by`` does not work on or that has ended.
    """
    at = at or timezone.now()
    if errors := _errors_in(words, by_day, at):
        raise ValidationError(errors)
    ids = [proposal.pk for proposal in proposals]
    list(Proposal.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True))
    rows = Proposal.objects.filter(pk__in=ids).select_related("assignee", "unit")
    plan = plan_next_steps(proposals=rows.order_by("pk"), by=by)
    refusals = [f"{each.proposal.reference}: {each.refusal}" for each in plan if each.refusal]
    if refusals or not plan:
        raise ValidationError(refusals or [_("There is no such proposal.")])
    said = " ".join(words.split())
    # Posted twice, the second finds it there.
    fresh = [each for each in plan if not each.says_already(said, by_day, by)]
    ready = [each.proposal for each in fresh]
    laid = set_next_steps(proposals=ready, words=said, by_day=by_day, by=by, at=at)
    enqueue([todo_given(todo=todo) for todo in laid if todo.owner != by])
    return len(plan)


def _why_no_step(row: Proposal, by: User, involved: set[int]) -> str:
    if row.is_draft or not may_work_on(by, row, involved=involved):
        return _("Staff of its unit who take no part in it can keep its to-dos.")
    if row.stage in HAS_ENDED:
        return _("It has ended, so nothing comes next.")
    return ""


def _errors_in(words: str, by_day: date | None, at: datetime) -> dict[str, str]:
    errors = {}
    if not words.strip() or len(" ".join(words.split())) > LONGEST_TODO:
        errors["words"] = _("Say in up to 300 characters what is to be done.")
    if by_day is None or by_day < campus_day(at):
        errors["by_day"] = _("Choose today or a later day.")
    return errors


def replace_next_steps(proposals: Iterable[int], *, by: User, at: datetime) -> None:
    """The next steps that stand make room for new ones; one UPDATE. Part of a transaction."""
    standing = ToDo.objects.open().filter(proposal__in=list(proposals), is_next=True)
    standing.update(done_at=at, done_by=by, done_note=_("Another step took its place."))


def set_next_steps(
    *, proposals: Iterable[Proposal], words: str, by_day: date | None, by: User, at: datetime
) -> list[ToDo]:
    """The next step of each, for whoever works on it; two statements whatever their number. Part
    of a transaction, such as that of the move that they are given with."""
    rows = list(proposals)
    if not words or by_day is None or not rows:
        return []
    replace_next_steps([row.pk for row in rows], by=by, at=at)
    return ToDo.objects.bulk_create(
        ToDo(
            proposal=row,
            words=words,
            owner=row.assignee or by,
            by_day=by_day,
            is_next=True,
            made_by=by,
            made_at=at,
        )
        for row in rows
    )


def without_next_step() -> Q:
    """Nothing is said of what comes next."""
    standing = ToDo.objects.open().filter(proposal=OuterRef("pk"), is_next=True)
    return ~Q(Exists(standing))


def due_for(user: User, day: date) -> QuerySet[ToDo]:
    """What this person has to do by that day about what has not ended, the oldest day first."""
    return open_todos().filter(owner=user, by_day__lte=day)


def _locked(proposal: Proposal, by: User, or_owner: User | None = None) -> Proposal:
    """The proposal under its lock; raises ``ValidationError`` when ``by`` does not work on it."""
    row = Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
    involved = parties_of([row.pk])[row.pk].involved(by)
    is_theirs = may_work_on(by, row, involved=involved) or by == or_owner
    if row.is_draft or not is_theirs:
        raise ValidationError(_("Staff of its unit who take no part in it can keep its to-dos."))
    return row
