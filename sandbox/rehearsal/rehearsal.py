"""Rehearses integrations: several side by side, each through all checks."""

import concurrent.futures
import contextlib
import http.client
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil

from sandbox.pulumi_command import Pulumi
from sandbox.rehearsal import broker_home, deployed, ecs_agent, packages, stage
from sandbox.rehearsal.checks import CHECKS
from sandbox.rehearsal.checks.base import Case, Check, Outcome, Result, failed, skipped
from sandbox.rehearsal.children import RehearsalEnded
from sandbox.rehearsal.deployed import Deployed
from sandbox.rehearsal.stage import Stage

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

REPLICA_MIB = 256  # what a client takes at most, as Snyk states
SIDE_BY_SIDE = 2  # integrations for each core

Tell = Callable[[str, str, Outcome], None]  # integration, check, outcome


@dataclass
class Report:
    """The outcome of each check of one integration."""

    name: str
    type: str
    outcomes: dict[str, Outcome] = field(default_factory=dict[str, Outcome])

    @property
    def failed(self) -> bool:
        return any(outcome.result is Result.FAIL for outcome in self.outcomes.values())


def rehearse(pulumi: Pulumi, wanted: Sequence[Deployed], left_out: Mapping[str, str], tell: Tell) -> list[Report]:
    """Runs the checks of these integrations but those left out, for which a reason is given by their name.

    Raises SandboxError when the rehearsal itself lacks something.
    """
    broker_home.source()
    installed = packages.install()
    secrets = deployed.secrets_manager(pulumi)
    reports = [Report(one.name, one.type) for one in wanted]
    workers = _side_by_side(max(one.replicas for one in wanted))
    with (
        stage.opened(pulumi.stack.name, installed, wanted[0].container["image"]) as opened,
        concurrent.futures.ThreadPoolExecutor(workers) as pool,
    ):
        running = [
            pool.submit(_rehearse, opened, one, report, secrets, left_out, tell)
            for one, report in zip(wanted, reports, strict=True)
        ]
        try:
            for future in concurrent.futures.as_completed(running):
                future.result()
        except BaseException:
            opened.children.close()  # what is under way fails at once
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return reports


def _side_by_side(replicas: int) -> int:
    """How many integrations at a time: within half of the memory that is free."""
    by_memory = psutil.virtual_memory().available // 2 // (replicas * REPLICA_MIB * 1024 * 1024)
    return max(1, min(by_memory, SIDE_BY_SIDE * (os.cpu_count() or 1)))


def _rehearse(
    opened: Stage,
    one: Deployed,
    report: Report,
    secrets: "SecretsManagerClient",
    left_out: Mapping[str, str],
    tell: Tell,
) -> None:
    def record(check: Check, outcome: Outcome) -> None:
        if opened.children.closed:
            raise RehearsalEnded  # the clients were killed, and what the check found means nothing
        report.outcomes[check.name] = outcome
        tell(one.name, check.name, outcome)

    first, *others = CHECKS
    with contextlib.ExitStack() as cleared, contextlib.suppress(RehearsalEnded):
        try:
            case = cleared.enter_context(opened.case(one, ecs_agent.environment(one.container, secrets)))
            record(first, _outcome(first, case))
        except ecs_agent.TaskWouldNotStartError as error:
            case = None
            record(first, failed(f"the task would not start: {error}"))
        for check in others:
            if check.name in left_out:
                record(check, skipped(left_out[check.name]))
            elif case is None or report.outcomes[first.name].result is Result.FAIL:
                record(check, skipped("the clients do not start"))
            else:
                record(check, _outcome(check, case))


def _outcome(check: Check, case: Case) -> Outcome:
    try:
        return check.run(case)
    except (OSError, http.client.HTTPException, psutil.Error) as error:
        return failed(f"the check broke off: {error!r}")
