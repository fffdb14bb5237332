"""python -m ops clients status: whether the clients run as they are registered."""

import json
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from botocore.exceptions import ClientError
from rich.table import Column, Table

from ops.clients.arguments import IntegrationsArgument, chosen, command
from ops.clients.services import Aws, connect, definition, find, history, names, tasks
from ops.clients.state import UP, State, state
from ops.console import console
from ops.errors import CommandError
from ops.secret_store import SecretStore
from ops.stacks import StackArgument, settings_of
from settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ServiceTypeDef

NOT_AS_REGISTERED = 3  # exit code
_AT_ONCE = 8  # integrations that are asked about


def status(
    stack: StackArgument,
    integrations: IntegrationsArgument = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell whether the clients run, are connected, and are what was last registered. Exit code 3 when not."""
    settings = settings_of(stack)
    keys = chosen(settings, integrations)
    states = states_of(settings, keys)
    if as_json:
        report = {
            "stack": settings.stack,
            "region": settings.region,
            "integrations": {key: found.as_json() if (found := states.get(key)) else None for key in keys},
        }
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        out = console()
        if states:
            out.print(_table(states))
        for key in keys:
            if key not in states:
                out.print(f"{key}: no clients are there. Next: {command(UP, settings, stack, key)}")
        for key, found in states.items():
            for problem in found.problems():
                out.print(f"{key}: {problem.text}. Next: {command(problem.command, settings, stack, key)}")
    if any(key not in states or any(states[key].problems()) for key in keys):
        raise typer.Exit(NOT_AS_REGISTERED)


def states_of(settings: Settings, keys: list[str]) -> Mapping[str, State]:
    """The state of each integration that has a service."""
    aws = connect(settings)
    services = find(aws.ecs, settings, keys)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        asked = {key: pool.submit(state_of, aws, settings, key, service) for key, service in services.items()}
        return {key: answer.result() for key, answer in asked.items()}


def state_of(aws: Aws, settings: Settings, key: str, service: "ServiceTypeDef") -> State:
    return state(
        service,
        tasks(aws.ecs, service, "RUNNING"),
        history(aws.ecs, service),
        definition(aws.ecs, service.get("taskDefinition", "")),
        definition(aws.ecs, names(settings, key).family),
        _stored(settings, key),
    )


def _stored(settings: Settings, key: str) -> datetime | None:
    """When the credentials were stored; None when that cannot be told, which is no matter of the clients'."""
    try:
        store = SecretStore(settings, key)
        return store.written() if store.stored() else None
    except (CommandError, ClientError):
        return None


def _table(states: Mapping[str, State]) -> Table:
    table = Table("integration", "running", "healthy", "revision", "last deployment", Column("image", overflow="fold"))
    table.add_column("credentials of")
    for key, found in states.items():
        table.add_row(
            key,
            f"{found.running}/{found.desired}",
            str(found.healthy),
            found.revision.rpartition(":")[2],
            found.deployment.status,
            found.image,
            found.credential.date().isoformat() if found.credential else "unknown",
        )
    return table
