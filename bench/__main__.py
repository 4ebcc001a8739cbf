"""The benchmark's command line: sizes in, a table out.

``python -m bench [--record] [--rounds N] [--only ROW] [SIZE…]``
"""

import argparse
import statistics
import sys
from contextlib import ExitStack

from bench import outbox, servers, table
from bench.client import Client
from bench.rows import ROWS, Row
from bench.servers import App

WARM_UP = 2


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("sizes", type=int, nargs="*", default=[1000])
    parser.add_argument("--rounds", type=int, help="instead of each row's own number")
    parser.add_argument("--only", default="", help="the rows whose name begins so, and no mails")
    parser.add_argument("--record", action="store_true", help="into docs/performance.md too")
    asked = parser.parse_args()
    if asked.only and asked.record:
        parser.error("A record has every row.")
    results = []
    for size in asked.sizes or [1000]:
        results.append(measure(size, asked.rounds, asked.only))
        print(table.text([*results], servers.machine()), flush=True)
    table.keep(table.text(results, servers.machine()), is_recorded=asked.record)


def measure(size: int, rounds: int | None, only: str = "") -> table.Result:
    """Both apps at one size, on databases made for it; ``only``: the rows whose name begins so."""
    with ExitStack() as stack:
        apps = []
        for name in ("ours", "floor"):
            base = f"bench_{name}_{size}"
            stack.enter_context(servers.database(base))
            print(f"Preparing {name} with {size} …", file=sys.stderr, flush=True)
            apps.append(servers.prepare(name, size, base))
        ours, floor = (stack.enter_context(servers.serving(app)) for app in apps)
        _open_partner_page(ours)
        result = table.Result(size)
        for row in (each for each in ROWS if each.name.startswith(only)):
            result.rows[row.name] = _take_turns(row, ours, floor, rounds or row.rounds)
        result.memory = ours.worker_megabytes(), floor.worker_megabytes()
        result.mails = {} if only else outbox.throughput(ours)
        return result


def _open_partner_page(ours: App) -> None:
    """A contact's browser, in by a personal link."""
    partner = ours.people["partner"] = Client(ours.port)
    partner.send(partner.get(ours.ready["partner_link"]))


def _take_turns(row: Row, ours: App, floor: App, rounds: int) -> tuple[table.Timing, table.Timing]:
    """Request by request, so that what else the machine does hits both alike."""
    taken: dict[str, list[tuple[float, int]]] = {"ours": [], "floor": []}
    for number in range(WARM_UP + rounds):
        for app, action in ((ours, row.ours), (floor, row.floor)):
            action(app.people, app.ready, number)
            costs = [person.take() for person in app.people.values()]
            taken[app.name].append((sum(c[0] for c in costs), sum(c[1] for c in costs)))
    medians = []
    for name in ("ours", "floor"):
        measured = taken[name][WARM_UP:]
        medians.append(
            table.Timing(
                statistics.median(seconds for seconds, _ in measured) * 1000,
                max(statements for _, statements in measured),
            )
        )
    return medians[0], medians[1]


if __name__ == "__main__":
    main()
