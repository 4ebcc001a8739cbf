"""Whom to talk to: the units in whose words every page ends."""

import time

from microcreds.accounts.models import Unit

# So long a process may name what another one has changed since.
REMEMBERED_SECONDS = 60

_remembered: list[tuple[float, list[Unit]]] = []


def all_units() -> list[Unit]:
    """Every unit by name, for what a page offers and says; each process reads them once a minute.

    They are the same for everybody who asks. What is written asks the database.
    """
    if not _remembered or _remembered[0][0] < time.monotonic():
        _remembered[:] = [(time.monotonic() + REMEMBERED_SECONDS, list(Unit.objects.all()))]
    return _remembered[0][1]


def mail_of(unit_id: int | None) -> str:
    """Where a unit is written to, asked of the database; empty where there is none."""
    if unit_id is None:
        return ""
    return Unit.objects.filter(pk=unit_id).values_list("email", flat=True).first() or ""


def active_units() -> list[Unit]:
    """Those of them that take proposals in."""
    return [unit for unit in all_units() if unit.is_active]


def forget_units(**_sent: object) -> None:
    """What was remembered here is read again; called when a unit is saved or deleted."""
    _remembered.clear()
