"""ECS task definition."""

import json
from typing import Any, cast

from sandbox.providers.aws import tags
from sandbox.providers.aws.api import Api, Body
from sandbox.providers.aws.resource import Operation, Resource, known_by
from sandbox.providers.aws.rules import ecs as rules
from sandbox.providers.aws.rules import ecs_container as containers
from sandbox.providers.aws.rules import fargate
from sandbox.providers.base.equality import is_empty
from sandbox.providers.base.wire import Properties

# What AWS fills in, or understands when it is left out.
_CONTAINER_DEFAULTS = {"cpu": 0, "essential": True}
_PORT_DEFAULTS = {"protocol": "tcp", "hostPort": 0}
_HEALTH_DEFAULTS = {"interval": 30, "timeout": 5, "retries": 3}
_RESTART_DEFAULTS = {"restartAttemptPeriod": 300}


def canonical_containers(value: Any) -> Any:
    """Container definitions without what does not matter: defaults, empty lists, the order of variables."""
    parsed = json.loads(value) if isinstance(value, str) else value
    definitions = cast("list[Properties]", parsed)
    return sorted((_container(definition) for definition in definitions), key=lambda item: str(item.get("name")))


def _container(definition: Properties) -> Properties:
    plain = _without(definition, _CONTAINER_DEFAULTS)
    for name in ("environment", "secrets"):
        if name in plain:
            plain[name] = sorted(plain[name], key=lambda item: item["name"])
    if "portMappings" in plain:
        plain["portMappings"] = [_port(mapping) for mapping in plain["portMappings"]]
    if "healthCheck" in plain:
        plain["healthCheck"] = _without(plain["healthCheck"], _HEALTH_DEFAULTS)
    if "restartPolicy" in plain:
        plain["restartPolicy"] = _without(plain["restartPolicy"], _RESTART_DEFAULTS)
    return plain


def _port(mapping: Properties) -> Properties:
    return _without(mapping, {**_PORT_DEFAULTS, "hostPort": mapping.get("containerPort")})


def _without(value: Properties, defaults: Properties) -> Properties:
    return {
        key: item
        for key, item in value.items()
        if not is_empty(item) and not (key in defaults and defaults[key] == item)
    }


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
