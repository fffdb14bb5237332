"""python -m ops check: whether the stack files are right."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ops.stacks import ElsewhereError, read_whole, stack_files
from settings import SettingsError, project_name, read
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
    if as_json:
        report = [one.as_json(file) for file, one in found.items()]
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        for file, one in found.items():
            right = "is right" if one.whole else "is right as far as it goes"
            typer.echo(str(one.error) if one.error else f"{file} {right}.", err=one.error is not None)
            for warning in one.warnings:
                typer.echo(f"  warning: {warning}")
    if any(one.error for one in found.values()):
        raise typer.Exit(1)


@dataclass(frozen=True)
class Examined:
    error: SettingsError | None = None
    warnings: tuple[str, ...] = ()
    whole: bool = True  # nothing stands where it could not be read

    def as_json(self, file: Path) -> Mapping[str, object]:
        problems = self.error.problems if self.error else ()
        return {
            "file": str(file),
            "problems": [{"path": problem.path, "what": problem.what, "fix": problem.fix} for problem in problems],
            "warnings": self.warnings,
        }


def _examined(file: Path) -> Examined:
    try:
        return Examined(warnings=read_whole(file).warnings)
    except SettingsError as error:
        return Examined(error)
    except ElsewhereError as error:
        return _examined_alone(file, f"{error}. What is missing here was not looked for")
    except OSError as error:
        problem = Problem(("config",), f"cannot be read: {error.strerror}")
        return Examined(SettingsError(str(file), "", [problem]))


def _examined_alone(file: Path, why: str) -> Examined:
    """A stack file without its environments: what it lacks may stand there."""
    try:
        return Examined(warnings=(*read(file).warnings, why), whole=False)
    except SettingsError as error:
        wrong = [problem for problem in error.problems if not problem.missing]
        found = SettingsError(str(file), project_name(), wrong) if wrong else None
        return Examined(found, (why,), whole=False)
