"""python -m ops render: what will run."""

import json
import sys
from typing import Annotated, Any

import typer
import yaml

from broker.container import Container, client
from broker.egress import egress
from ops.stacks import StackArgument, integration_of, settings_of
from settings import Settings
from settings.wishes import wish


def render(
    stack: StackArgument,
    *,
    integration: Annotated[str | None, typer.Option(help="Only this integration.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print each container as it will run, with the names of its secrets and without their values."""
    settings = settings_of(stack)
    if integration is not None:
        integration_of(settings, integration)
    rendered = [_rendered(settings, key) for key in settings.integrations if integration in (None, key)]
    if as_json:
        sys.stdout.write(json.dumps(rendered, indent=2) + "\n")
    else:
        typer.echo(yaml.safe_dump_all(rendered, sort_keys=False, width=1000, explicit_start=True))


def _rendered(settings: Settings, key: str) -> dict[str, Any]:
    asked = settings.integrations[key]
    wished = wish(asked)
    container: Container = client(wished, settings.endpoints)
    secret = settings.secret(key)
    reached = egress(wished, settings.endpoints)
    return {
        "integration": key,
        "type": asked.type,
        "container": container.name,
        "replicas": asked.replicas,
        "image": container.image,
        "environment": dict(container.environment),
        "secrets": {name: f"{secret}:{name}::" for name in container.secrets},
        "command": None,  # the image's own
        "healthCheck": container.health_check.in_ecs(),
        "cpu": container.cpu,
        "memory": container.memory,
        "port": container.port,
        "user": container.user,
        "readonlyRootFilesystem": container.read_only_root,
        "stopTimeout": container.stop_timeout,
        "egress": [{"host": entry.host, "port": entry.port, "why": entry.why} for entry in reached],
        "logGroup": "known after up",
        "securityGroup": "known after up",
    }
