"""The table of a rehearsal: integrations by checks, filled in as they come."""

import contextlib
import threading
from collections import defaultdict
from collections.abc import Generator, Sequence

from rich import box
from rich.live import Live
from rich.table import Column, Table
from rich.text import Text

from sandbox.console import for_tables, say
from sandbox.rehearsal.checks import CHECKS
from sandbox.rehearsal.checks.base import Outcome, Result
from sandbox.rehearsal.deployed import Deployed
from sandbox.rehearsal.rehearsal import Report, Tell

NOTE = """\
This is a rehearsal on one machine. The clients are the published Broker, started as the deployed task definitions say;
Snyk's servers are the Broker's own. Snyk's dispatcher and API, the systems and their certificates are stand-ins on
loopback, and AWS is the local one: no image was pulled, no security group filtered, and ECS replaced nothing."""

WIDTH = 160  # where no terminal sets one
_CELLS = {
    Result.PASS: Text("pass", style="green"),
    Result.FAIL: Text("FAIL", style="bold red"),
    Result.SKIP: Text("skip", style="dim"),
}


class Progress:
    """Shows outcomes as they come: in a table on a terminal, elsewhere as a line for each integration."""

    def __init__(self, integrations: Sequence[Deployed]) -> None:
        self._outcomes: dict[str, dict[str, Outcome]] = {integration.name: {} for integration in integrations}
        self._lock = threading.Lock()
        self._console = for_tables(WIDTH)
        self._live = Live(get_renderable=self._table, console=self._console, refresh_per_second=4)

    @contextlib.contextmanager
    def shown(self) -> Generator[Tell]:
        """Gives what is to be told of each outcome."""
        if not self._console.is_terminal:
            yield self._tell_line
            self._console.print(self._table())
            return
        with self._live:
            yield self._tell

    def conclude(self, reports: Sequence[Report], seconds: float) -> None:
        """Prints what failed, why something was skipped, and the verdict."""
        for report in reports:
            for check, outcome in report.outcomes.items():
                if outcome.result is Result.FAIL:
                    self._console.print(f"{report.name}, {check}: {outcome.detail}", style="red", markup=False)
        for (check, reason), names in _skipped(reports).items():
            who = "all" if len(names) == len(reports) else ", ".join(names)
            self._console.print(f"skipped {check}: {reason} ({who})", style="dim", markup=False)
        self._console.print(_verdict(reports, seconds), markup=False)
        self._console.print(NOTE, markup=False)

    def _tell(self, integration: str, check: str, outcome: Outcome) -> None:
        with self._lock:
            self._outcomes[integration][check] = outcome

    def _tell_line(self, integration: str, check: str, outcome: Outcome) -> None:
        self._tell(integration, check, outcome)
        outcomes = self._outcomes[integration].values()
        if len(outcomes) == len(CHECKS):
            say(f"{integration}: {_counts([outcome.result for outcome in outcomes])}")

    def _table(self) -> Table:
        columns = (Column(check.name, justify="center") for check in CHECKS)
        table = Table(Column("integration", no_wrap=True), *columns, box=box.SIMPLE)
        with self._lock:
            for integration, outcomes in self._outcomes.items():
                cells = [_CELLS[outcomes[check.name].result] if check.name in outcomes else "" for check in CHECKS]
                table.add_row(integration, *cells)
        return table


def _verdict(reports: Sequence[Report], seconds: float) -> str:
    counts = _counts([outcome.result for report in reports for outcome in report.outcomes.values()])
    bad = [report.name for report in reports if report.failed]
    ready = f"Not ready: {', '.join(bad)}." if bad else "Ready."
    return f"{len(reports)} integrations in {seconds:.0f} s: {counts}. {ready}"


def _counts(results: Sequence[Result]) -> str:
    passes, fails, skips = (results.count(result) for result in (Result.PASS, Result.FAIL, Result.SKIP))
    return f"{passes} checks passed, {fails} failed, {skips} skipped"


def _skipped(reports: Sequence[Report]) -> dict[tuple[str, str], list[str]]:
    """Which integrations skipped which check for which reason."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for report in reports:
        for check, outcome in report.outcomes.items():
            if outcome.result is Result.SKIP:
                found[check, outcome.detail].append(report.name)
    return found
