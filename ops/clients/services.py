"""The clients' ECS services, where they are found, and what AWS tells of them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import ClientError

from ecs.names import DEPLOYMENT, Names
from ops.account import client
from settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_ecs.client import ECSClient
    from mypy_boto3_ecs.type_defs import (
        ServiceDeploymentBriefTypeDef,
        ServiceTypeDef,
        TaskDefinitionTypeDef,
        TaskTypeDef,
    )
    from mypy_boto3_logs.client import CloudWatchLogsClient

_CLUSTERS, _SERVICES, _TASKS, _DEPLOYMENTS = 100, 10, 100, 100  # that AWS tells of in one call


@dataclass(frozen=True)
class Aws:
    ecs: "ECSClient"
    logs: "CloudWatchLogsClient"


def connect(settings: Settings) -> Aws:
    return Aws(client(settings, "ecs"), client(settings, "logs"))


def names(settings: Settings, integration: str) -> Names:
    return Names.of(settings.project, settings.stack, DEPLOYMENT, integration)


def find(ecs: "ECSClient", settings: Settings, integrations: Collection[str]) -> dict[str, "ServiceTypeDef"]:
    """The services of the integrations, by their keys; not of those that have none, as before the first update.

    The cluster is found by its tags, and in it a service has its integration's name. That is three calls for up to ten
    integrations, all of them ECS's own. The tagging API would take one more service's permission, and tells what was
    true a while ago: it lists deleted services, and may not list new ones yet.
    """
    keys = {names(settings, key).service: key for key in integrations}
    return {
        keys[service.get("serviceName", "")]: service
        for cluster in _clusters(ecs, settings.tags())
        for service in described(ecs, cluster, list(keys))
        if service.get("status") == "ACTIVE"
    }


def described(ecs: "ECSClient", cluster: str, services: Sequence[str]) -> Iterator["ServiceTypeDef"]:
    """Those of the services, names or ARNs, that are or were there."""
    for start in range(0, len(services), _SERVICES):
        yield from ecs.describe_services(cluster=cluster, services=services[start : start + _SERVICES])["services"]


def _clusters(ecs: "ECSClient", tags: dict[str, str]) -> list[str]:
    """ARNs of the clusters with all the tags."""
    arns = [arn for page in ecs.get_paginator("list_clusters").paginate() for arn in page["clusterArns"]]
    return [
        cluster.get("clusterArn", "")
        for start in range(0, len(arns), _CLUSTERS)
        for cluster in ecs.describe_clusters(clusters=arns[start : start + _CLUSTERS], include=["TAGS"])["clusters"]
        if tags.items() <= {tag.get("key", ""): tag.get("value", "") for tag in cluster.get("tags", [])}.items()
    ]


def tasks(ecs: "ECSClient", service: "ServiceTypeDef", status: Literal["RUNNING", "STOPPED"]) -> list["TaskTypeDef"]:
    """Tasks of the service that should run, or those that ECS has stopped in the last hour: it forgets older ones."""
    cluster, name = service.get("clusterArn", ""), service.get("serviceName", "")
    pages = ecs.get_paginator("list_tasks").paginate(cluster=cluster, serviceName=name, desiredStatus=status)
    arns = [arn for page in pages for arn in page["taskArns"]]
    return [
        task
        for start in range(0, len(arns), _TASKS)
        for task in ecs.describe_tasks(cluster=cluster, tasks=arns[start : start + _TASKS])["tasks"]
    ]


def definition(ecs: "ECSClient", name: str) -> "TaskDefinitionTypeDef | None":
    """A task definition by its ARN, or the newest active one by its family."""
    try:
        return ecs.describe_task_definition(taskDefinition=name)["taskDefinition"]
    except ecs.exceptions.ClientException:  # how ECS says that there is none
        return None


def may_read(ecs: "ECSClient", service: "ServiceTypeDef", secret: str) -> bool:
    """Whether what the service starts is told the secret with this ARN, as far as it is told any."""
    found = definition(ecs, service.get("taskDefinition", "")) or {}
    told = [
        one.get("valueFrom", "") for each in found.get("containerDefinitions", []) for one in each.get("secrets", [])
    ]
    return not told or any(one.startswith(f"{secret}:") for one in told)


def history(ecs: "ECSClient", service: "ServiceTypeDef") -> list["ServiceDeploymentBriefTypeDef"]:
    """Deployments of the service, as many as AWS tells at once; none where it does not tell, or not to this person.

    Then the service's own list of deployments says nearly as much.
    """
    cluster, arn = service.get("clusterArn", ""), service.get("serviceArn", "")
    try:
        return ecs.list_service_deployments(cluster=cluster, service=arn, maxResults=_DEPLOYMENTS)["serviceDeployments"]
    except ClientError:
        return []
