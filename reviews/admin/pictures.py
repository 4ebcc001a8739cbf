"""The home's figures as pictures: rows with a bar, each a link to exactly the rows it counts."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from proposals.models import Stage
from reviews.admin.narrowing import Narrowed
from reviews.decisions import DECISIONS, REASONS_TO_DECIDE
from reviews.dimensions import KINDS, NONE, ORIGINS, UNSAID, numbered
from reviews.figures import AtStage, Counted, Decided, Figures
from reviews.spans import Span, month_of
from reviews.workflow import STAGES, Text

# On their way are all that stand somewhere but these; so says the search language, too.
ON_THEIR_WAY = ("stage:submitted..on_hold", "-stage:active..renewal_review")
IN_USE = (Stage.ACTIVE, Stage.RENEWAL_REVIEW, Stage.SUSPENDED)
# A line of months says something up to here; beyond, years do.
MOST_MONTHS, MOST_BARS = 24, 8
HEADINGS: dict[str, Text] = {
    "unit": gettext_lazy("By unit"),
    "campus": gettext_lazy("By campus"),
    "department": gettext_lazy("By department"),
    "kind": gettext_lazy("By kind of partner"),
    "origin": gettext_lazy("By how the idea started"),
}


@dataclass(frozen=True)
class Bar:
    """One line of a picture. ``width`` and ``part`` are percent of the longest; the part is drawn
    first and stands out. ``is_within``: it tells of a part of the line above."""

    label: Text
    url: str
    number: int
    width: float = 0
    share: int | None = None
    is_within: bool = False
    is_good: bool = False
    above: str = ""
    words: str = ""


@dataclass(frozen=True)
class Bars:
    """A picture of lines, the longest first; ``rest`` are those beyond the first few."""

    key: str
    heading: Text
    first: list[Bar]
    rest: list[Bar]
    note: str = ""


@dataclass(frozen=True)
class Station:
    """One stage of the flow: how many stand there, wait too long, for whom, how long."""

    stage: Stage
    bar: Bar
    late: Bar
    days: str
    turns: list[Bar]


def url_of(narrowed: Narrowed, *terms: str, **filters: str) -> str:
    """The desk's list, narrowed to the same unit, these filters and terms of the search."""
    asked = {"unit": narrowed.unit, **filters, "q": " ".join(term for term in terms if term)}
    query = urlencode({name: value for name, value in asked.items() if value})
    address = reverse("admin:reviews_triageitem_changelist")
    return f"{address}?{query}" if query else address


def term(key: str, value: str) -> str:
    """One term of the search language, in quotes where its value has spaces."""
    return f'{key}:"{value}"' if " " in value else f"{key}:{value}"


def on_days(key: str, narrowed: Narrowed) -> str:
    """The days chosen as a term; empty where all are."""
    return "" if narrowed.span.is_all else term(key, narrowed.span.as_written)


def flow(figures: Figures, narrowed: Narrowed) -> dict[str, Any]:
    """Who stands where on the way, and what is in use."""
    under_way = [at for at in figures.stages if at.stage not in IN_USE]
    longest = max((at.number for at in under_way), default=0)
    standing = sum(at.number for at in under_way)
    return {
        "stations": [_station(at, longest, narrowed) for at in under_way],
        "standing": standing,
        "late": sum(at.late for at in under_way),
        "url": url_of(narrowed, *ON_THEIR_WAY),
        "late_url": url_of(narrowed, *ON_THEIR_WAY, due="late"),
        "in_use": [
            Bar(STAGES[at.stage].name, url_of(narrowed, stage=at.stage.value), at.number)
            for at in figures.stages
            if at.stage in IN_USE
        ],
    }


def _station(at: AtStage, longest: int, narrowed: Narrowed) -> Station:
    stage = at.stage.value
    here = Bar(
        STAGES[at.stage].name,
        url_of(narrowed, stage=stage),
        at.number,
        _percent(at.number, longest),
    )
    late = Bar(
        _("past target"),
        url_of(narrowed, stage=stage, due="late"),
        at.late,
        _percent(at.late, longest),
    )
    turns = [
        Bar(turn.label, url_of(narrowed, stage=stage, turn=turn.value), number)
        for turn, number in at.turns
    ]
    days = "" if at.days is None else f"{at.days:.1f}".removesuffix(".0")
    return Station(at.stage, here, late, days, turns)


def months(figures: Figures, narrowed: Narrowed, today: date) -> list[Bar]:
    """What came in by month, months without any too; by year where there are too many months."""
    counted = {each.key: each.number for each in figures.intake["month"]}
    if not counted and narrowed.span.since is None:
        return []
    keys = _keys_between(counted, narrowed.span, today)
    if len(keys) > MOST_MONTHS:
        years = sorted({key[:4] for key in keys})
        found = {
            year: sum(number for key, number in counted.items() if key[:4] == year)
            for year in years
        }
        drawn = [(year, year, "", year, _year(year)) for year in years]
    else:
        found = counted
        drawn = [_month(key, is_first=key == keys[0]) for key in keys]
    longest = max((found.get(key, 0) for key, *_words in drawn), default=0)
    return [
        Bar(
            label=label,
            above=above,
            words=words,
            url=url_of(narrowed, term("received", span.cut_to(narrowed.span).as_written)),
            number=found.get(key, 0),
            width=_percent(found.get(key, 0), longest),
        )
        for key, label, above, words, span in drawn
    ]


def _keys_between(counted: dict[str, int], span: Span, today: date) -> list[str]:
    """Each month from the first with days in the span to the last, as far as today."""
    begin = f"{span.since:%Y-%m}" if span.since else min(counted)
    end = f"{min(span.until or today, today):%Y-%m}"
    end = max([end, *counted]) if not span.until else end
    numbers = [int(key[:4]) * 12 + int(key[5:]) - 1 for key in (begin, end)]
    return [f"{n // 12:04}-{n % 12 + 1:02}" for n in range(numbers[0], numbers[1] + 1)]


def _month(key: str, *, is_first: bool) -> tuple[str, str, str, str, Span]:
    """Its key, short name, the year where one begins, its whole name, its days."""
    span, first = month_of(key), date(int(key[:4]), int(key[5:]), 1)
    year = key[:4] if is_first or key.endswith("-01") else ""
    return key, date_format(first, "M"), year, date_format(first, "F Y"), span


def _year(year: str) -> Span:
    return Span(date(int(year), 1, 1), date(int(year), 12, 31))


def intake(figures: Figures, narrowed: Narrowed) -> list[Bars]:
    """What came in by where it belongs, with whom and how it started."""
    several = _("With partners of several kinds a proposal counts for each.")
    return [
        _bars(key, figures, narrowed, note=several if key == "kind" else "") for key in HEADINGS
    ]


def _bars(key: str, figures: Figures, narrowed: Narrowed, note: str) -> Bars:
    counted = figures.intake[key]
    longest = max((each.number for each in counted), default=0)
    received = on_days("received", narrowed)
    lines = [
        Bar(
            label=_name(key, each),
            url=_url(key, each, narrowed, received),
            number=each.number,
            width=_percent(each.number, longest),
            share=round(100 * each.number / figures.received) if figures.received else None,
        )
        for each in counted
    ]
    return Bars(key, HEADINGS[key], lines[:MOST_BARS], lines[MOST_BARS:], note)


def _name(key: str, counted: Counted) -> Text:
    if key in ("kind", "origin"):
        nothing = {NONE: _("No partner named") if key == "kind" else _("Not said")}
        words = {UNSAID: _("Not said")} | nothing | dict(KINDS if key == "kind" else ORIGINS)
        return words.get(counted.key, counted.key)
    if counted.key == NONE:
        return {"unit": _("No unit yet"), "campus": _("No campus")}.get(key, _("No department"))
    return counted.label


def _url(key: str, counted: Counted, narrowed: Narrowed, received: str) -> str:
    if key == "unit":
        return url_of(replace(narrowed, unit=counted.key), received)
    value = counted.key
    if key in ("campus", "department") and value != NONE:
        value = numbered(int(value), counted.label)
    return url_of(narrowed, received, term(key, value))


def decided(figures: Figures, narrowed: Narrowed) -> list[Bar]:
    """What was decided, each followed by its reasons."""
    by_move: dict[str, list[Decided]] = {known.move: [] for known in DECISIONS.values()}
    for each in figures.decided:
        by_move[each.move].append(each)
    numbers = {move: sum(each.number for each in made) for move, made in by_move.items()}
    longest, total = max(numbers.values()), sum(numbers.values())
    on = on_days("decided", narrowed)

    def line(label: Text, number: int, *terms: str) -> Bar:
        share = round(100 * number / total) if total else None
        return Bar(
            label,
            url_of(narrowed, on, *terms),
            number,
            _percent(number, longest),
            share,
            is_within=len(terms) > 1,
        )

    lines = []
    for known in DECISIONS.values():
        so = term("decided", known.key)
        whole = line(known.name, numbers[known.move], so)
        lines.append(replace(whole, is_good=known.key == "approved"))
        reasons = [each for each in by_move[known.move] if each.reason]
        for each in sorted(reasons, key=lambda each: (-each.number, each.reason)):
            words = REASONS_TO_DECIDE.get(each.reason, each.reason)
            why = term("reason", each.reason)
            lines.append(line(words, each.number, so, why))
    return lines


def _percent(number: int, longest: int) -> float:
    return round(100 * number / longest, 1) if longest else 0
