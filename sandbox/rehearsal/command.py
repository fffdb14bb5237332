"""`python -m sandbox rehearse`: rehearses what is deployed and shows what came of it."""

import json
import sys
import time
from collections.abc import Sequence

from sandbox.console import SandboxError
from sandbox.pulumi_command import Pulumi
from sandbox.rehearsal import deployed
from sandbox.rehearsal.checks import CHECKS
from sandbox.rehearsal.checks.base import Outcome
from sandbox.rehearsal.rehearsal import Report, rehearse
from sandbox.rehearsal.table import Progress


def of_stack(
    pulumi: Pulumi, integrations: Sequence[str], checks: Sequence[str], *, slow: bool, as_json: bool
) -> Sequence[Report]:
    """Rehearses a stack: these integrations, or all; these checks, or all. Raises SandboxError when it cannot."""
    found = deployed.read(pulumi)
    _require("integration", integrations, [one.name for one in found])
    _require("check", checks, [check.name for check in CHECKS])
    wanted = [one for one in found if not integrations or one.name in integrations]
    left_out = {
        check.name: "not asked for" if checks else "only with --slow"
        for check in CHECKS
        if (check.name not in checks if checks else check.slow and not slow)
    }
    if as_json:
        reports = rehearse(pulumi, wanted, left_out, _say_nothing)
        sys.stdout.write(json.dumps(_described(reports), indent=2) + "\n")
        return reports
    start = time.monotonic()
    progress = Progress(wanted)
    with progress.shown() as tell:
        reports = rehearse(pulumi, wanted, left_out, tell)
    progress.conclude(reports, time.monotonic() - start)
    return reports


def _require(what: str, named: Sequence[str], known: Sequence[str]) -> None:
    unknown = [name for name in named if name not in known]
    if unknown:
        raise SandboxError(f"There is no {what} {', '.join(unknown)}. There are: {', '.join(known)}.")


def _say_nothing(_integration: str, _check: str, _outcome: Outcome) -> None:
    """The JSON comes at the end, and nothing else does."""


def _described(reports: Sequence[Report]) -> dict[str, object]:
    return {
        "integrations": [
            {
                "name": report.name,
                "type": report.type,
                "checks": [
                    {"check": check, "result": outcome.result, "detail": outcome.detail}
                    for check, outcome in report.outcomes.items()
                ],
            }
            for report in reports
        ]
    }
