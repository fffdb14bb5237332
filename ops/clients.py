"""The running clients of an integration."""

from typing import TYPE_CHECKING

from ops.account import client
from settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_ecs.client import ECSClient
    from mypy_boto3_resourcegroupstaggingapi.client import ResourceGroupsTaggingAPIClient


def services(settings: Settings, integration: str) -> list[str]:
    """ARNs of the ECS services of the clients, found by their tags: none before the first deployment."""
    tagging: ResourceGroupsTaggingAPIClient = client(settings, "resourcegroupstaggingapi")
    ecs: ECSClient = client(settings, "ecs")
    pages = tagging.get_paginator("get_resources").paginate(
        ResourceTypeFilters=["ecs:service"],
        TagFilters=[{"Key": key, "Values": [value]} for key, value in settings.tags(integration).items()],
    )
    arns = [found.get("ResourceARN", "") for page in pages for found in page["ResourceTagMappingList"]]
    # The tags of a deleted service are listed for a while.
    return [arn for arn in arns if _is_active(ecs, arn)]


def roll(settings: Settings, integration: str) -> list[str]:
    """Replace the clients, a few at a time, by new ones, which read the secret anew. Returns the services' ARNs."""
    ecs: ECSClient = client(settings, "ecs")
    found = services(settings, integration)
    for arn in found:
        ecs.update_service(cluster=_cluster(arn), service=arn, forceNewDeployment=True)
    return found


def _is_active(ecs: "ECSClient", arn: str) -> bool:
    described = ecs.describe_services(cluster=_cluster(arn), services=[arn])["services"]
    return any(service.get("status") == "ACTIVE" for service in described)


def _cluster(arn: str) -> str:
    return arn.split("/")[1]
