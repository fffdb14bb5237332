"""ECS task definition."""

import json
from typing import Any, cast

from sandbox.providers.aws import tags
from sandbox.providers.aws.api import Api, Body
from sandbox.providers.aws.resource import Operation, Resource, known_by
from sandbox.providers.aws.rules import ecs as rules
from sandbox.providers.aws.rules import ecs_container as containers
from sandbox.providers.aws.rules import fargate
from sandbox.providers.base.wire import Properties

_HEALTH_DEFAULTS = {"interval": 30, "timeout": 5, "retries": 3}

_LISTS = (
    "command",
    "credentialSpecs",
    "dependsOn",
    "dnsSearchDomains",
    "dnsServers",
    "dockerSecurityOptions",
    "entryPoint",
    "environment",
    "environmentFiles",
    "extraHosts",
    "links",
    "mountPoints",
    "portMappings",
    "resourceRequirements",
    "secrets",
    "systemControls",
    "ulimits",
    "volumesFrom",
)


def canonical_containers(value: Any) -> Any:
    """Container definitions as the official provider compares them (`reduce` in its container_definitions.go).

    An empty list counts for nothing only at the top of a container; one inside of something is a difference.
    """
    parsed = json.loads(value) if isinstance(value, str) else value
    definitions = cast("list[Properties]", parsed)
    return sorted((_container(definition) for definition in definitions), key=lambda item: str(item.get("name")))


def _container(definition: Properties) -> Properties:
    given = {name: item for name, item in definition.items() if item is not None}
    plain: Properties = {"essential": True, **given}
    for name in _LISTS:
        if name in plain and not plain[name]:
            del plain[name]
    for name in ("environment", "secrets"):
        if name in plain:
            plain[name] = sorted(plain[name], key=lambda item: item["name"])
    if "healthCheck" in plain:
        plain["healthCheck"] = {**_HEALTH_DEFAULTS, **plain["healthCheck"]}
    if "portMappings" in plain:
        plain["portMappings"] = [_port(mapping) for mapping in plain["portMappings"]]
    if not plain.get("cpu"):
        plain.pop("cpu", None)  # a number that the SDK cannot tell from none
    return plain


def _port(mapping: Properties) -> Properties:
    # In the network mode awsvpc, the only one here.
    ports = {"hostPort": mapping.get("hostPort") or mapping.get("containerPort")}
    return {name: item for name, item in {**mapping, **ports}.items() if (name, item) != ("protocol", "tcp")}


def _describe(_api: Api, body: Body, _state: Properties) -> Properties:
    return {
        "containerDefinitions": json.dumps(canonical_containers(body["containerDefinitions"])),
        "arnWithoutRevision": body["taskDefinitionArn"].rpartition(":")[0],
    }


TASK_DEFINITION = Resource(
    token="aws:ecs/taskDefinition:TaskDefinition",
    service="ecs",
    supported=(
        "containerDefinitions",
        "cpu",
        "ephemeralStorage",
        "executionRoleArn",
        "family",
        "ipcMode",
        "memory",
        "networkMode",
        "pidMode",
        "placementConstraints",
        "region",
        "requiresCompatibilities",
        "runtimePlatform",
        "skipDestroy",
        "tags",
        "taskRoleArn",
        "trackLatest",
        "volumes",
    ),
    replaces=(
        "containerDefinitions",
        "cpu",
        "ephemeralStorage",
        "executionRoleArn",
        "family",
        "ipcMode",
        "memory",
        "networkMode",
        "pidMode",
        "placementConstraints",
        "region",
        "requiresCompatibilities",
        "runtimePlatform",
        "taskRoleArn",
        "volumes",
    ),
    defaults={
        "skipDestroy": False,
        "trackLatest": False,
        "volumes.dockerVolumeConfiguration.autoprovision": False,
        "volumes.efsVolumeConfiguration.rootDirectory": "/",
    },
    computed=("networkMode",),
    exact=("containerDefinitions",),
    canonical={"containerDefinitions": canonical_containers, "cpu": fargate.cpu_units, "memory": fargate.memory_mib},
    id=known_by("family"),
    keys={"taskDefinition": "arn"},
    create=Operation("RegisterTaskDefinition", "taskDefinition"),
    read=Operation("DescribeTaskDefinition", "taskDefinition", {"include": ["TAGS"]}),
    gone=lambda body: body.get("status") != "ACTIVE",
    delete=Operation("DeregisterTaskDefinition"),
    names={"arn": "taskDefinitionArn"},
    provider_only=("skipDestroy", "trackLatest"),
    tags=tags.ECS,
    rules=(
        rules.family,
        rules.tags,
        containers.names,
        containers.health_check,
        containers.restart_policy,
        containers.dependencies,
        containers.ports,
        containers.secrets,
        fargate.size,
        fargate.container_sizes,
        fargate.refused_in_task,
        fargate.refused_in_containers,
        fargate.capabilities,
        fargate.stop_timeout,
        fargate.storage,
        fargate.logs,
    ),
    after_read=_describe,
    import_id="{arn}",
)

TABLES = (TASK_DEFINITION,)
