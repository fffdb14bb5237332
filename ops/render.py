"""python -m ops render: what will run."""

import json
import sys
from typing import Annotated, Any

import typer
import yaml

from broker.client import NAME, client_task
from broker.egress import egress
from broker.rollout import rollout
from ecs.compute import FARGATE
from ecs.definition import Bindings, task_definition
from ecs.names import DEPLOYMENT, Names
from ops.stacks import StackArgument, integration_of, settings_of
from settings import Settings
from settings.clients import client_spec

_LATER = "known after up"


def render(
    stack: StackArgument,
    *,
    integration: Annotated[str | None, typer.Option(help="Only this integration.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print what will run, in ECS's own words, with names of secrets and no values, and where it connects to."""
    settings = settings_of(stack)
    if integration is not None:
        integration_of(settings, integration)
    rendered = [_rendered(settings, key) for key in settings.integrations if integration in (None, key)]
    if as_json:
        sys.stdout.write(json.dumps(rendered, indent=2) + "\n")
    else:
        typer.echo(yaml.safe_dump_all(rendered, sort_keys=False, width=1000, explicit_start=True))


def _rendered(settings: Settings, key: str) -> dict[str, Any]:
    integration = settings.integrations[key]
    spec = client_spec(integration)
    task = client_task(spec, settings.endpoints)
    names = Names.of(settings.project, settings.stack, DEPLOYMENT, key)
    bounds = rollout(integration.replicas)
    pull = integration.image.pull_credential
    bindings = Bindings(
        secret=settings.secret(key),
        region=settings.region,
        log_group=_LATER,
        log_prefix=names.log_prefix,
        pull_credentials={NAME: pull} if pull else {},
    )
    return {
        "integration": key,
        "type": integration.type,
        "service": {
            "serviceName": names.service,
            "desiredCount": integration.replicas,
            "deploymentConfiguration": {
                "minimumHealthyPercent": bounds.minimum_percent,
                "maximumPercent": bounds.maximum_percent,
            },
        },
        "taskDefinition": task_definition(task, FARGATE, names.family, bindings),
        "egress": [
            {"host": entry.host, "port": entry.port, "why": entry.why} for entry in egress(spec, settings.endpoints)
        ],
    }
