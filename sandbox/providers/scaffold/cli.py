"""The commands: `python -m sandbox.providers.scaffold …`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from sandbox.providers.scaffold import facts as known
from sandbox.providers.scaffold import render
from sandbox.providers.scaffold.draft import Draft

app = typer.Typer(
    help="Helps to add a resource type to the stand-ins for Pulumi's providers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


Token = Annotated[str, typer.Argument(metavar="TYPE", help="Such as aws:iam/instanceProfile:InstanceProfile.")]
Service = Annotated[str | None, typer.Option(help="AWS's service, as botocore calls it, if it is not found.")]


@app.command()
def table(token: Token, service: Service = None) -> None:
    """Print a table for a new type: a module for sandbox/providers/aws/types/."""
    typer.echo(render.table(_draft(token, service)), nl=False)


@app.command()
def case(token: Token, service: Service = None) -> None:
    """Print its entry for CASES in tests/sandbox/providers/aws/cases.py."""
    typer.echo(render.case(_draft(token, service)), nl=False)


def _draft(token: str, service: str | None) -> Draft:
    try:
        return Draft(token, service)
    except LookupError as error:
        raise typer.BadParameter(str(error)) from None


@app.command()
def facts(
    schema: Annotated[Path, typer.Argument(help="What `pulumi package get-schema aws` printed.", exists=True)],
) -> None:
    """Bring facts.json up to date with the official provider's schema."""
    stored = json.loads(known.FILE.read_text(encoding="utf-8"))
    updated = known.updated(stored, json.loads(schema.read_text(encoding="utf-8")))
    known.FILE.write_text(known.written(updated), encoding="utf-8")
    typer.echo(f"{len(updated['types'])} types, as in pulumi-aws {updated['source']['version']}")


@app.command(name="list")
def list_() -> None:
    """Write the list of what is supported, docs/sandbox-types.md."""
    from sandbox.providers.scaffold import coverage  # noqa: PLC0415 - a draft must not need all tables to be in order

    coverage.FILE.write_text(coverage.text(), encoding="utf-8")
