"""What is said of clients that are not as they should be, each trouble by itself."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from ops.clients.state import ROLL, STATUS, UP, WHY, Deployment, State, last_deployment, state
from tests.ops.clients.shapes import at, definition, deployment, revision, service, service_deployment, task

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import (
        ServiceDeploymentBriefTypeDef,
        ServiceTypeDef,
        TaskDefinitionTypeDef,
        TaskTypeDef,
    )

FINE = service_deployment(0, "SUCCESSFUL")
SEVENTH, STORED = definition(7), at(0)


def found(
    of: "ServiceTypeDef | None" = None,
    tasks: "list[TaskTypeDef] | None" = None,
    history: "list[ServiceDeploymentBriefTypeDef] | None" = None,
    running: "TaskDefinitionTypeDef | None" = SEVENTH,
    registered: "TaskDefinitionTypeDef | None" = SEVENTH,
    credential: datetime | None = STORED,
) -> State:
    """Of clients that are as they should be, but for what is given."""
    return state(
        of or service(),
        [task(1), task(2)] if tasks is None else tasks,
        [FINE] if history is None else history,
        running,
        registered,
        credential,
    )


def test_of_clients_as_they_should_be_nothing_is_said() -> None:
    assert found() == State(
        service="arn:aws:ecs:eu-central-1:123456789012:service/acme/github",
        desired=2,
        running=2,
        healthy=2,
        revision="acme-github:7",
        active=True,
        registered="acme-github:7",
        image="acme/b:5",
        deployment=Deployment("SUCCESSFUL", "", at(0)),
        credential=at(0),
        outdated=0,
    )
    assert list(found().problems()) == []


GONE_BACK = "Service deployment rolled back because the circuit breaker threshold was exceeded."


@pytest.mark.parametrize(
    ("given", "words", "command"),
    [
        pytest.param({"of": service(runningCount=1), "tasks": [task(1)]}, "1 of 2 clients run", WHY, id="too few"),
        pytest.param(
            {"tasks": [task(1), task(2, healthStatus="UNHEALTHY")]},
            "1 of 2 running clients are not healthy",
            WHY,
            id="ill",
        ),
        pytest.param(
            {"tasks": [task(1), task(2, healthStatus="UNKNOWN")]},
            "1 of 2 running clients are not healthy",
            WHY,
            id="new",
        ),
        pytest.param(
            {"tasks": [task(1), task(2, lastStatus="STOPPING")]},
            "1 of 2 running clients are not healthy",
            WHY,
            id="ends",
        ),
        pytest.param(
            {"history": [service_deployment(3, "ROLLBACK_SUCCESSFUL", GONE_BACK)]},
            f"the last deployment failed (ROLLBACK_SUCCESSFUL: {GONE_BACK})",
            WHY,
            id="rolled back",
        ),
        pytest.param(
            {
                "history": [
                    service_deployment(3, "ROLLBACK_FAILED", "No rollback candidate was found to run the rollback.")
                ]
            },
            "No rollback candidate was found to run the rollback.",
            WHY,
            id="nothing to roll back to",
        ),
        pytest.param(
            {"history": [service_deployment(3, "STOPPED")]}, "failed (STOPPED)", WHY, id="stopped by somebody"
        ),
        *(
            pytest.param({"history": [service_deployment(3, status)]}, f"is under way ({status})", STATUS, id=status)
            for status in ("PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS")
        ),
        pytest.param(
            {"registered": definition(8)}, "acme-github:7 runs, and what is registered is acme-github:8", UP, id="older"
        ),
        pytest.param({"registered": None}, "what is registered is none of its family", UP, id="nothing registered"),
        pytest.param(
            {"running": definition(7, "INACTIVE")}, "acme-github:7, which runs, is deregistered", UP, id="gone"
        ),
        pytest.param({"running": None}, "is deregistered", UP, id="deleted"),
        pytest.param(
            {"credential": at(1.5)}, "1 clients started before the present credentials", ROLL, id="one outdated"
        ),
        pytest.param(
            {"credential": at(9)}, "2 clients started before the present credentials", ROLL, id="all outdated"
        ),
    ],
)
def test_each_trouble_is_said_with_what_to_type_next(given: dict[str, Any], words: str, command: str) -> None:
    (problem,) = found(**given).problems()
    assert words in problem.text
    assert problem.command == command


def test_credentials_that_nobody_knows_of_are_no_trouble() -> None:
    assert list(found(credential=None).problems()) == []


def test_the_newest_deployment_counts_in_whatever_order_they_are_listed() -> None:
    history = [service_deployment(2, "STOPPED"), service_deployment(5, "SUCCESSFUL"), service_deployment(1, "PENDING")]
    assert last_deployment(service(), history) == Deployment("SUCCESSFUL", "", at(5))


def test_without_history_the_service_s_own_list_counts() -> None:
    reason = "ECS deployment circuit breaker: tasks failed to start."
    old = deployment(status="ACTIVE", taskDefinition=revision(6))
    now = deployment(rolloutState="FAILED", rolloutStateReason=reason, createdAt=at(4))
    assert last_deployment(service(deployments=[old, now]), []) == Deployment("FAILED", reason, at(4))
    (problem,) = found(service(deployments=[old, now]), history=[]).problems()
    assert f"the last deployment failed (FAILED: {reason})" in problem.text
    assert list(found(history=[]).problems()) == []


def test_a_service_of_another_kind_has_no_deployments() -> None:
    assert last_deployment(service(deployments=[]), []).status == "unknown"


def test_pipelines_get_all_of_it() -> None:
    given = found(credential=at(1.5), history=[service_deployment(3, "IN_PROGRESS", "Soon.")], registered=definition(8))
    report = given.as_json()
    assert report["problems"] == [problem.text for problem in given.problems()]
    assert len(list(given.problems())) == 3
    assert report["deployment"] == {"status": "IN_PROGRESS", "reason": "Soon.", "created": "2026-03-09T08:33:00+00:00"}
    assert report["credential"] == {"stored": "2026-03-09T08:31:30+00:00", "clientsWithAnOlderOne": 1}
    assert (report["taskDefinition"], report["registered"]) == ("acme-github:7", "acme-github:8")
