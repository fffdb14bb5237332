"""ECS clusters, services and task definitions, whatever they run on. The API reference of ECS unless noted."""

import re
from collections.abc import Iterator
from typing import Any

from sandbox.providers.aws.rules.common import known, tag_limits
from sandbox.providers.base.contract import Problem
from sandbox.providers.base.wire import Properties

tags = tag_limits

_NAME = r"[a-zA-Z0-9_\-]{1,255}"
_NAME_RULE = "Up to 255 letters (uppercase and lowercase), numbers, underscores, and hyphens are allowed."
_NO_CEILING = 100  # percent: nothing can start before something stops
_MOST_PROVIDERS = 20


def name(inputs: Properties) -> Iterator[Problem]:
    yield from _named("name", known(inputs, "name"))


def family(inputs: Properties) -> Iterator[Problem]:
    yield from _named("family", known(inputs, "family"))


def _named(property_: str, value: str | None) -> Iterator[Problem]:
    if value is not None and not re.fullmatch(_NAME, value):
        yield Problem(property_, f"Invalid identifier: Identifier is {value}. {_NAME_RULE}")


def rebalancing(inputs: Properties) -> Iterator[Problem]:
    # A service is rebalanced by starting before stopping; AWS CDK refuses these pairs with the same reason.
    if known(inputs, "availabilityZoneRebalancing") != "ENABLED":
        return
    property_ = "availabilityZoneRebalancing"
    if (known(inputs, "deploymentMaximumPercent") or _NO_CEILING + 1) <= _NO_CEILING:
        yield Problem(
            property_, "The maximumPercent must be greater than 100 when availability zone rebalancing is ENABLED."
        )
    if known(inputs, "schedulingStrategy") == "DAEMON":
        yield Problem(property_, "Availability zone rebalancing cannot be ENABLED for the DAEMON scheduling strategy.")
    if known(inputs, "launchType") == "EXTERNAL":
        yield Problem(property_, "Availability zone rebalancing cannot be ENABLED for the EXTERNAL launch type.")


def launch_type_or_strategy(inputs: Properties) -> Iterator[Problem]:
    # CreateService: with a capacityProviderStrategy, launchType must be omitted.
    if inputs.get("capacityProviderStrategies") and inputs.get("launchType"):
        yield Problem("launchType", "Specifying both a launch type and capacity provider strategy is not supported.")


def strategy(inputs: Properties) -> Iterator[Problem]:
    # CapacityProviderStrategyItem: one base, some weight, Fargate providers not mixed with Auto Scaling groups.
    property_ = "capacityProviderStrategies"
    items: list[dict[str, Any]] = known(inputs, property_) or []
    if len(items) > _MOST_PROVIDERS:
        yield Problem(property_, f"A capacity provider strategy can contain a maximum of {_MOST_PROVIDERS} providers.")
    if sum(1 for item in items if item.get("base")) > 1:
        yield Problem(property_, "Only one capacity provider in a strategy can have a base value.")
    if items and not any(item.get("weight", 0) for item in items):
        yield Problem(property_, "At least one capacity provider in a strategy must have a weight greater than zero.")
    providers = {str(item.get("capacityProvider")) in ("FARGATE", "FARGATE_SPOT") for item in items}
    if len(providers) > 1:
        yield Problem(
            property_, "A strategy cannot contain a mix of Auto Scaling group and Fargate capacity providers."
        )
