"""What the list of proposals can be narrowed to."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from proposals.models import Proposal, ProposalQuerySet, Stage, Turn
from reviews.untold import told_at, told_turn
from reviews.workflow import STAGES


def _stages_by_label() -> dict[str, list[Stage]]:
    """Stages that proposers know by one name are one choice, named by the first of them."""
    found: dict[str, list[Stage]] = {}
    for stage, info in STAGES.items():
        found.setdefault(str(info.proposer_label), []).append(stage)
    return {stages[0].value: stages for stages in found.values()}


STAGES_OF = _stages_by_label()


class ProposalFilter(django_filters.FilterSet):
    """Stage in the proposers' words and whose turn, both as they are told; the year it was begun,
    and a search."""

    q = django_filters.CharFilter(
        label=_("Search in title and reference"), max_length=200, method="search"
    )
    stage = django_filters.ChoiceFilter(
        label=_("Stage"),
        empty_label=_("Any stage"),
        choices=lambda: [(key, STAGES[Stage(key)].proposer_label) for key in STAGES_OF],
        method="of_stage",
    )
    whose_turn = django_filters.ChoiceFilter(
        label=_("Whose turn"),
        empty_label=_("Anybody's"),
        choices=Turn.choices,
        method="of_turn",
    )
    year = django_filters.ChoiceFilter(
        label=_("Begun in"), empty_label=_("Any year"), field_name="created_at__year"
    )

    class Meta:
        model = Proposal
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: ProposalQuerySet, years: Iterable[int]) -> None:
        """``years``: in which the proposals of ``queryset`` were begun."""
        super().__init__(data, queryset=queryset)
        self.filters["year"].extra["choices"] = [(year, year) for year in years]

    def search(self, queryset: ProposalQuerySet, name: str, value: str) -> ProposalQuerySet:
        for word in value.split()[:8]:
            queryset = queryset.filter(
                Q(working_title__plain__contains=word) | Q(reference__icontains=word)
            )
        return queryset

    def of_stage(self, queryset: ProposalQuerySet, name: str, value: str) -> ProposalQuerySet:
        return queryset.filter(told_at("", STAGES_OF[value], timezone.now()))

    def of_turn(self, queryset: ProposalQuerySet, name: str, value: str) -> ProposalQuerySet:
        return queryset.filter(told_turn(value, timezone.now()))
