"""The running clients of an integration."""

from typing import TYPE_CHECKING

from ops.account import session
from settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_ecs.client import ECSClient
    from mypy_boto3_resourcegroupstaggingapi.client import ResourceGroupsTaggingAPIClient


def roll(settings: Settings, integration: str) -> list[str]:
    """Replace the clients, a few at a time, by new ones, which read the secret anew.

    Finds their ECS services by their tags and returns the services' ARNs: none before the first deployment.
    """
    tagging: ResourceGroupsTaggingAPIClient = session(settings).client("resourcegroupstaggingapi")
    ecs: ECSClient = session(settings).client("ecs")
    pages = tagging.get_paginator("get_resources").paginate(
        ResourceTypeFilters=["ecs:service"],
        TagFilters=[{"Key": key, "Values": [value]} for key, value in settings.tags(integration).items()],
    )
    arns = [found.get("ResourceARN", "") for page in pages for found in page["ResourceTagMappingList"]]
    rolled: list[str] = []
    for arn in arns:
        cluster = arn.split("/")[1]
        # The tags of a deleted service are listed for a while.
        services = ecs.describe_services(cluster=cluster, services=[arn])["services"]
        if any(service.get("status") == "ACTIVE" for service in services):
            ecs.update_service(cluster=cluster, service=arn, forceNewDeployment=True)
            rolled.append(arn)
    return rolled
