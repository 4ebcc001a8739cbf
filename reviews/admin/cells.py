"""The cells of the desk's rows: by column, drawn at once for a whole page."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from microcreds.components import day_said, lucide
from proposals.models import Turn
from reviews.asks.ask import due_words
from reviews.clocks import business_days_between, campus_day
from reviews.columns import Column
from reviews.questions import is_past_target
from reviews.stage_clock import UNIVERSITY_OWES
from reviews.templatetags.desk import stage_badge
from reviews.workflow import STANDS_STILL


class Today(NamedTuple):
    """What the cells are told from: the day, the days off, and how far a proposal's page is."""

    on: date
    holidays: frozenset[date]
    page: str  # the address of the page of proposal 0
    step: str  # that of the page that asks for a next step, up to the key; empty: not theirs

    def page_of(self, item: Any) -> str:
        return self.page.replace("/0/", f"/{item.pk}/")

    def day(self, moment: datetime | date | None) -> str:
        """As ``components.day`` says it; which year it is was asked once for a hundred cells."""
        if moment is None:
            return ""
        on = campus_day(moment) if isinstance(moment, datetime) else moment
        return day_said(on, on.year == self.on.year)


def draw(
    rows: Sequence[Any],
    columns: Sequence[Column],
    holidays: frozenset[date],
    from_here: str,
    *,
    sets_steps: bool,
) -> None:
    """Each row has its ``cells``, all but the first, which is its link; links carry ``from_here``,
    by which a page knows the list."""
    today = Today(
        timezone.localdate(),
        holidays,
        reverse("admin:reviews_triageitem_change", args=[0]),
        f"{reverse('admin:reviews_triageitem_next_step')}{from_here}&ids=" if sets_steps else "",
    )
    drawn = [(column.key, _DRAWN.get(column.key)) for column in columns[1:]]
    # One format for the whole row: escaping by the cell would take as long as all else of it.
    row = "".join(f"<td{_said(column)}>{{}}</td>" for column in columns[1:])
    has_unit = any(column.key == "unit" for column in columns)
    for item in rows:
        item.unit_said = "" if has_unit else str(item.unit or _("No unit yet"))
        item.is_late = is_past_target(item, today.on)
        item.age, item.page = age_of(item, today), today.page_of(item) + from_here
        item.cells = format_html(
            row, *(draw(item, today) if draw else _plain(key, item) for key, draw in drawn)
        )


def _said(column: Column) -> str:
    """Where a row is a card, a cell says which column it was; title and stage say so themselves."""
    if column.key in _CLASS:
        return format_html(' class="{}"', _CLASS[column.key])
    return format_html(' data-label="{}"', column.heading)


def age_of(item: Any, today: Today) -> str:
    """How many working days it has stood there; where nobody owes a move that is no news."""
    if item.whose_turn == Turn.NOBODY:
        return ""
    since = campus_day(item.stage_since)
    if since >= today.on:
        return _("today")
    days = max(business_days_between(since, today.on, today.holidays), 0)
    words = ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}
    return _("%(age)s, past target") % {"age": words} if item.is_late else words


def _title(item: Any, today: Today) -> str:
    title = format_html(
        '{} <span class="desk-by">{}</span>', item.working_title, str(item.submitter)
    )
    if not item.unread:
        return title
    words = ngettext("message about %(title)s", "messages about %(title)s", item.unread)
    link = (
        '<a class="unread" href="{}#proposers">{} new<span class="visually-hidden"> {}</span></a>'
    )
    return format_html(
        "{} " + link,
        title,
        item.page,
        item.unread,
        words % {"title": item.working_title},
    )


def _age(item: Any, today: Today) -> str:
    age, since = item.age, today.day(item.stage_since)
    if item.is_late:
        icon = lucide("clock-alert", size=16, aria_hidden="true", **{"class": "icon"})
        words = '<span class="date date-late">{} {}, since {}</span>{}'
        return format_html(words, icon, age, since, _time_left(item, today))
    if item.stage in STANDS_STILL and item.due_on:
        words = '<span class="date">since {}, until {}</span>'
        return format_html(words, since, today.day(item.due_on))
    words = '<span class="date">{}since {}</span>{}'
    return format_html(words, f"{age}, " if age else "", since, _time_left(item, today))


def _time_left(item: Any, today: Today) -> str:
    """Below, while a clock runs: how much is left until its target, or how far that is past."""
    if item.due_on is None or item.whose_turn not in UNIVERSITY_OWES:
        return ""
    words = due_words(item.due_on, today.on, today.holidays)
    left = business_days_between(today.on, item.due_on, today.holidays)
    if left > 0:
        words = ngettext("%(n)d working day left", "%(n)d working days left", left) % {"n": left}
    elif item.due_on >= today.on:
        words = _("due %(when)s") % {"when": words}
    return format_html(' <span class="desk-by">{}</span>', words)


def _due(item: Any, today: Today) -> str:
    if item.due_on is None:
        return format_html('<span class="soft">{}</span>', _("No date"))
    if not item.is_late:
        return today.day(item.due_on)
    icon = lucide("clock-alert", size=16, aria_hidden="true", **{"class": "icon"})
    words = '<span class="date date-late">{} {} {}</span>'
    return format_html(words, icon, _("late,"), today.day(item.due_on))


def _owner(item: Any, today: Today) -> str:
    """With the unit below, where that has no column of its own."""
    owner = str(item.assignee or _("Nobody yet"))
    below = '{} <span class="desk-by nowrap">{}</span>'
    return format_html(below, owner, item.unit_said) if item.unit_said else owner


def _partners(item: Any, today: Today) -> str:
    if not item.partners:
        return format_html('<span class="soft">{}</span>', _("None"))
    names = [partner["name"] for partner in item.partners]
    if not any(partner["left"] for partner in item.partners):
        return ", ".join(names)
    left = [_left(partner["left"]) for partner in item.partners]
    return format_html_join(", ", "{}{}", zip(names, left, strict=True))


def _left(at: str | None) -> str:
    if at is None:
        return ""
    icon = lucide("log-out", size=16, aria_hidden="true", **{"class": "icon"})
    return format_html(' <span class="soft nowrap">{} {}</span>', icon, _("left"))


def _step(item: Any, today: Today) -> str:
    if item.next_todo is None:
        return _no_step(item, today)
    on = date.fromisoformat(item.next_todo["on"])
    is_late = on < today.on
    return format_html(
        '{} <span class="desk-by{}">{}, {}{}</span>',
        item.next_todo["words"],
        " date-late" if is_late else "",
        item.next_todo["who"],
        _("late,") + " " if is_late else "",
        today.day(on),
    )


def _no_step(item: Any, today: Today) -> str:
    """Said where somebody owes something, with the way to set one; but not beside the link to
    unread messages: a row has three stops for the Tab key at most."""
    if item.whose_turn == Turn.NOBODY:
        return ""
    if item.unread or not today.step:
        return format_html('<span class="soft">{}</span>', _("None set"))
    words = '<a class="soft" href="{}{}">{}<span class="visually-hidden"> {}</span></a>'
    of_it = _("for %(title)s") % {"title": item.working_title}
    return format_html(words, today.step, item.pk, _("Set one"), of_it)


def _step_by(item: Any, today: Today) -> str:
    return today.day(date.fromisoformat(item.next_todo["on"])) if item.next_todo else ""


def _plain(key: str, item: Any) -> str:
    return str(_PLAIN[key](item))


_CLASS = {"title": "desk-title", "stage": "desk-stage"}
_DRAWN: dict[str, Callable[[Any, Today], str]] = {
    "title": _title,
    "stage": lambda item, today: stage_badge(item.stage),
    "age": _age,
    "due": _due,
    "owner": _owner,
    "partners": _partners,
    "submitted": lambda item, today: today.day(item.submitted_at),
    "active": lambda item, today: today.day(item.last_activity_at),
    "step": _step,
    "step_by": _step_by,
}
_PLAIN: dict[str, Callable[[Any], object]] = {
    "by": lambda item: item.submitter,
    "turn": lambda item: Turn(item.whose_turn).label,
    "unit": lambda item: item.unit or _("No unit yet"),
    "campus": lambda item: item.campus or "",
    "department": lambda item: item.department or "",
    "credential": lambda item: item.get_credential_type_display(),
    "priority": lambda item: item.get_priority_display(),
}
