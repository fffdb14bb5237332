"""python -m ops images: the images that the clients are started from."""

import json
import sys
from typing import Annotated

import typer
from rich.table import Column, Table

import images
from images import Result
from ops.console import console
from ops.stacks import StackArgument, settings_of

MISSING = 3  # exit code

app = typer.Typer(help="Look after the images that the clients are started from.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `check` a command of its own while it is the only one."""


@app.command()
def check(
    stack: StackArgument, *, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """Ask the registries whether the stack's images are there. Exit code 3 when one is missing.

    Nothing is pulled, and no credentials are used: of a private registry the answer is unknown.
    """
    settings = settings_of(stack)
    wanted = tuple(images.pulls(settings))
    with console(stderr=True).status("Asking the registries …"):
        answers = images.check(wanted)
    if as_json:
        report = {
            "stack": settings.stack,
            "images": [
                {
                    "integration": pull.integration,
                    "image": pull.image,
                    "result": answers[pull].result,
                    "reason": answers[pull].reason,
                }
                for pull in wanted
            ],
        }
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        table = Table("integration", Column("image", overflow="fold"), "result", Column("reason", overflow="fold"))
        for pull in wanted:
            table.add_row(pull.integration, pull.image, answers[pull].result, answers[pull].reason or "-")
        console().print(table)
    if any(answer.result is Result.MISSING for answer in answers.values()):
        raise typer.Exit(MISSING)
