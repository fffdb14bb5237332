"""ECS cluster and its capacity providers."""

from sandbox.providers.aws import tags
from sandbox.providers.aws.api import Api, Body
from sandbox.providers.aws.resource import Change, Resource, known_by
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
    create="CreateCluster",
    created="cluster",
    read="DescribeClusters",
    found="clusters",
    read_also={"include": ["CONFIGURATIONS", "SETTINGS", "TAGS"]},
    gone=inactive,
    changes=(Change("UpdateCluster", ("settings",)),),
    delete="DeleteCluster",
    names={"name": "clusterName", "arn": "clusterArn"},
    tags=tags.ECS,
    rules=(rules.name, rules.tags),
)


def _strategy(_operation: str, _inputs: Properties, parameters: Properties) -> None:
    """AWS wants both, if empty."""
    parameters.setdefault("capacityProviders", [])
    parameters.setdefault("defaultCapacityProviderStrategy", [])


def _identify_by_name(id_: str) -> Properties:
    return {"id": id_, "clusterName": id_}


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
    create="PutClusterCapacityProviders",
    created="cluster",
    read="DescribeClusters",
    found="clusters",
    gone=inactive,
    changes=(Change("PutClusterCapacityProviders", _PROPERTIES, whole=True),),
    delete="PutClusterCapacityProviders",
    delete_also={"capacityProviders": [], "defaultCapacityProviderStrategy": []},
    names={"clusterName": ("cluster", "clusterName")},
    request=_strategy,
    describe=_cluster_name,
    identify=_identify_by_name,
)

TABLES = (CLUSTER, CLUSTER_CAPACITY_PROVIDERS)
