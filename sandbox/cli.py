"""The commands: `python -m sandbox [--stack NAME] …`."""

import json
import signal
import subprocess
import sys
from types import FrameType
from typing import Annotated, NoReturn

import typer

from sandbox import credentials, engine, local_aws, paths, report, session, stack, state
from sandbox.console import SandboxError, complain
from sandbox.pulumi_command import CHANGING, Pulumi, command_of

TERMINATED = 128 + signal.SIGTERM

app = typer.Typer(
    help="Runs the Pulumi program of this project with the real engine on a local AWS.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def choose(
    context: typer.Context,
    name: Annotated[str, typer.Option("--stack", help="A file stacks/Pulumi.NAME.yaml.")] = "sandbox",
) -> None:
    context.obj = name


@app.command()
def up(context: typer.Context) -> None:
    """Deploy the stack, with generated test credentials in its secrets, and show what there is."""
    with session.opened(context.obj, "up", anew=True) as pulumi:
        credentials.fill(pulumi)
        code = _run(pulumi, "up", "--yes", "--skip-preview")
        if code == 0:
            report.show(pulumi)
    raise typer.Exit(code)


@app.command()
def preview(context: typer.Context) -> None:
    """Show what `up` would change."""
    _pass_on(context.obj, "preview")


@app.command()
def refresh(context: typer.Context) -> None:
    """Read back what is in the local AWS, and show what differs."""
    _pass_on(context.obj, "refresh", "--yes", "--skip-preview")


@app.command()
def destroy(context: typer.Context) -> None:
    """Delete the stack's resources; the secrets stay."""
    _pass_on(context.obj, "destroy", "--yes", "--skip-preview")


@app.command()
def rehearse(
    context: typer.Context,
    *,
    integration: Annotated[list[str] | None, typer.Option(help="Only this integration; may be given again.")] = None,
    check: Annotated[list[str] | None, typer.Option(help="Only this check; may be given again.")] = None,
    slow: Annotated[bool, typer.Option("--slow", help="Also what takes minutes: a frozen client, an outage.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run the real Broker clients of the deployed stack against a Snyk on this machine, and check what they do."""
    from sandbox.rehearsal import command as rehearsal  # noqa: PLC0415 - it would double the time of other commands

    with session.opened(context.obj, "preview") as pulumi:
        reports = rehearsal.of_stack(pulumi, integration or (), check or (), slow=slow, as_json=as_json)
    raise typer.Exit(any(report.failed for report in reports))


@app.command()
def pulumi(context: typer.Context, arguments: Annotated[list[str], typer.Argument(metavar="-- COMMAND…")]) -> None:
    """Run any pulumi command on the stack, as in: pulumi -- stack output --json."""
    _pass_on(context.obj, *arguments)


@app.command()
def fail(
    context: typer.Context,
    integration: Annotated[str, typer.Argument(help="A key of the stack's integrations.")],
    when: Annotated[local_aws.When, typer.Argument(help="Which deployment of its service: the first, or a later one.")],
    *,
    cause: Annotated[local_aws.Cause, typer.Option(help="Why its tasks do not stay up.")] = local_aws.Cause.UNHEALTHY,
    always: Annotated[bool, typer.Option("--always", help="Every time, and not only the next.")] = False,
) -> None:
    """Let deployments of an integration's service fail in the local AWS, as the circuit breaker ends them."""
    chosen = stack.load(context.obj)
    if integration not in chosen.integrations:
        known = ", ".join(chosen.integrations) or "none"
        raise SandboxError(f"The stack {chosen.name} has no integration {integration!r}. It has: {known}.")
    local_aws.ensure().fail(chosen.name, integration, when=when, cause=cause, always=always)
    which = f"Every {when.value}" if always else f"The next {when.value}"
    typer.echo(f"{which} of {integration}'s service in {chosen.name} will fail ({cause.value}).")


@app.command()
def calls(
    *,
    action: Annotated[list[str] | None, typer.Option(help="Only this action; may be given again.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the calls that the local AWS got, with their numbers and switches."""
    aws = local_aws.find()
    found = [call for call in aws.calls() if not action or call["action"] in action] if aws else []
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for call in found:
        parameters = " ".join(f"{name}={json.dumps(value)}" for name, value in call["parameters"].items())
        typer.echo(f"{call['time']} {call['region']} {call['service']}:{call['action']} {parameters}".rstrip())


@app.command()
def ops(context: typer.Context, arguments: Annotated[list[str], typer.Argument(metavar="-- COMMAND…")]) -> None:
    """Run any command of python -m ops on the local AWS, as in: ops -- secrets set sandbox github."""
    with session.opened(context.obj, "preview") as pulumi:
        # The stack's name means its copy here.
        given = [str(pulumi.stack.config) if argument == context.obj else argument for argument in arguments]
        command = [sys.executable, "-m", "ops", *given]
        done = subprocess.run(command, cwd=paths.ROOT, env=pulumi.environment, check=False)
    raise typer.Exit(done.returncode)


@app.command()
def status() -> None:
    """Show the engine, the local AWS and the stacks."""
    found = engine.find()
    typer.echo(f"engine     {found.path} ({found.version})" if found else "engine     none yet: `up` gets one")
    aws = local_aws.find()
    typer.echo(
        f"local AWS  {aws.endpoint}, process {aws.pid}, since {aws.started}" if aws else "local AWS  not running"
    )
    for name in stack.names():
        typer.echo(f"stack      {name}: {_describe(name, aws.id if aws else '')}")


@app.command()
def down() -> None:
    """End the local AWS, and with it all that was deployed to it."""
    aws = local_aws.stop()
    typer.echo(f"Ended the local AWS (process {aws.pid})." if aws else "The local AWS is not running.")


def _pass_on(name: str, *arguments: str) -> NoReturn:
    with session.opened(name, command_of(arguments)) as pulumi:
        code = _run(pulumi, *arguments)
    raise typer.Exit(code)


def _run(pulumi: Pulumi, *arguments: str) -> int:
    code = pulumi.run(*arguments)
    if code == 0 and command_of(arguments) in CHANGING:
        pulumi.stack.forget_creates()
    return code


def _describe(name: str, aws: str) -> str:
    described = state.load(name)
    if described is None or not described.resources:
        return "not deployed"
    count = f"{len(described.resources)} resources"
    return count if stack.load(name).belongs_to(aws) else f"{count}, in a local AWS that is gone"


def _terminate(_number: int, _frame: FrameType | None) -> None:
    sys.exit(TERMINATED)


def main() -> None:
    signal.signal(signal.SIGTERM, _terminate)  # so that what is under way is cleared up
    try:
        app(prog_name="python -m sandbox")
    except SandboxError as error:
        complain(str(error))
        sys.exit(1)
