"""The results beside their budgets, as a table people can read."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bench.rows import ROWS, Row
from microcreds.local.places import ROOT, VAR

RECORD = ROOT / "docs" / "performance.md"
RESULTS = "## Results"


@dataclass(frozen=True)
class Timing:
    milliseconds: float
    statements: int


@dataclass
class Result:
    """What one size gave: ours and the floor's by row, megabytes of a worker, mails a second."""

    size: int
    rows: dict[str, tuple[Timing, Timing]] = field(default_factory=dict)
    memory: tuple[float, float] = (0.0, 0.0)
    mails: dict[str, float] = field(default_factory=dict)


def text(results: list[Result], machine: str) -> str:
    """Markdown; a row for each action and size."""
    on = datetime.now(UTC)
    lines = [
        RESULTS,
        "",
        f"{on:%Y-%m-%d}, {machine}.",
        "",
        "| action | proposals | ours ms | floor ms | ours ÷ floor | statements ours / floor"
        " | budget | |",
        "|---|--:|--:|--:|--:|--:|---|---|",
    ]
    for row in ROWS:
        lines += [_line(row, each, results[0]) for each in results if row.name in each.rows]
    for result in results:
        ours, floor = result.memory
        lines.append(
            f"| Memory of a web worker, MB | {result.size:,} | {ours:.0f} | {floor:.0f}"
            f" | {ours / floor:.2f} | | ≤ 1.6 × | {_verdict(ours <= 1.6 * floor)} |"
        )
    lines += [
        "",
        "| mails a second | proposals | each | ratio | budget | |",
        "|---|--:|--:|--:|---|---|",
    ]
    for result in (each for each in results if each.mails):
        alone, one, two = (result.mails[k] for k in ("smtplib", "workers_1", "workers_2"))
        lines += [
            f"| smtplib, one connection | {result.size:,} | {alone:.0f} | | | |",
            f"| outbox, one worker | {result.size:,} | {one:.0f} | {one / alone:.2f}"
            f" | ≥ 0.6 × smtplib | {_verdict(one >= 0.6 * alone)} |",
            f"| outbox, two workers | {result.size:,} | {two:.0f} | {two / one:.2f}"
            f" | ≥ 1.5 × one | {_verdict(two >= 1.5 * one)} |",
        ]
    return "\n".join(lines) + "\n"


def keep(words: str, *, is_recorded: bool) -> None:
    """In ``var/bench.md``, and where asked in the documentation, in the place of the last ones."""
    VAR.mkdir(exist_ok=True)
    (VAR / "bench.md").write_text(words, encoding="utf-8")
    if is_recorded:
        before = re.split(f"^{RESULTS}$", RECORD.read_text(encoding="utf-8"), flags=re.M)[0]
        RECORD.write_text(before + words, encoding="utf-8")


def _line(row: Row, result: Result, first: Result) -> str:
    ours, floor = result.rows[row.name]
    ratio = ours.milliseconds / floor.milliseconds
    kept, budget = [], []
    if limit := row.limit(result.size):
        budget.append(f"≤ {limit:g} ×")
        kept.append(ratio <= limit)
    if row.growth and result.size > first.size:
        budget.append(f"≤ {row.growth:g} × at {first.size:,}")
        kept.append(ours.milliseconds <= row.growth * first.rows[row.name][0].milliseconds)
    if row.statements:
        budget.append(f"≤ {row.statements} statements")
        kept.append(ours.statements <= row.statements)
    verdict = _verdict(all(kept)) if kept else ""
    return (
        f"| {row.name} | {result.size:,} | {ours.milliseconds:.1f} | {floor.milliseconds:.1f}"
        f" | {ratio:.2f} | {ours.statements} / {floor.statements}"
        f" | {', '.join(budget)} | {verdict} |"
    )


def _verdict(is_kept: bool) -> str:
    return "pass" if is_kept else "**miss**"
