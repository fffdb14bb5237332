"""python -m ops clients roll: start the clients anew."""

from typing import TYPE_CHECKING, Annotated

import typer
from botocore.exceptions import ClientError
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ops.clients.arguments import IntegrationsArgument, chosen, command
from ops.clients.deployments import Outcome, Roll, start, wait
from ops.clients.services import Aws, connect, definition, find, names
from ops.clients.state import UP, WHY, revision
from ops.console import console
from ops.stacks import StackArgument, settings_of
from settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_ecs.client import ECSClient
    from mypy_boto3_ecs.type_defs import ServiceTypeDef


def roll(
    stack: StackArgument,
    integrations: IntegrationsArgument = None,
    *,
    wait_: Annotated[bool, typer.Option("--wait", help="Until the new clients are connected.")] = False,
) -> None:
    """Replace the clients a few at a time, also those that ECS has given up. Exit code 1 when that failed.

    The new ones are of the revision that the service has, and read the secret anew.
    """
    settings = settings_of(stack)
    keys = chosen(settings, integrations)
    aws = connect(settings)
    services = find(aws.ecs, settings, keys)
    out = console()
    failed = False
    for key in keys:
        if key not in services:
            out.print(f"{key}: no clients are there to roll. Next: {command(UP, settings, stack, key)}")
            failed = True
    rolls: dict[str, Roll] = {}
    for key, service in services.items():
        if differs := _difference(aws, settings, key, service):
            out.print(f"{key}: {differs}, which this does not change. For that: {command(UP, settings, stack, key)}")
        try:
            rolls[key] = start(aws.ecs, service)
        except ClientError as error:
            out.print(f"{key}: AWS refused: {error}")
            failed = True
        else:
            out.print(f"{key}: rolling the clients of {rolls[key].service}.")
    for key, ended in (_watched(aws.ecs, rolls) if wait_ else {}).items():
        if ended.complete:
            out.print(f"{key}: all {ended.desired} clients are new and connected.")
        else:
            out.print(f"{key}: that failed. {ended.failure} Next: {command(WHY, settings, stack, key)}")
            failed = True
    if failed:
        raise typer.Exit(1)


def _difference(aws: Aws, settings: Settings, key: str, service: "ServiceTypeDef") -> str | None:
    """What a roll leaves as it is though it should not be."""
    arn = service.get("taskDefinition", "")
    running, registered = definition(aws.ecs, arn), definition(aws.ecs, names(settings, key).family)
    name, newest = revision(arn), revision((registered or {}).get("taskDefinitionArn", ""))
    if running is None or running.get("status") != "ACTIVE":
        return f"the revision {name} runs and is deregistered"
    return f"the revision {name} runs and {newest} is registered" if name != newest else None


def _watched(ecs: "ECSClient", rolls: dict[str, Roll]) -> dict[str, Outcome]:
    """How each roll ended. Meanwhile tells how far it is: always anew on a terminal, else whenever that changes."""
    err = console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        lines = {key: progress.add_task(f"{key}: waiting", total=1) for key in rolls}
        told: dict[str, str] = {}

        def show(key: str, now: Outcome) -> None:
            text = f"{key}: {now.running} of {now.desired} new clients run"
            progress.update(lines[key], description=text, completed=int(now.ended))
            if not err.is_terminal and told.get(key) != text:
                err.print(text)
            told[key] = text

        return wait(ecs, rolls, show)
