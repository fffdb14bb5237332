"""What Fargate refuses in a task definition. ECS' API reference and developer guide on Fargate task definitions."""

import re
from collections.abc import Iterator
from typing import Any, cast

from sandbox.providers.aws.rules.common import known
from sandbox.providers.aws.rules.ecs_container import Container, definitions, problem
from sandbox.providers.base.contract import Problem
from sandbox.providers.base.wire import Properties

_GIB = 1024  # MiB


def _steps(low: int, high: int, step: int = 1) -> tuple[int, ...]:
    return tuple(gib * _GIB for gib in range(low, high + 1, step))


# RegisterTaskDefinition: MiB by CPU units
_MEMORY = {
    256: (512, *_steps(1, 2)),
    512: _steps(1, 4),
    1024: _steps(2, 8),
    2048: _steps(4, 16),
    4096: _steps(8, 30),
    8192: _steps(16, 60, 4),
    16384: _steps(32, 120, 8),
}


def _sized(units: int, word: str) -> Any:
    """Amounts may be written as 1 vCPU or 2 GB; AWS stores units."""

    def plain(value: Any) -> str:
        amount = re.fullmatch(rf"([\d.]+)\s*{word}", str(value).strip(), re.IGNORECASE)
        return str(int(float(amount[1]) * units)) if amount else str(value)

    return plain


cpu_units, memory_mib = _sized(1024, "vCPU"), _sized(1024, "GB")


def _on_fargate(inputs: Properties) -> bool:
    return "FARGATE" in (known(inputs, "requiresCompatibilities") or [])


def _containers(inputs: Properties) -> list[Container]:
    return definitions(inputs) if _on_fargate(inputs) else []


def size(inputs: Properties) -> Iterator[Problem]:
    if not _on_fargate(inputs):
        return
    for name in ("cpu", "memory"):
        if name not in inputs:
            yield Problem(name, f"Fargate requires that '{name}' be defined at the task level.")
    cpu, memory = units(inputs)
    if cpu and memory and memory not in _MEMORY.get(cpu, ()):
        yield Problem(
            "memory" if cpu in _MEMORY else "cpu",
            f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. See the Amazon ECS"
            " documentation for the valid values.",
        )


def units(inputs: Properties) -> tuple[int | None, int | None]:
    """CPU units and MiB of the task."""
    cpu, memory = known(inputs, "cpu"), known(inputs, "memory")
    return (int(cpu_units(cpu)) if cpu else None), (int(memory_mib(memory)) if memory else None)


def container_sizes(inputs: Properties) -> Iterator[Problem]:
    # ContainerDefinition: cpu and memoryReservation of all containers must fit the task.
    containers = _containers(inputs)
    cpu, memory = units(inputs) if containers else (None, None)
    for name, keys, limit in (("cpu", ("cpu",), cpu), ("memory", ("memoryReservation", "memory"), memory)):
        reserved = sum(next((int(container[key]) for key in keys if container.get(key)), 0) for container in containers)
        if limit is not None and reserved > limit:
            yield Problem(
                "containerDefinitions",
                f"The {name} of all containers ({reserved}) must not exceed the task's {name} ({limit}).",
            )


def refused_in_task(inputs: Properties) -> Iterator[Problem]:
    if not _on_fargate(inputs):
        return
    mode = known(inputs, "networkMode")
    if "networkMode" not in inputs or (mode is not None and mode != "awsvpc"):
        yield Problem("networkMode", "Fargate only supports network mode 'awsvpc'.")
    for name in ("ipcMode", "placementConstraints"):
        if known(inputs, name):
            yield Problem(name, f"Fargate does not support {name}.")
    if known(inputs, "pidMode") == "host":
        yield Problem("pidMode", "Fargate supports pidMode 'task' only.")
    for volume in cast("list[dict[str, Any]]", known(inputs, "volumes") or []):
        for name in ("dockerVolumeConfiguration", "hostPath"):
            if volume.get(name):
                yield Problem("volumes", f"Fargate does not support {name} (volume {volume.get('name')}).")


_REFUSED = (
    "disableNetworking",
    "dnsSearchDomains",
    "dnsServers",
    "dockerSecurityOptions",
    "extraHosts",
    "links",
    "privileged",
)
_REFUSED_LINUX = ("devices", "maxSwap", "sharedMemorySize", "swappiness")


def refused_in_containers(inputs: Properties) -> Iterator[Problem]:
    for container in _containers(inputs):
        for name in _REFUSED:
            if container.get(name):
                yield problem(container, f"Fargate does not support {name}.")
        linux: dict[str, Any] = container.get("linuxParameters") or {}
        for name in _REFUSED_LINUX:
            if linux.get(name) not in (None, []):
                yield problem(container, f"Fargate does not support linuxParameters.{name}.")
        for requirement in cast("list[dict[str, str]]", container.get("resourceRequirements") or []):
            if requirement.get("type") == "GPU":
                yield problem(container, "Fargate does not support GPU resource requirements.")


def capabilities(inputs: Properties) -> Iterator[Problem]:
    # KernelCapabilities
    for container in _containers(inputs):
        linux: dict[str, Any] = container.get("linuxParameters") or {}
        granted: dict[str, list[str]] = linux.get("capabilities") or {}
        added = granted.get("add") or []
        refused = sorted(set(added) - {"SYS_PTRACE"})
        if refused:
            yield problem(container, f"Fargate supports adding SYS_PTRACE only, not {', '.join(refused)}.")


def stop_timeout(inputs: Properties) -> Iterator[Problem]:
    low, high = 2, 120  # seconds
    for container in _containers(inputs):
        for name in ("startTimeout", "stopTimeout"):
            value = container.get(name)
            if isinstance(value, int) and not low <= value <= high:
                yield problem(
                    container, f"Invalid {name} {value}: must be between {low} and {high} seconds on Fargate."
                )


def storage(inputs: Properties) -> Iterator[Problem]:
    # EphemeralStorage
    low, high = 21, 200  # GiB
    wanted: dict[str, int] = known(inputs, "ephemeralStorage") or {}
    gib = wanted.get("sizeInGib")
    if gib is not None and _on_fargate(inputs) and not low <= gib <= high:
        yield Problem("ephemeralStorage", f"Invalid ephemeral storage {gib} GiB: must be between {low} and {high}.")


def logs(inputs: Properties) -> Iterator[Problem]:
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
    for container in _containers(inputs):
        configuration: dict[str, Any] = container.get("logConfiguration") or {}
        if configuration.get("logDriver") not in (None, "awslogs", "splunk", "awsfirelens"):
            yield problem(container, f"Fargate does not support the log driver {configuration['logDriver']}.")
        if configuration.get("logDriver") != "awslogs":
            continue
        options: dict[str, str] = configuration.get("options") or {}
        for name in ("awslogs-group", "awslogs-region", "awslogs-stream-prefix"):
            if not options.get(name):
                yield problem(container, f"Log driver awslogs requires options: {name}")
        if not inputs.get("executionRoleArn"):
            yield problem(
                container,
                "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
            )
