"""python -m ops check: whether the stack files are right."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from ops.stacks import stack_files
from settings import SettingsError, read
from settings.problems import Problem


def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Stack files. Default: all in stacks/.", exists=True, dir_okay=False),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Validate stack files without Pulumi and AWS. Exit code 1 when one has a problem."""
    found = {file: _examined(file) for file in files or stack_files()}
    wrong = [file for file, (error, _) in found.items() if error]
    if as_json:
        report = [_as_json(file, error, warnings) for file, (error, warnings) in found.items()]
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        for file, (error, warnings) in found.items():
            typer.echo(str(error) if error else f"{file} is right.", err=error is not None)
            for warning in warnings:
                typer.echo(f"  warning: {warning}")
    if wrong:
        raise typer.Exit(1)


def _examined(file: Path) -> tuple[SettingsError | None, tuple[str, ...]]:
    try:
        return None, read(file).warnings
    except SettingsError as error:
        return error, ()
    except OSError as error:
        return SettingsError(str(file), "", [Problem(("config",), f"cannot be read: {error.strerror}")]), ()


def _as_json(file: Path, error: SettingsError | None, warnings: tuple[str, ...]) -> Mapping[str, object]:
    problems = error.problems if error else ()
    return {
        "file": str(file),
        "problems": [{"path": problem.path, "what": problem.what, "fix": problem.fix} for problem in problems],
        "warnings": warnings,
    }
