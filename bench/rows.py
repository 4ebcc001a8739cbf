"""What is measured, one entry a row: the same action at the product and at the floor.

An action gets the people at its app, what was prepared there, and the number of the round, which
picks what it uses up. Only the requests are timed, not what the action reads out of pages.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from bench.client import Client, Page
from bench.floor.answers import FILLED

People = dict[str, Client]
Action = Callable[[People, dict[str, Any], int], Page]
LARGE = 100_000  # from here on it is a stress case, with limits of its own
DESK = "/admin/reviews/triageitem/"
FLOOR_DESK = "/admin/floor/idea/"


@dataclass(frozen=True)
class Row:
    """``most`` is the budget as a multiple of the floor, ``most_large`` the one at 100,000;
    ``growth`` how many times its time at the smallest size it may take at the largest;
    ``statements`` how many it may take."""

    name: str
    ours: Action
    floor: Action
    most: float | None = None
    most_large: float | None = None
    growth: float | None = None
    statements: int | None = None
    rounds: int = 15

    def limit(self, size: int) -> float | None:
        return self.most_large if size >= LARGE and self.most_large else self.most


def _get(person: str, address: str) -> Action:
    return lambda people, ready, n: people[person].get(address.format(**ready))


def _desk(**query: str) -> Action:
    return _get("lead", f"{DESK}?{urlencode(query)}")


def _floor_desk(**query: str) -> Action:
    return _get("staff", f"{FLOOR_DESK}?{urlencode(query)}")


def _last_page(person: str, address: str) -> Action:
    def ask(people: People, ready: dict[str, Any], n: int) -> Page:
        return people[person].get(f"{address}?p={-(-ready['listed'] // 50)}")

    return ask


def _submit(people: People, ready: dict[str, Any], n: int) -> Page:
    person = people["faculty"]
    page = person.get(f"/proposals/{ready['drafts'][n]}/check/")
    return person.send(page, "form_version", **dict.fromkeys(ready["attestations"], "on"))


def _floor_submit(people: People, ready: dict[str, Any], n: int) -> Page:
    person = people["owner"]
    return person.send(person.get("/ideas/new/"), **FILLED)


def _save_page(people: People, ready: dict[str, Any], n: int) -> Page:
    person = people["faculty"]
    page = person.get(f"/proposals/{ready['draft']}/edit/need/")
    return person.send(page, "form_version", need_statement=f"Round {n}. " + "Why. " * 60)


def _autosave(people: People, ready: dict[str, Any], n: int) -> Page:
    """What a pause in typing sends; the page was opened by what is not measured."""
    person, address = people["faculty"], f"/proposals/{ready['draft']}/edit/need/"
    page = person.get(address)
    person.take()
    typed = {"need_statement": f"Round {n}, typed. " + "Why. " * 60}
    return person.send(page, "form_version", f"{address}autosave/", **typed)


def _floor_post(people: People, ready: dict[str, Any], n: int) -> Page:
    """The POST of the floor's form and the page it leads to; opening it is not measured."""
    person = people["owner"]
    page = person.get("/ideas/new/")
    person.take()
    return person.send(page, **FILLED)


def _start_triage(people: People, ready: dict[str, Any], n: int) -> Page:
    person = people["lead"]
    page = person.get(f"{DESK}{ready['submitted'][n]}/move/start_triage/")
    return person.send(page, "digest")


def _plan_page(people: People, ready: dict[str, Any], n: int) -> Page:
    return people["lead"].get(f"{DESK}{ready['submitted'][-1]}/move/start_triage/")


def _floor_accept(people: People, ready: dict[str, Any], n: int) -> Page:
    person = people["staff"]
    page = person.get(f"{FLOOR_DESK}{ready['ideas'][n]}/change/")
    return person.send(page, "title", stage="accepted")


def _move_100(people: People, ready: dict[str, Any], n: int) -> Page:
    """On hold and back again, by turns, for one hundred may not be waiting anywhere."""
    person, key = people["lead"], "resume" if n % 2 else "hold"
    ids = ",".join(map(str, ready["many"]))
    page = person.get(f"{DESK}bulk/{key}/?ids={ids}")
    wakes_on = date.today() + timedelta(days=30)
    wakes = {} if n % 2 else {"reason_code": "timing", "wake_on": wakes_on.isoformat()}
    return person.send(page, "digest", **wakes)


def _floor_accept_100(people: People, ready: dict[str, Any], n: int) -> Page:
    person = people["staff"]
    person.get(FLOOR_DESK)
    chosen = [("_selected_action", str(pk)) for pk in ready["ideas"][:100]]
    return person.post(FLOOR_DESK, [("action", "accept"), *chosen])


# What a page of one proposal, or of one person's, may cost.
_PAGE: Any = {"most": 2, "statements": 12}
_OWN_PAGE = _get("owner", "/ideas/{own}/")
_FLOOR_DETAIL = _get("staff", FLOOR_DESK + "{own}/change/")
_DETAIL = _get("lead", DESK + "{detail}/change/")
_OURS_LAST, _FLOOR_LAST = _last_page("lead", DESK), _last_page("staff", FLOOR_DESK)

ROWS = (
    Row("Submit the form", _submit, _floor_submit, most=2),
    Row("Save a page of the form", _save_page, _floor_submit),
    Row("Autosave of a page", _autosave, _floor_post, most=1, statements=8),
    Row("Proposer's list", _get("faculty", "/proposals/"), _get("owner", "/ideas/"), **_PAGE),
    Row("Proposal's page", _get("faculty", "/proposals/{own}/"), _OWN_PAGE, **_PAGE),
    Row("Partner's page", _get("partner", "{partner_page}"), _OWN_PAGE, **_PAGE),
    Row("Staff detail", _DETAIL, _FLOOR_DETAIL, **_PAGE),
    Row("Staff list, first page", _desk(), _floor_desk(), most=1.5, growth=1.2),
    Row(
        "Staff list, filtered",
        _desk(stage="submitted"),  # fills a page at every size
        _floor_desk(stage__exact="submitted"),
        most=1.5,
        growth=1.2,
    ),
    Row("Staff list, searched", _desk(q="battery"), _floor_desk(q="battery"), most_large=0.3),
    Row("Staff list, last page", _OURS_LAST, _FLOOR_LAST, most=1.5, most_large=0.3),
    # Its budget is said beside the floor's accept, as that of the move is.
    Row("Plan of one move", _plan_page, _floor_accept, most=1.5),
    Row("Move one: plan, move, page", _start_triage, _floor_accept, most=1.5),
    Row("Move 100: plan, move, list", _move_100, _floor_accept_100, most=3, rounds=6),
)
