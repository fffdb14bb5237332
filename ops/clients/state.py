"""Whether the clients of an integration are as they should be. Nothing here asks AWS."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from broker.client import NAME

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import (
        ServiceDeploymentBriefTypeDef,
        ServiceTypeDef,
        TaskDefinitionTypeDef,
        TaskTypeDef,
    )

# What to type next. {named} is how the person names the stack, which may be by its file.
STATUS = "python -m ops clients status {named} {integration}"
WHY = "python -m ops clients why {named} {integration}"
ROLL = "python -m ops clients roll {named} {integration} --wait"
UP = "pulumi up --stack {stack}"

# In ECS's words: of a service deployment, and of a deployment in the service's own list.
_FINE = {"SUCCESSFUL", "COMPLETED"}
_UNDER_WAY = {"PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"}


@dataclass(frozen=True)
class Problem:
    text: str
    command: str  # what to type next


@dataclass(frozen=True)
class Deployment:
    status: str  # in ECS's words
    reason: str
    created: datetime | None


@dataclass(frozen=True)
class State:
    service: str  # ARN
    desired: int
    running: int
    healthy: int
    revision: str  # family:number of what the service runs
    active: bool  # it is not deregistered
    registered: str | None  # the newest of the family, which the last update meant to run
    image: str
    deployment: Deployment
    credential: datetime | None  # when the secret's present values were stored
    outdated: int  # running clients that have values from before

    def problems(self) -> Iterator[Problem]:
        status, reason = self.deployment.status, self.deployment.reason
        said = f"{status}: {reason}" if reason else status
        if status in _UNDER_WAY:
            yield Problem(f"a deployment is under way ({said})", STATUS)
        elif status not in _FINE:
            yield Problem(f"the last deployment failed ({said})", WHY)
        if self.running < self.desired:
            yield Problem(f"{self.running} of {self.desired} clients run", WHY)
        if self.healthy < self.running:
            yield Problem(
                f"{self.running - self.healthy} of {self.running} running clients are not healthy: they have no tunnel"
                " to Snyk, or have just started",
                WHY,
            )
        if not self.active:
            yield Problem(f"{self.revision}, which runs, is deregistered, so ECS may not start it again", UP)
        if self.registered != self.revision:
            yield Problem(
                f"{self.revision} runs, and what is registered is {self.registered or 'none of its family'}", UP
            )
        if self.outdated:
            yield Problem(f"{self.outdated} clients started before the present credentials were stored", ROLL)

    def as_json(self) -> Mapping[str, object]:
        return {
            "service": self.service,
            "desired": self.desired,
            "running": self.running,
            "healthy": self.healthy,
            "taskDefinition": self.revision,
            "registered": self.registered,
            "image": self.image,
            "deployment": {
                "status": self.deployment.status,
                "reason": self.deployment.reason,
                "created": iso(self.deployment.created),
            },
            "credential": {"stored": iso(self.credential), "clientsWithAnOlderOne": self.outdated},
            "problems": [problem.text for problem in self.problems()],
        }


def state(
    service: "ServiceTypeDef",
    tasks: Sequence["TaskTypeDef"],
    history: Sequence["ServiceDeploymentBriefTypeDef"],
    definition: "TaskDefinitionTypeDef | None",
    registered: "TaskDefinitionTypeDef | None",
    credential: datetime | None,
) -> State:
    """From a service, its running tasks, its deployments, the task definition that it runs and the newest one."""
    containers = definition.get("containerDefinitions", []) if definition else []
    return State(
        service=service.get("serviceArn", ""),
        desired=service.get("desiredCount", 0),
        running=service.get("runningCount", 0),
        healthy=sum(task.get("healthStatus") == "HEALTHY" for task in tasks if task.get("lastStatus") == "RUNNING"),
        revision=revision(service.get("taskDefinition", "")),
        active=definition is not None and definition.get("status") == "ACTIVE",
        registered=revision(registered.get("taskDefinitionArn", "")) if registered else None,
        image=next((each.get("image", "") for each in containers if each.get("name") == NAME), ""),
        deployment=last_deployment(service, history),
        credential=credential,
        outdated=sum(_made_before(task, credential) for task in tasks),
    )


def last_deployment(service: "ServiceTypeDef", history: Sequence["ServiceDeploymentBriefTypeDef"]) -> Deployment:
    if dated := [(each["createdAt"], each) for each in history if "createdAt" in each]:
        created, last = max(dated, key=lambda pair: pair[0])
        return Deployment(last.get("status", ""), last.get("statusReason", ""), created)
    for each in service.get("deployments", []):
        if each.get("status") == "PRIMARY":
            return Deployment(each.get("rolloutState", ""), each.get("rolloutStateReason", ""), each.get("createdAt"))
    return Deployment("unknown", "", None)


def iso(time: datetime | None) -> str | None:
    return time.isoformat(timespec="seconds") if time else None


def revision(arn: str) -> str:
    """Family and number of a task definition."""
    return arn.rpartition("/")[2]


def _made_before(task: "TaskTypeDef", credential: datetime | None) -> bool:
    """Whether the task may have read older values: it reads them soon after it was made, and never again."""
    made = task.get("createdAt")
    return made is not None and credential is not None and made < credential
