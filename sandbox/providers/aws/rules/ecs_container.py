"""Containers of a task definition, whatever they run on. ContainerDefinition in ECS' API reference unless noted."""

import json
import re
from collections.abc import Iterator
from typing import Any, cast

from sandbox.providers.aws.rules.common import known
from sandbox.providers.base.contract import Problem
from sandbox.providers.base.wire import Properties

Container = dict[str, Any]

PROPERTY = "containerDefinitions"


def definitions(inputs: Properties) -> list[Container]:
    """The container definitions, if they are known yet."""
    text: Any = known(inputs, PROPERTY)
    try:
        parsed: Any = json.loads(text) if text is not None else []
    except ValueError:
        return []  # reported elsewhere
    items = cast("list[Any]", parsed) if isinstance(parsed, list) else []
    return [cast("Container", item) for item in items if isinstance(item, dict)]


def problem(container: Container, reason: str) -> Problem:
    return Problem(PROPERTY, f"container {container.get('name')}: {reason}")


def _bounded(container: Container, what: str, value: Any, low: int, high: int) -> Iterator[Problem]:
    if isinstance(value, int) and not low <= value <= high:
        yield problem(container, f"Invalid value {value} for {what}: must be between {low} and {high}.")


def names(inputs: Properties) -> Iterator[Problem]:
    containers = definitions(inputs)
    if not containers and isinstance(inputs.get(PROPERTY), str):
        yield Problem(PROPERTY, "Container list cannot be empty.")
    for container in containers:
        for name in ("name", "image"):
            if not container.get(name):
                yield problem(container, f"Container.{name} should not be null or empty.")
        if container.get("name") and not re.fullmatch(r"[a-zA-Z0-9_\-]{1,255}", str(container["name"])):
            yield problem(
                container,
                "Invalid container name. Up to 255 letters (uppercase and lowercase), numbers, underscores, and"
                " hyphens are allowed.",
            )
    listed = [container.get("name") for container in containers]
    for name in sorted({str(name) for name in listed if listed.count(name) > 1}):
        yield Problem(PROPERTY, f"Container names must be unique within a task definition: {name}")
    if containers and not any(container.get("essential", True) for container in containers):
        yield Problem(PROPERTY, "At least one container must be marked as essential.")


def health_check(inputs: Properties) -> Iterator[Problem]:
    # HealthCheck
    bounds = {"interval": (5, 300), "timeout": (2, 60), "retries": (1, 10), "startPeriod": (0, 300)}
    for container in definitions(inputs):
        check: dict[str, Any] = container.get("healthCheck") or {}
        for name, (low, high) in bounds.items():
            yield from _bounded(container, f"healthCheck.{name}", check.get(name), low, high)
        command: list[str] = check.get("command") or []
        if check and (not command or command[0] not in ("CMD", "CMD-SHELL", "NONE")):
            yield problem(container, "healthCheck.command must start with CMD or CMD-SHELL.")


def restart_policy(inputs: Properties) -> Iterator[Problem]:
    # ContainerRestartPolicy
    for container in definitions(inputs):
        policy: dict[str, Any] = container.get("restartPolicy") or {}
        yield from _bounded(
            container, "restartPolicy.restartAttemptPeriod", policy.get("restartAttemptPeriod"), 60, 1800
        )


def dependencies(inputs: Properties) -> Iterator[Problem]:
    # ContainerDependency
    containers = {str(container.get("name")): container for container in definitions(inputs)}
    for container in containers.values():
        for dependency in cast("list[dict[str, str]]", container.get("dependsOn") or []):
            name = dependency.get("containerName", "")
            if name not in containers:
                yield problem(container, f"dependsOn: the container {name} does not exist.")
            elif dependency.get("condition") in ("COMPLETE", "SUCCESS") and containers[name].get("essential", True):
                yield problem(
                    container, f"dependsOn: {dependency['condition']} cannot be set on the essential container {name}."
                )
            elif dependency.get("condition") == "HEALTHY" and not containers[name].get("healthCheck"):
                yield problem(container, f"dependsOn: HEALTHY needs a health check of the container {name}.")


def ports(inputs: Properties) -> Iterator[Problem]:
    # PortMapping, and the developer guide on the network mode awsvpc
    if known(inputs, "networkMode") != "awsvpc":
        return
    for container in definitions(inputs):
        for mapping in cast("list[dict[str, Any]]", container.get("portMappings") or []):
            host, inside = mapping.get("hostPort"), mapping.get("containerPort")
            if host is not None and host != inside:
                yield problem(
                    container,
                    "When networkMode=awsvpc, the host ports and container ports in port mappings must match"
                    f" ({host} and {inside}).",
                )
        for name in ("hostname", "links"):
            if container.get(name):
                yield problem(container, f"When networkMode=awsvpc, {name} is not supported.")


_SECRET_ARN = r"arn:[\w\-]+:secretsmanager:[\w\-]+:\d{12}:secret:[\w/+=.@\-]+"
_PARAMETER = r"(arn:[\w\-]+:ssm:[\w\-]+:\d{12}:parameter)?/?[\w./\-]+"


def secrets(inputs: Properties) -> Iterator[Problem]:
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
    for container in definitions(inputs):
        listed = cast("list[dict[str, str]]", container.get("secrets") or [])
        for secret in listed:
            value = secret.get("valueFrom", "")
            part = r":[^:]*"
            shape = rf"{_SECRET_ARN}({part}{part}{part})?"
            if not re.fullmatch(shape if ":secretsmanager:" in value else _PARAMETER, value):
                yield problem(
                    container,
                    f"secrets.{secret.get('name')}: Invalid valueFrom {value}: expected the name or ARN of a parameter,"
                    " or ARN or ARN:KEY:STAGE:VERSION of a secret, with all three colons.",
                )
        plain = cast("list[dict[str, str]]", container.get("environment") or [])
        variables = [item.get("name", "") for item in (*listed, *plain)]
        for name in sorted({name for name in variables if variables.count(name) > 1}):
            yield problem(container, f"The variable {name} is given more than once, as secret or in the environment.")
        if listed and not inputs.get("executionRoleArn"):
            yield problem(
                container,
                "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
            )
