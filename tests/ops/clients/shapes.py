"""Services and tasks as ECS describes them."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from tests.ops.played import Answer, shaped
from tests.ops.services import ACCOUNT

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import (
        ServiceDeploymentBriefTypeDef,
        ServiceTypeDef,
        TaskDefinitionTypeDef,
        TaskTypeDef,
    )
    from mypy_boto3_logs.type_defs import OutputLogEventTypeDef

START = datetime(2026, 3, 9, 8, 30, tzinfo=UTC)
CLUSTER = f"arn:aws:ecs:{ACCOUNT}:cluster/acme"
SERVICE = f"arn:aws:ecs:{ACCOUNT}:service/acme/github"


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def revision(number: int) -> str:
    return f"arn:aws:ecs:{ACCOUNT}:task-definition/acme-github:{number}"


def service(**changes: Any) -> "ServiceTypeDef":
    """One with two clients of revision 7, as it should be."""
    whole: Answer = {
        "serviceArn": SERVICE,
        "serviceName": "github",
        "clusterArn": CLUSTER,
        "status": "ACTIVE",
        "desiredCount": 2,
        "runningCount": 2,
        "pendingCount": 0,
        "taskDefinition": revision(7),
        "deployments": [deployment()],
        "events": [],
        **changes,
    }
    return cast("ServiceTypeDef", shaped("ecs", "DescribeServices", {"services": [whole]})["services"][0])


def deployment(**changes: Any) -> dict[str, Any]:
    return {
        "id": "ecs-svc/1571272475813219068",
        "status": "PRIMARY",
        "taskDefinition": revision(7),
        "desiredCount": 2,
        "runningCount": 2,
        "createdAt": at(0),
        "rolloutState": "COMPLETED",
        "rolloutStateReason": "ECS deployment ecs-svc/1571272475813219068 completed.",
        **changes,
    }


def task(number: int, **changes: Any) -> "TaskTypeDef":
    """A client that was made in that minute and is connected."""
    whole = {
        "taskArn": f"arn:aws:ecs:{ACCOUNT}:task/acme/{number:08x}94c74e50a1fa8aae8d8b7b0d",
        "createdAt": at(number),
        "lastStatus": "RUNNING",
        "healthStatus": "HEALTHY",
        **changes,
    }
    return cast("TaskTypeDef", shaped("ecs", "DescribeTasks", {"tasks": [whole]})["tasks"][0])


def service_deployment(created: float, status: str, reason: str | None = None) -> "ServiceDeploymentBriefTypeDef":
    whole = {"createdAt": at(created), "status": status, **({"statusReason": reason} if reason else {})}
    answer = shaped("ecs", "ListServiceDeployments", {"serviceDeployments": [whole]})
    return cast("ServiceDeploymentBriefTypeDef", answer["serviceDeployments"][0])


def definition(number: int, status: str = "ACTIVE") -> "TaskDefinitionTypeDef":
    whole = {
        "taskDefinitionArn": revision(number),
        "status": status,
        "containerDefinitions": [{"name": "proxy", "image": "acme/proxy:1"}, {"name": "client", "image": "acme/b:5"}],
    }
    answer = shaped("ecs", "DescribeTaskDefinition", {"taskDefinition": whole})
    return cast("TaskDefinitionTypeDef", answer["taskDefinition"])


def logged(minutes: float, text: str) -> "OutputLogEventTypeDef":
    whole = {"timestamp": int(at(minutes).timestamp() * 1000), "message": text}
    return cast("OutputLogEventTypeDef", shaped("logs", "GetLogEvents", {"events": [whole]})["events"][0])
