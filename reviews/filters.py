"""What the desk's list can be narrowed to, its search, and the three questions above it."""

import re
from dataclasses import dataclass
from datetime import date

from django.contrib import admin
from django.contrib.postgres.search import SearchQuery
from django.db.models import IntegerField, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.contacts import all_units
from microcreds.accounts.models import Role, User
from partners.models import Engagement, Organization
from proposals.models import Proposal, SearchText, Stage, Turn
from reviews import search_language
from reviews.stage_clock import UNIVERSITY_OWES
from reviews.todos import without_next_step
from reviews.workflow import STAGES

OPEN_STAGES = [stage for stage, known in STAGES.items() if known.is_open and stage != Stage.DRAFT]
# Enough for any name or title; what a search box is fed beyond that is noise or an attack.
SEARCH_LENGTH, SEARCH_WORDS = 200, 8
REFERENCE = re.compile(r"mc-\d{4}-\d{4,}", re.IGNORECASE)


def search(queryset: QuerySet, text: str, user: User) -> QuerySet:
    """Rows that fit every term of the search language (``reviews.search_language``) and every word
    beside them."""
    query = search_language.parse(text)
    return with_words(
        queryset.filter(search_language.condition_of(query, user)), " ".join(query.words)
    )


def with_words(queryset: QuerySet, text: str) -> QuerySet:
    """Rows that say it all in the form they sent last (title, jobs, outcomes, need), in any form of
    its words; and those with every word there or in reference, title, submitter or partner. No row
    comes twice, and their order stays.
    """
    words = text.replace("\x00", " ")[:SEARCH_LENGTH].split()[:SEARCH_WORDS]
    if not words:
        return queryset
    with_each = Proposal.objects.order_by()
    for word in words:
        if REFERENCE.fullmatch(word):
            with_each = with_each.filter(reference=word.upper())
        else:
            with_each = with_each.filter(pk__in=_with_word(word))
    if len(words) == 1:
        return queryset.filter(pk__in=with_each.values("pk"))
    # Together they are asked again: words like "of" stand in no index, and say nothing there.
    return queryset.filter(pk__in=_saying(" ".join(words)).union(with_each.values("pk"), all=True))


def _saying(words: str) -> QuerySet:
    """The keys of proposals whose form, as it was sent last, has all of these words."""
    asked = SearchQuery(words, config="english")
    return SearchText.objects.filter(all_words=asked).order_by().values("proposal_id")


def _with_word(word: str) -> QuerySet:
    """The keys of proposals with the word; each place is asked by itself, because one condition
    over several tables could use the index of none."""
    own = Proposal.objects.filter(
        Q(reference__icontains=word) | Q(working_title__icontains=word)
    ).values("pk")
    people = User.objects.filter(Q(name__icontains=word) | Q(email__icontains=word))
    submitted = Proposal.objects.filter(submitter__in=people.values("pk")).values("pk")
    organizations = Organization.objects.filter(name__icontains=word)
    engaged = Engagement.objects.filter(organization__in=organizations.values("pk"))
    return own.order_by().union(
        _saying(word), submitted.order_by(), engaged.order_by().values("proposal_id"), all=True
    )


class DeskFilter(admin.SimpleListFilter):
    """One select of the bar above the list; a value that is not offered narrows nothing."""

    def choice(self) -> str:
        """The value chosen, if it is one of those offered."""
        chosen = self.value() or ""
        return chosen if chosen in {str(value) for value, _label in self.lookup_choices} else ""


class StageFilter(DeskFilter):
    title = _("Stage")
    parameter_name = "stage"

    def lookups(self, request, model_admin):
        stages = [(stage.value, known.name) for stage, known in STAGES.items()]
        return [("open", _("All open stages")), *[s for s in stages if s[0] != Stage.DRAFT]]

    def queryset(self, request, queryset):
        if self.choice() == "open":
            return queryset.filter(stage__in=OPEN_STAGES)
        return queryset.filter(stage=self.choice()) if self.choice() else queryset


class UnitFilter(DeskFilter):
    title = _("Unit")
    parameter_name = "unit"

    def lookups(self, request, model_admin):
        units = [(str(unit.pk), unit.name) for unit in all_units()]
        return [*units, ("none", _("No unit yet"))]

    def queryset(self, request, queryset):
        if self.choice() == "none":
            return queryset.filter(unit=None)
        return queryset.filter(unit=self.choice()) if self.choice() else queryset


class TurnFilter(DeskFilter):
    title = _("Whose turn")
    parameter_name = "turn"

    def lookups(self, request, model_admin):
        return [(turn.value, str(turn.label)) for turn in Turn]

    def queryset(self, request, queryset):
        return queryset.filter(whose_turn=self.choice()) if self.choice() else queryset


class OwnerFilter(DeskFilter):
    title = _("Owner")
    parameter_name = "owner"

    def lookups(self, request, model_admin):
        people = User.objects.holding(Role.Kind.ELEARNING, Role.Kind.LEAD)
        named = [(str(person.pk), str(person)) for person in people]
        return [("me", _("Me")), ("nobody", _("Nobody yet")), *named]

    def queryset(self, request, queryset):
        owner = self.choice()
        if owner == "me":
            return queryset.filter(assignee=request.user)
        if owner == "nobody":
            return queryset.filter(assignee=None)
        return queryset.filter(assignee=owner) if owner else queryset


class DueFilter(DeskFilter):
    title = _("Due")
    parameter_name = "due"

    def lookups(self, request, model_admin):
        return [("late", _("Past its target"))]

    def queryset(self, request, queryset):
        return queryset.filter(past_target()) if self.choice() else queryset


class NextStepFilter(DeskFilter):
    title = _("Next step")
    parameter_name = "step"

    def lookups(self, request, model_admin):
        return [("none", _("None set"))]

    def queryset(self, request, queryset):
        return queryset.filter(without_next_step()) if self.choice() else queryset


def past_target() -> Q:
    """The university owes the next step, and the day it aimed at lies behind us."""
    return Q(whose_turn__in=UNIVERSITY_OWES, due_on__lt=timezone.localdate())


def is_past_target(proposal: Proposal, today: date) -> bool:
    """The same of one row."""
    owes = proposal.whose_turn in UNIVERSITY_OWES
    return owes and proposal.due_on is not None and proposal.due_on < today


class NumberOf(Subquery):
    """How many rows; unlike a filtered Count beside others it reads only those, by an index."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()

    def __init__(self, queryset: QuerySet) -> None:
        super().__init__(queryset.order_by().values("stage"))


@dataclass(frozen=True)
class Lane:
    """A question the desk opens with: how many, and the list that shows them."""

    label: str
    query: str
    number: int


def lanes_for(user: User, queryset: QuerySet) -> list[Lane]:
    """What waits on this person, as links above the list; counted in one statement."""
    questions = []
    if user.has_role(Role.Kind.COMMITTEE_CHAIR):
        with_committee = Q(whose_turn=Turn.COMMITTEE)
        questions.append((_("Before the committee"), with_committee, {"turn": "committee"}))
    if user.has_role(Role.Kind.DEANS):
        questions.append((_("With the deans"), Q(whose_turn=Turn.DEANS), {"turn": "deans"}))
    if user.is_elearning:
        mine = Q(assignee=user, whose_turn=Turn.UNIVERSITY)
        questions.append((_("Mine, my turn"), mine, {"owner": "me", "turn": "university"}))
        nobodys = Q(assignee=None, stage__in=OPEN_STAGES)
        questions.append((_("Nobody's yet"), nobodys, {"owner": "nobody", "stage": "open"}))
        adrift = Q(assignee=user, stage__in=OPEN_STAGES) & without_next_step()
        query = {"owner": "me", "stage": "open", "step": "none"}
        questions.append((_("Mine, no next step"), adrift, query))
    questions.append((_("Past target"), past_target(), {"due": "late"}))
    numbers = [NumberOf(queryset.filter(rows)) for _label, rows, _query in questions]
    counted = User.objects.filter(pk=user.pk).values_list(*numbers).get()
    return [
        Lane(str(label), urlencode(query), number)
        for (label, _rows, query), number in zip(questions, counted, strict=True)
    ]
