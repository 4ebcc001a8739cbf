"""The days and the unit that the home is narrowed to; its address is the state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from microcreds.accounts.contacts import all_units
from microcreds.accounts.models import User
from reviews.spans import FIRST_YEAR, LAST_YEAR, RANGES, Span
from reviews.workflow import Text

USUAL, ALL_UNITS = "months", "all"


@dataclass(frozen=True)
class Choice:
    """One value of the bar: a link to a range, an option of the select."""

    key: str
    label: Text
    query: str = ""
    is_chosen: bool = False


@dataclass(frozen=True)
class Narrowed:
    """What the home shows: ``range`` is a key of ``RANGES``, or empty where days were given;
    ``unit`` a unit's number, ``none`` or empty. What was not understood narrows nothing."""

    span: Span
    range: str = ""
    unit: str = ""
    complaints: list[str] = field(default_factory=list)

    @property
    def rows(self) -> Q:
        if not self.unit:
            return Q()
        return Q(unit=None) if self.unit == "none" else Q(unit=int(self.unit))

    @property
    def ranges(self) -> list[Choice]:
        """The ranges as links that keep the unit."""
        unit = self.unit or ALL_UNITS
        return [
            Choice(key, label, urlencode({"range": key, "unit": unit}), key == self.range)
            for key, (label, _days) in RANGES.items()
        ]

    @property
    def units(self) -> list[Choice]:
        known = [(ALL_UNITS, _("All units")), *_known_units().items()]
        chosen = self.unit or ALL_UNITS
        return [Choice(key, label, is_chosen=key == chosen) for key, label in known]

    @property
    def unit_name(self) -> Text:
        return _known_units()[self.unit] if self.unit else _("All units")

    @property
    def range_name(self) -> Text:
        return RANGES[self.range][0] if self.range else _("The days chosen")


def _known_units() -> Mapping[str, Text]:
    return {str(unit.pk): unit.name for unit in all_units()} | {"none": _("No unit yet")}


def narrowed_by(asked: Mapping[str, str], user: User) -> Narrowed:
    """What an address asks for: ``range``, or ``from`` and ``to`` before it; ``unit``. Staff of one
    unit begin with theirs."""
    complaints: list[str] = []
    today = timezone.localdate()
    chosen = asked.get("range") or USUAL
    if chosen not in RANGES:
        complaints.append(_("That range is not known, so the last 12 months are shown."))
        chosen = USUAL
    since, until = (_day(asked.get(name, ""), complaints) for name in ("from", "to"))
    if since and until and since > until:
        complaints.append(_("The first day is after the last, so neither is used."))
        since = until = None
    unit = asked.get("unit") or _own_unit(user)
    if unit != ALL_UNITS and unit not in _known_units():
        complaints.append(_("That unit is not known, so all units are shown."))
        unit = ALL_UNITS
    unit = "" if unit == ALL_UNITS else unit
    named = RANGES[chosen][1](today)
    given = Span(since, until)
    if given.is_all or given == named:
        return Narrowed(named, chosen, unit, complaints)
    return Narrowed(given, "", unit, complaints)


def _own_unit(user: User) -> str:
    own = [] if user.is_lead else list(user.unit_ids)
    return str(own[0]) if len(own) == 1 and str(own[0]) in _known_units() else ALL_UNITS


def _day(text: str, complaints: list[str]) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = None
    if day and FIRST_YEAR <= day.year <= LAST_YEAR:
        return day
    if text:
        complaints.append(
            _("“%(text)s” is not a day like 2026-03-31, so it is not used.") % {"text": text[:40]}
        )
    return None
