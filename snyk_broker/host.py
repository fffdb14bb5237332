"""Pulumi's component host, which makes a schema of the component's annotations and builds it for any program."""

import json
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
from pulumi.errors import InputPropertiesError
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

from snyk_broker.deployment import BrokerDeployment

PROJECT = Path(__file__).parent.parent / "pyproject.toml"


class Host(ComponentProvider):
    def __init__(self) -> None:
        project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
        super().__init__([BrokerDeployment], project["name"], None, project["version"])

    def construct(
        self, name: str, resource_type: str, inputs: Mapping[str, Any], options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as error:
            if isinstance(error.inner, pulumi.RunError):
                # Else the list of what is wrong would end in a traceback.
                raise InputPropertiesError(str(error.inner), []) from None
            raise


def schema_text() -> str:
    return json.dumps(json.loads(Host().schema or ""), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
