"""Replacing clients by new ones, which read the secret anew, and waiting until they are there."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops.clients.services import described

if TYPE_CHECKING:
    from mypy_boto3_ecs.client import ECSClient
    from mypy_boto3_ecs.type_defs import ServiceTypeDef

INTERVAL = 10.0  # seconds between two looks
PATIENCE = 45 * 60.0  # seconds, as an update waits: the circuit breaker gives up before that


@dataclass(frozen=True)
class Roll:
    """A deployment that was started."""

    cluster: str
    service: str  # ARN
    deployment: str  # id


@dataclass(frozen=True)
class Outcome:
    """How far a roll is."""

    running: int  # of the new clients
    desired: int
    complete: bool = False
    failure: str | None = None  # why it will not be complete

    @property
    def ended(self) -> bool:
        return self.complete or self.failure is not None


def start(ecs: "ECSClient", service: "ServiceTypeDef") -> Roll:
    """Have ECS replace the clients by others of the same revision, as many at a time as the service allows."""
    cluster, arn = service.get("clusterArn", ""), service.get("serviceArn", "")
    updated = ecs.update_service(cluster=cluster, service=arn, forceNewDeployment=True)["service"]
    (started,) = [each.get("id", "") for each in updated.get("deployments", []) if each.get("status") == "PRIMARY"]
    return Roll(cluster, arn, started)


def outcome(service: "ServiceTypeDef", deployment: str) -> Outcome:
    """How far the deployment of this id is.

    By its id: a service that has gone back to what it ran before is as steady as one that was rolled. A deployment that
    is not listed any more has been replaced by another, by ECS itself when it rolls back, or by somebody's update.
    """
    desired = service.get("desiredCount", 0)
    if service.get("status") != "ACTIVE":
        return Outcome(0, desired, failure="The service was deleted.")
    listed = {each.get("id", ""): each for each in service.get("deployments", [])}
    if (ours := listed.get(deployment)) is None:
        others = [each for each in listed.values() if each.get("status") == "PRIMARY"]
        reasons = [each.get("rolloutStateReason", "") for each in others]
        return Outcome(0, desired, failure=f"Another deployment took its place. {' '.join(reasons)}".strip())
    running, state = ours.get("runningCount", 0), ours.get("rolloutState")
    failure = ours.get("rolloutStateReason", "ECS does not say why") if state == "FAILED" else None
    return Outcome(running, desired, complete=state == "COMPLETED", failure=failure)


def wait(
    ecs: "ECSClient", rolls: Mapping[str, Roll], report: Callable[[str, Outcome], None] = lambda _key, _outcome: None
) -> dict[str, Outcome]:
    """Until each roll is complete or has failed; how each ended, by its key. Reports after every look."""
    ended: dict[str, Outcome] = {}
    deadline = time.monotonic() + PATIENCE
    while waiting := {key: roll for key, roll in rolls.items() if key not in ended}:
        late = time.monotonic() > deadline
        time.sleep(INTERVAL)  # first, so that ECS lists what it has just started
        services = {
            service.get("serviceArn", ""): service
            for cluster in {roll.cluster for roll in waiting.values()}
            for service in described(ecs, cluster, [each.service for each in waiting.values()])
        }
        for key, roll in waiting.items():
            now = outcome(services.get(roll.service, {}), roll.deployment)
            if late and not now.ended:
                now = Outcome(
                    now.running, now.desired, failure=f"It is not complete after {PATIENCE / 60:.0f} minutes."
                )
            report(key, now)
            if now.ended:
                ended[key] = now
    return ended
