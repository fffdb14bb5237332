"""The provider of the package aws."""

import json
import os
import threading
from collections.abc import Iterable
from typing import Any, cast

from typing_extensions import override

from sandbox.providers.aws import lifecycle
from sandbox.providers.aws.api import Cloud, local_endpoint
from sandbox.providers.aws.faults import named
from sandbox.providers.aws.resource import Resource
from sandbox.providers.base.contract import Problem, RefusedError
from sandbox.providers.base.provider import Found, Provider
from sandbox.providers.base.wire import Properties, Unknown

_WARM = ("ec2", "iam", "logs", "ecs", "sts")


class AwsProvider(Provider[Resource]):
    package = "aws"

    def __init__(self) -> None:
        self._cloud: Cloud | None = None

    @property
    def cloud(self) -> Cloud:
        if self._cloud is None:
            raise RefusedError("the provider is not configured yet")
        return self._cloud

    @override
    def configure(self, settings: Properties) -> None:
        region = settings.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        if not isinstance(region, str):
            raise RefusedError("missing the region: set aws:region in the stack's configuration")
        self._cloud = Cloud(local_endpoint(), region, _default_tags(settings))
        # Models and clients take half a second to load, while the engine starts the program.
        threading.Thread(target=self._warm, args=(self._cloud,), daemon=True).start()

    def _warm(self, cloud: Cloud) -> None:
        for service in _WARM:
            cloud.client(service, cloud.region)

    @override
    def contract(self, token: str) -> Resource:
        table = _tables().get(token)
        if table is None:
            raise RefusedError(
                f"the resource type {token} is not supported by the sandbox: add a table to {self.home(token)}, which"
                f" python -m sandbox.providers.scaffold table {token} drafts"
            )
        return table

    @override
    def home(self, token: str) -> str:
        from sandbox.providers.aws.types import home  # noqa: PLC0415

        return home(token)

    @override
    def complete(self, contract: Resource, inputs: Properties) -> Properties:
        found: Properties = {}
        if contract.regional:
            found["region"] = inputs.get("region", self.cloud.region)
        if contract.tags:
            own = inputs.get("tags", {})
            found["tagsAll"] = own if isinstance(own, Unknown) else {**self.cloud.default_tags, **own}
        return found

    @override
    def problems(self, contract: Resource, inputs: Properties) -> Iterable[Problem]:
        from sandbox.providers.aws import request  # noqa: PLC0415

        with named(contract):
            yield from request.problems(contract, inputs)

    @override
    def create(self, contract: Resource, urn: str, inputs: Properties) -> tuple[str, Properties]:
        with named(contract):
            return lifecycle.create(self.cloud, contract, urn, inputs)

    @override
    def read(self, contract: Resource, id_: str, state: Properties, inputs: Properties) -> Found | None:
        with named(contract):
            return lifecycle.read(self.cloud, contract, id_, state, inputs)

    @override
    def update(self, contract: Resource, id_: str, state: Properties, old: Properties, new: Properties) -> Properties:
        with named(contract):
            return lifecycle.update(self.cloud, contract, id_, state, old, new)

    @override
    def delete(self, contract: Resource, id_: str, state: Properties) -> None:
        with named(contract):
            lifecycle.delete(self.cloud, contract, id_, state)

    @override
    def invoke(self, token: str, arguments: Properties) -> Properties:
        from sandbox.providers.aws.functions import invoke  # noqa: PLC0415

        return invoke(self.cloud, token, arguments)


def _tables() -> dict[str, Resource]:
    from sandbox.providers.aws.types import TABLES  # noqa: PLC0415

    return TABLES


def _default_tags(settings: Properties) -> dict[str, str]:
    """Structured settings arrive as JSON."""
    given: Any = settings.get("defaultTags") or {}
    parsed = json.loads(given) if isinstance(given, str) else given
    return dict(cast("dict[str, dict[str, str]]", parsed).get("tags", {}))
