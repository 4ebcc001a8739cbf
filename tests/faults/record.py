"""The table of docs/reliability.md, written by a run of the whole suite (``RECORD=1``).

A test has its row by ``@pytest.mark.faults(fault, promise)``.
"""

import os
import re
from datetime import UTC, datetime

import pytest

from bench.servers import machine
from microcreds.local.places import ROOT

PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- the table: written by the suite -->\n", "<!-- end of the table -->\n"


class Record:
    """What became of each test that has a row, in the order in which they ran."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[str, str]] = {}
        self.results: dict[str, tuple[str, float]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            marks = [mark for mark in item.iter_markers("faults") if mark.args]
            if marks:
                fault, promise = marks[0].args
                self.rows[item.nodeid] = fault, promise

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.nodeid in self.rows and (report.when == "call" or not report.passed):
            self.results[report.nodeid] = report.outcome, report.duration

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, config: pytest.Config
    ) -> None:
        """The page has what this run found; nothing where a part of the suite was left out."""
        is_whole = config.args_source == pytest.Config.ArgsSource.TESTPATHS
        if not is_whole or set(self.results) != set(self.rows):
            terminalreporter.write_line("Not recorded: this run was not the whole fault suite.")
            return
        PAGE.write_text(written_into(PAGE.read_text(encoding="utf-8"), self.table()), "utf-8")
        terminalreporter.write_line(f"Recorded in {PAGE.relative_to(ROOT)}.")

    def table(self) -> str:
        """Markdown, a row for each fault."""
        lines = [
            f"{datetime.now(UTC):%Y-%m-%d}, {machine()}.",
            "",
            "| fault | promise | result | seconds |",
            "|---|---|---|--:|",
        ]
        for test, (outcome, seconds) in self.results.items():
            fault, promise = self.rows[test]
            result = "kept" if outcome == "passed" else f"**{outcome}**"
            lines.append(f"| {fault} | {promise} | {result} | {seconds:.1f} |")
        total = sum(seconds for _outcome, seconds in self.results.values())
        kept = sum(outcome == "passed" for outcome, _seconds in self.results.values())
        lines += ["", f"{kept} of {len(self.results)} kept, in {total:.0f} seconds."]
        return "\n".join(lines) + "\n"


def written_into(page: str, table: str) -> str:
    """The page with this table between its marks."""
    return re.sub(f"(?<={BEGIN}).*(?={END})", lambda _old: table, page, flags=re.DOTALL)


def is_wanted(config: pytest.Config) -> bool:
    return bool(os.environ.get("RECORD")) and not hasattr(config, "workerinput")
