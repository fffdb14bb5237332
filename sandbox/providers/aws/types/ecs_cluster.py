"""ECS cluster and its capacity providers."""

from sandbox.providers.aws import tags
from sandbox.providers.aws.api import Api, Body
from sandbox.providers.aws.resource import Change, Operation, Resource, known_by
from sandbox.providers.aws.rules import ecs as rules
from sandbox.providers.base.contract import Autoname
from sandbox.providers.base.wire import Properties


def inactive(body: Body) -> bool:
    """ECS goes on describing what was deleted."""
    return body.get("status") == "INACTIVE"


CLUSTER = Resource(
    token="aws:ecs/cluster:Cluster",
    service="ecs",
    supported=("name", "region", "settings", "tags"),
    replaces=("name", "region"),
    autoname=Autoname(),
    computed=("settings",),
    id=known_by("arn"),
    keys={"cluster": "id"},
    create=Operation("CreateCluster", "cluster"),
    read=Operation("DescribeClusters", "clusters", {"include": ["CONFIGURATIONS", "SETTINGS", "TAGS"]}),
    gone=inactive,
    changes=(Change("UpdateCluster", ("settings",)),),
    delete=Operation("DeleteCluster"),
    names={"name": "clusterName", "arn": "clusterArn"},
    tags=tags.ECS,
    rules=(rules.name, rules.tags),
)


def _strategy(_operation: str, _inputs: Properties, parameters: Properties) -> None:
    """AWS wants both, if empty."""
    parameters.setdefault("capacityProviders", [])
    parameters.setdefault("defaultCapacityProviderStrategy", [])


def _cluster_name(_api: Api, body: Body, _state: Properties) -> Properties:
    return {"clusterName": body["clusterName"]}


_PROPERTIES = ("capacityProviders", "defaultCapacityProviderStrategies")

CLUSTER_CAPACITY_PROVIDERS = Resource(
    token="aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    service="ecs",
    supported=("clusterName", "region", *_PROPERTIES),
    replaces=("clusterName", "region"),
    defaults={"defaultCapacityProviderStrategies.base": 0, "defaultCapacityProviderStrategies.weight": 0},
    id=known_by("clusterName"),
    keys={"cluster": "clusterName"},
    create=Operation("PutClusterCapacityProviders", "cluster"),
    read=Operation("DescribeClusters", "clusters"),
    gone=inactive,
    changes=(Change("PutClusterCapacityProviders", _PROPERTIES, whole=True),),
    delete=Operation(
        "PutClusterCapacityProviders", constant={"capacityProviders": [], "defaultCapacityProviderStrategy": []}
    ),
    names={"clusterName": ("cluster", "clusterName")},
    encode=_strategy,
    after_read=_cluster_name,
    import_id="{clusterName}",
)

TABLES = (CLUSTER, CLUSTER_CAPACITY_PROVIDERS)
