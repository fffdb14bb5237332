"""A task in the words of ECS: what RegisterTaskDefinition takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from broker.task import Container, HealthCheck, Task
from ecs.compute import Compute


@dataclass(frozen=True)
class Bindings:
    """What a task refers to, by the names that AWS has for it."""

    secret: str  # ARN; its keys are the names of the variables
    region: str  # of the logs
    log_group: str
    log_prefix: str
    pull_credentials: Mapping[str, str] = field(default_factory=dict[str, str])  # ARN of a secret, by container


def task_definition(task: Task, compute: Compute, family: str, bindings: Bindings) -> dict[str, Any]:
    """All of it."""
    return {**task_properties(task, compute, family), "containerDefinitions": container_definitions(task, bindings)}


def task_properties(task: Task, compute: Compute, family: str) -> dict[str, Any]:
    """What holds for the whole task, and needs nothing but the task to be known."""
    properties: dict[str, Any] = {
        "family": family,
        "requiresCompatibilities": [compute.compatibility],
        "networkMode": "awsvpc",
        # Snyk builds its images for this architecture only.
        "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        "cpu": str(task.cpu),
        "memory": str(task.memory),
    }
    return properties | ({"ephemeralStorage": {"sizeInGiB": task.disk}} if task.disk else {})


def container_definitions(task: Task, bindings: Bindings) -> list[dict[str, Any]]:
    return [_container(container, bindings) for container in task.containers]


def _container(container: Container, bindings: Bindings) -> dict[str, Any]:
    linux: dict[str, Any] = {
        # The client has no handler for SIGTERM, and as process 1 would ignore it.
        "initProcessEnabled": True,
        # ECS answers with both lists. Without the empty one, every update would register and roll out the same again.
        "capabilities": {"add": [], "drop": ["ALL"]},
    }
    if container.scratch:
        linux["tmpfs"] = [{"containerPath": folder.path, "size": folder.size} for folder in container.scratch]
    definition: dict[str, Any] = {
        "name": container.name,
        "image": container.image,
        "essential": True,
        "portMappings": [{"containerPort": port, "hostPort": port, "protocol": "tcp"} for port in container.ports],
        "environment": [{"name": name, "value": value} for name, value in sorted(container.environment.items())],
        "secrets": [{"name": name, "valueFrom": f"{bindings.secret}:{name}::"} for name in sorted(container.secrets)],
        # A client that exits starts again in place: a new task would pull the image again, and Docker Hub counts
        # pulls. ECS restarts no container that ran for less than 60 s.
        "restartPolicy": {"enabled": True, "restartAttemptPeriod": 60},
        "linuxParameters": linux,
        "readonlyRootFilesystem": container.read_only_root,
        "user": container.user,
        "stopTimeout": container.stop_timeout,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": bindings.log_group,
                "awslogs-region": bindings.region,
                "awslogs-stream-prefix": bindings.log_prefix,
                # A client must not stand still because CloudWatch does: what does not fit the buffer is lost.
                "mode": "non-blocking",
                "max-buffer-size": "10m",
            },
        },
    }
    if container.health_check:
        definition["healthCheck"] = _health_check(container.health_check)
    if container.after_healthy:
        definition["dependsOn"] = [
            {"containerName": name, "condition": "HEALTHY"} for name in sorted(container.after_healthy)
        ]
    if container.name in bindings.pull_credentials:
        definition["repositoryCredentials"] = {"credentialsParameter": bindings.pull_credentials[container.name]}
    return {key: value for key, value in definition.items() if value != []}


def _health_check(check: HealthCheck) -> Mapping[str, Any]:
    return {
        "command": ["CMD", *check.command],
        "interval": check.interval,
        "timeout": check.timeout,
        "retries": check.retries,
        "startPeriod": check.start_period,
    }
