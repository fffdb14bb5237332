"""ECS service."""

from datetime import datetime

from sandbox.providers.aws import tags
from sandbox.providers.aws.api import Api, Body
from sandbox.providers.aws.resource import Change, Operation, Resource, known_by
from sandbox.providers.aws.rules import ecs as rules
from sandbox.providers.aws.types.ecs_cluster import inactive
from sandbox.providers.base.contract import Autoname, RefusedError
from sandbox.providers.base.wire import Properties, has_unknown

_DEPLOYMENT = {
    "deploymentMaximumPercent": "maximumPercent",
    "deploymentMinimumHealthyPercent": "minimumHealthyPercent",
    "deploymentCircuitBreaker": "deploymentCircuitBreaker",
}


def _request(_operation: str, inputs: Properties, parameters: Properties) -> None:
    configuration = {name: inputs[property_] for property_, name in _DEPLOYMENT.items() if property_ in inputs}
    if configuration:
        parameters["deploymentConfiguration"] = configuration
    if "networkConfiguration" in inputs:
        network: Properties = dict(inputs["networkConfiguration"])
        network["assignPublicIp"] = "ENABLED" if network.get("assignPublicIp") else "DISABLED"
        parameters["networkConfiguration"] = {"awsvpcConfiguration": network}


def _describe(_api: Api, body: Body, _state: Properties) -> Properties:
    deployment: Body = body.get("deploymentConfiguration") or {}
    described: Properties = {property_: deployment.get(name) for property_, name in _DEPLOYMENT.items()}
    described["cluster"] = body["clusterArn"]
    network: Body = body.get("networkConfiguration") or {}
    described["networkConfiguration"] = network.get("awsvpcConfiguration")
    if body.get("capacityProviderStrategy"):
        described["launchType"] = None  # AWS states one or the other
    return described


def _wait(api: Api, state: Properties, operation: str, began: datetime) -> None:
    """For the steady state, as the official provider: for the deployment that began, else for the count of tasks."""
    if not state.get("waitForSteadyState"):
        return
    path = {"cluster": state["cluster"], "service": state["name"]}
    deployments = api.call("ecs", "ListServiceDeployments", **path)["serviceDeployments"]
    new = [one["serviceDeploymentArn"] for one in deployments if one["createdAt"] > began]
    described = api.call("ecs", "DescribeServiceDeployments", serviceDeploymentArns=new)["serviceDeployments"]
    failed = [one["statusReason"] for one in described if one["status"] != "SUCCESSFUL"]
    if not new:
        [service] = api.call("ecs", "DescribeServices", cluster=state["cluster"], services=[state["name"]])["services"]
        if service["runningCount"] != service["desiredCount"]:
            failed = ["timeout while waiting for state to become 'tfSTABLE' (last state: 'tfPENDING', timeout: 45m0s)"]
    if failed:
        raise RefusedError(f"waiting for ECS Service ({state['id']}) {operation}: {failed[0]}")


def _stop(api: Api, state: Properties) -> None:
    """A service with tasks cannot be deleted."""
    if state.get("schedulingStrategy") != "DAEMON":
        api.call("ecs", "UpdateService", cluster=state["cluster"], service=state["id"], desiredCount=0)


def _strategy_is_fixed(old: Properties, new: Properties) -> str | None:
    name = "capacityProviderStrategies"
    before: list[Properties] = old.get(name) or []
    after: list[Properties] = new.get(name) or []
    if has_unknown(after) or new.get("forceNewDeployment"):
        return None
    unchanged = sorted(map(_item, before)) == sorted(map(_item, after))
    return None if unchanged else f"{name}: forceNewDeployment must be true when the strategy is changed"


def _item(strategy: Properties) -> tuple[str, int, int]:
    return strategy.get("capacityProvider", ""), strategy.get("weight", 0), strategy.get("base", 0)


def _short(arn: str) -> str:
    return arn.rpartition("/")[2]


_CHANGEABLE = (
    "availabilityZoneRebalancing",
    "capacityProviderStrategies",
    "deploymentCircuitBreaker",
    "deploymentController",
    "deploymentMaximumPercent",
    "deploymentMinimumHealthyPercent",
    "desiredCount",
    "enableEcsManagedTags",
    "enableExecuteCommand",
    "forceNewDeployment",
    "healthCheckGracePeriodSeconds",
    "loadBalancers",
    "networkConfiguration",
    "orderedPlacementStrategies",
    "placementConstraints",
    "platformVersion",
    "propagateTags",
    "serviceRegistries",
    "taskDefinition",
)

SERVICE = Resource(
    token="aws:ecs/service:Service",
    service="ecs",
    supported=(
        "cluster",
        "forceDelete",
        "launchType",
        "name",
        "region",
        "schedulingStrategy",
        "sigintRollback",
        "tags",
        "waitForSteadyState",
        *_CHANGEABLE,
    ),
    replaces=("cluster", "launchType", "name", "region", "schedulingStrategy"),
    impossible=_strategy_is_fixed,
    defaults={
        "deploymentController.type": "ECS",
        "deploymentMaximumPercent": 200,
        "deploymentMinimumHealthyPercent": 100,
        "enableEcsManagedTags": False,
        "enableExecuteCommand": False,
        "networkConfiguration.assignPublicIp": False,
        "schedulingStrategy": "REPLICA",
        "waitForSteadyState": False,
    },
    autoname=Autoname(),
    computed=(
        "availabilityZoneRebalancing",
        "cluster",
        "deploymentCircuitBreaker",
        "deploymentController",
        "launchType",
        "platformVersion",
    ),
    ordered=("orderedPlacementStrategies",),
    # A name and an ARN mean the same.
    canonical={"cluster": _short, "taskDefinition": _short},
    id=known_by("arn"),
    keys={"cluster": "cluster", "service": "id"},
    create=Operation("CreateService", "service"),
    read=Operation("DescribeServices", "services", {"include": ["TAGS"]}),
    gone=inactive,
    changes=(Change("UpdateService", _CHANGEABLE, whole=True, absent={"healthCheckGracePeriodSeconds": 0}),),
    delete=Operation("DeleteService"),
    names={
        "arn": "serviceArn",
        "name": "serviceName",
        "iamRole": "-",
        "loadBalancers.elbName": "loadBalancerName",
        "orderedPlacementStrategies": "placementStrategy",
    },
    provider_only=("forceDelete", "sigintRollback", "waitForSteadyState"),
    write_only=("forceNewDeployment",),
    encoded=("networkConfiguration", *_DEPLOYMENT),
    tags=tags.ECS,
    rules=(rules.name, rules.tags, rules.rebalancing, rules.launch_type_or_strategy, rules.strategy),
    encode=_request,
    after_read=_describe,
    before_delete=_stop,
    wait=_wait,
    import_id="{cluster}/{id}",
)

TABLES = (SERVICE,)
