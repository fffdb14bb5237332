"""How far a roll is, by its own id."""

from typing import Any

import pytest

from ops.clients.deployments import Outcome, outcome
from tests.ops.clients.shapes import deployment, service

OURS = "ecs-svc/1571272475813219068"
BACK = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/7246342417563559064."
FAILED = "ECS deployment circuit breaker: tasks failed to start."


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        pytest.param([deployment()], Outcome(2, 2, complete=True), id="complete"),
        pytest.param([deployment(rolloutState="IN_PROGRESS", runningCount=1)], Outcome(1, 2), id="under way"),
        pytest.param(
            [deployment(rolloutState="FAILED", rolloutStateReason=FAILED, runningCount=0)],
            Outcome(0, 2, failure=FAILED),
            id="failed, with nothing to go back to",
        ),
        pytest.param(
            [
                deployment(id="ecs-svc/2", rolloutState="IN_PROGRESS", rolloutStateReason=BACK),
                deployment(status="ACTIVE", rolloutState="FAILED", rolloutStateReason=FAILED, runningCount=0),
            ],
            Outcome(0, 2, failure=FAILED),
            id="going back",
        ),
        pytest.param(
            [deployment(id="ecs-svc/2", rolloutStateReason=BACK), deployment(id="ecs-svc/3", status="ACTIVE")],
            Outcome(0, 2, failure=f"Another deployment took its place. {BACK}"),
            id="gone back, and steady",
        ),
        pytest.param(
            [
                deployment(id="ecs-svc/2", rolloutState="IN_PROGRESS"),
                deployment(status="ACTIVE", rolloutState="IN_PROGRESS", runningCount=1),
            ],
            Outcome(1, 2),
            id="replaced by somebody's, and still listed",
        ),
        pytest.param([], Outcome(0, 2, failure="Another deployment took its place."), id="nothing listed"),
    ],
)
def test_a_roll_is_as_far_as_its_own_deployment(listed: list[dict[str, Any]], expected: Outcome) -> None:
    assert outcome(service(deployments=listed), OURS) == expected


def test_a_deleted_service_will_not_be_complete() -> None:
    assert outcome(service(status="INACTIVE"), OURS) == Outcome(0, 2, failure="The service was deleted.")


def test_what_is_complete_or_failed_has_ended() -> None:
    assert Outcome(2, 2, complete=True).ended
    assert Outcome(0, 2, failure=FAILED).ended
    assert not Outcome(2, 2).ended
