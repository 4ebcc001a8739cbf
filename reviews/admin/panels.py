"""What stands on the one page of a proposal, by who reads it, in a fixed number of statements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import merge
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from microcreds.accounts.models import User
from microcreds.kept_statements import KeptStatements
from microcreds.outbox.addresses import is_broken
from microcreds.outbox.models import Message
from partners.endorsements import AskedRow, asked_in
from partners.models import Engagement, Share
from proposals import interest
from proposals import services as proposals_services
from proposals.documents import documents_for
from proposals.kept import Annotations, kept_for
from proposals.models import Proposal, Stage, Thread
from proposals.visibility import Audience
from reviews import durations, grace, permits, plans, progress, return_points, services, threads
from reviews.admin.marks import marks_of
from reviews.admin.people_panel import people_panel, with_people
from reviews.admin.reminder_panel import (
    may_be_nudged,
    reminder_panel,
    together_of,
    with_reminders,
)
from reviews.admin.todo_panel import todo_panel, with_todos
from reviews.admin.tracks import tracks_of
from reviews.asks.ask import days_ahead
from reviews.clocks import business_days_between
from reviews.desk import desk_of, sees_desk
from reviews.edits import Edit, edits_of, with_edits
from reviews.forms.lookalikes import PairForm
from reviews.forms.notes import NoteForm
from reviews.forms.triage import TriageForm
from reviews.imitating import may_imitate
from reviews.lookalikes import kin_of, with_pairs
from reviews.looks import opened_since, with_look, with_openings
from reviews.models import AskToChange, Holiday, StageChange
from reviews.mou.beside import mous_in, with_mous
from reviews.outside.reading import with_asked
from reviews.outside.taking_over import said_by, with_sources
from reviews.stage_clock import clock_of
from reviews.workflow import Move, MoveInfo, in_force, name_of

# What eLearning adds at triage for itself; nobody else's query loads it.
STAFF_ONLY = (
    "credential_type",
    "is_duplicate_checked",
    "duplicate_of",
    "priority",
    "fit_tags",
    "partner_summary",
)
MESSAGES_SHOWN = 10  # of each conversation; its own page has the others
_PARTNER_WORDS = {column.key: column for column in interest.QUESTIONS["partners"].columns}


@dataclass(frozen=True)
class Reader:
    """Who reads a page of the desk, as far as it decides what is on it."""

    user: User

    @property
    def sees_desk(self) -> bool:
        """Staff-only fields, notes, mails."""
        return sees_desk(self.user)

    @property
    def audience(self) -> Audience:
        return Audience.STAFF if self.sees_desk else Audience.REVIEWER


def on_the_desk(user: User) -> QuerySet:
    """The same, with what a page says of one, and without what its reader may not know."""
    loaded = with_openings(
        with_look(permits.with_parties(with_people(desk_of(user)).with_answers()), user)
    ).select_related("assignee", "unit", "campus__unit", "inquiry")
    loaded = with_asked(with_sources(with_mous(_with_days_and_ask(loaded))))
    if Reader(user).sees_desk:
        whole = threads.with_talk(with_reminders(with_pairs(with_edits(with_todos(loaded)))))
        return _with_merged(whole.select_related("duplicate_of"))
    return loaded.defer(*STAFF_ONLY)


@kept_for(Proposal)
def _with_days_and_ask() -> Annotations:
    """The days off ride along, as does whether a change was asked for: each statement counts."""
    return {
        "holidays": ArraySubquery(Holiday.objects.values("on")),
        "has_ask": Exists(AskToChange.objects.open().filter(proposal=OuterRef("pk"))),
    }


@kept_for(Proposal)
def _with_merged() -> Annotations:
    merged = Proposal.objects.filter(duplicate_of=OuterRef("pk"), stage=Stage.MERGED)
    row = JSONObject(pk="pk", reference="reference", title="working_title")
    return {"merged_here": ArraySubquery(merged.order_by("pk").values(row=row))}


def page_of(
    proposal: Any,
    user: User,
    *,
    triage_form: TriageForm | None = None,
    note_form: NoteForm | None = None,
    pair_form: PairForm | None = None,
) -> dict[str, Any]:
    """Everything on the page. Bound forms take the place of fresh ones after a refusal."""
    reader = Reader(user)
    parties = permits.parties_in(proposal)
    access = threads.access_to(proposal, user, parties)
    sees_notes = Thread.Kind.INTERNAL in access.reads
    changes = services.HISTORY.rows(sees_notes, proposal=proposal)
    answers = proposals_services.sent_answers_of(proposal, confidential=user.is_elearning)
    may_work = permits.may_work_on(user, proposal, involved=parties.involved(user))
    context = {
        **head_of(proposal),
        "reader": reader,
        **_whereabouts(proposal, changes, reader),
        **_buttons(plans.moves_for(proposal, user, changes, parties)),
        "sections": interest.read_view(answers | {"said_by": said_by(proposal)}, reader.audience),
        "advice": interest.advice_on(answers) if reader.sees_desk else [],
        "points": return_points.points_of(proposal, changes),
        "ask": _open_ask_of(proposal),
        "may_decide": return_points.may_decide(user, proposal, parties),
        "files": documents_for(
            proposal=proposal,
            user=user,
            audience=reader.audience,
            is_editor=user.pk in {parties.owner_id, *parties.proposer_ids},
            place="desk",
        ),
        **_partners(proposal, reader),
        "may_work": may_work,
        "may_nudge": may_work and may_be_nudged(proposal, user),
        "sees_notes": sees_notes,
        **people_panel(proposal, sees_desk=reader.sees_desk),
    }
    if reader.sees_desk:
        context |= {
            "triage_form": triage_form or TriageForm(proposal=proposal, by=user),
            "note_form": note_form or NoteForm(),
            "pair_form": pair_form,
            **_for_staff(proposal, user, parties, access, answers),
        }
        context["tracks"] = tracks_of(proposal, context)
    return context | {"marks": marks_of(proposal, user, context)}


def _whereabouts(proposal: Any, changes: list[StageChange], reader: Reader) -> dict[str, Any]:
    """Where it is and how it came there; ``changes``: its history, newest first."""
    days_off, today = frozenset(proposal.holidays), timezone.localdate()
    return {
        "progress": progress.progress_of(proposal, changes),
        "clock": clock_of(proposal, progress.oldest_first(changes), days_off, today),
        "usual": durations.usual_words(Stage(proposal.stage)),
        "changes": changes,
        "happened": _happened(changes, edits_of(proposal) if reader.sees_desk else []),
        "undone": {change.undoes_id for change in changes},
        "undo": UndoOffer.of(proposal, changes, reader.user),
    }


def _partners(proposal: Any, reader: Reader) -> dict[str, Any]:
    """Who outside takes part in it, and the memoranda with them."""
    parts = engagements_of(proposal, is_desk=reader.sees_desk)
    return {
        "engagements": parts,
        "partner_left": any(part.engagement.ended_at for part in parts),
        "mous": mous_in(proposal),
    }


def _for_staff(
    proposal: Any,
    user: User,
    parties: permits.Parties,
    access: threads.Access,
    answers: Mapping[str, Any],
) -> dict[str, Any]:
    """What stands on the page for eLearning and the auditor alone, besides its forms."""
    return {
        "mails": list(mails_about(proposal)),
        **reminder_panel(proposal),
        "conversations": threads.conversations(proposal, user, access, size=MESSAGES_SHOWN),
        "kin": kin_of(proposal, answers, [each["pk"] for each in proposal.merged_here]),
        **todo_panel(proposal, user),
        "may_imitate": may_imitate(user, proposal, parties),
    }


def _open_ask_of(proposal: Any) -> AskToChange | None:
    """What the proposers ask to change, while nobody has decided it."""
    if not proposal.has_ask:
        return None
    return AskToChange.objects.open().filter(proposal=proposal).select_related("asked_by").first()


def _buttons(options: list[plans.Option]) -> dict[str, Any]:
    """The moves open to a person, and those closed to them by the reason why. A form is sent from
    its own page; what corrects a move stands with the history."""
    elsewhere = (*services.SENDS_THE_FORM, Move.PUT_BACK)
    here = [option for option in options if option.move.key not in elsewhere]
    closed: dict[str, list[MoveInfo]] = {}
    for option in here:
        if not option.permit.allowed:
            closed.setdefault(option.permit.why_not, []).append(option.move)
    return {
        "moves": [option.move for option in here if option.permit.allowed],
        "closed_moves": closed,
        "put_back": next((each for each in options if each.move.key == Move.PUT_BACK), None),
    }


def _happened(changes: list[StageChange], edits: list[Edit]) -> list[StageChange | Edit]:
    """Moves and saves of triage as one history, newest first."""
    events: list[Iterable[StageChange | Edit]] = [changes, edits]
    return list(merge(*events, key=lambda each: each.at, reverse=True))


def head_of(proposal: Any) -> dict[str, Any]:
    """What stands at the head of each page of a proposal that was found ``on_the_desk``."""
    return {"proposal": proposal, "due": Due.of(proposal.due_on, frozenset(proposal.holidays))}


@dataclass(frozen=True)
class UndoOffer:
    """The newest move, as long as it can be taken back. ``is_theirs``: by this reader too;
    ``opened_by``: who has opened a page of the proposal since."""

    label: str
    who: str
    until: datetime
    seconds: int
    is_theirs: bool
    is_untold: bool
    opened_by: list[str]

    @classmethod
    def of(cls, proposal: Any, changes: list[StageChange], user: User) -> "UndoOffer | None":
        newest = next(iter(in_force(changes)), None)
        if newest is None:
            return None
        left = grace.undo_until(newest) - timezone.now()
        if left <= timedelta():
            return None
        return cls(
            label=name_of(newest.move),
            who=str(newest.actor or _("Microcreds")),
            until=grace.undo_until(newest),
            seconds=int(left.total_seconds()),
            is_theirs=newest.actor_id == user.pk or user.is_lead,
            is_untold=newest.move in grace.DECISIONS,
            opened_by=[name for name in opened_since(proposal, newest) if name != str(user)],
        )


def access_of(proposal: Any, user: User) -> threads.Access:
    """The conversations of a proposal found ``on_the_desk`` that are open to this person."""
    return threads.access_to(proposal, user, permits.parties_in(proposal))


def mails_about(proposal: Any) -> QuerySet[Message]:
    """Every mail about it, newest first; account mails are about nothing and not among them."""
    about = Q(about=proposal.reference)
    if causes := together_of(proposal):
        about |= Q(cause__in=causes)
    return Message.objects.filter(about).order_by("-pk")


@dataclass(frozen=True)
class EngagementRow:
    """One organization's part, in the words of the form, and the names it is shared with."""

    engagement: Engagement
    firmness: str
    who_approached: str
    is_wished: bool
    shares: list[dict[str, Any]]
    asked: list[AskedRow]

    @property
    def shared_with(self) -> list[str]:
        return [share["name"] for share in self.shares]

    @property
    def endorsed(self) -> list[AskedRow]:
        """Of those who were asked, who endorses it."""
        return [row for row in self.asked if row.counts]


def engagements_of(proposal: Proposal, *, is_desk: bool = True) -> list[EngagementRow]:
    """Its engagements, in one statement; what staff alone know of them where ``is_desk``."""
    found = _ENGAGEMENTS.rows(is_desk, proposal=proposal)
    for engagement in found:
        engagement.proposal = proposal
    return [
        EngagementRow(
            engagement=engagement,
            firmness=_PARTNER_WORDS["stage"].label_of(engagement.named_partner.stage),
            who_approached=_PARTNER_WORDS["who_approached"].label_of(
                engagement.named_partner.who_approached
            ),
            is_wished=engagement.named_partner.share_status == "yes",
            shares=engagement.shares_now,
            asked=[AskedRow.of(row) for row in engagement.asked_now],
        )
        for engagement in found
    ]


def _engagements(is_desk: bool, *, proposal: Proposal) -> QuerySet:
    shared = Share.objects.current().filter(engagement=OuterRef("pk")).order_by("pk")
    share = JSONObject(name="contact__name", contact="contact_id", since="since", by="by_id")
    return (
        Engagement.objects.filter(proposal=proposal)
        .select_related("organization", "contact", "named_partner")
        # select_related does not ask the manager that leaves it in the database otherwise.
        .defer("named_partner__confidential_text", *(() if is_desk else Engagement.STAFF_ONLY))
        .annotate(
            shares_now=ArraySubquery(shared.values(row=share)),
            asked_now=ArraySubquery(asked_in(engagement=OuterRef("pk"))),
            contact_is_broken=is_broken("contact__email"),
        )
        .order_by("pk")
    )


_ENGAGEMENTS = KeptStatements(_engagements)


@dataclass(frozen=True)
class Due:
    """A due date said twice: in working days from today, and as a day."""

    on: date
    words: str
    is_late: bool

    @classmethod
    def of(cls, on: date | None, holidays: frozenset[date]) -> "Due | None":
        if on is None:
            return None
        today = timezone.localdate()
        if on < today:
            days = max(-business_days_between(today, on, holidays), 1)
            words = ngettext(
                "%(n)d working day past its target", "%(n)d working days past its target", days
            )
            return cls(on, words % {"n": days}, True)
        if on == today:
            return cls(on, _("today"), False)
        return cls(on, days_ahead(on, today, holidays), False)
