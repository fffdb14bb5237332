"""python -m ops check: whether the stack files are right."""

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

import typer
from pydantic.alias_generators import to_camel

import images
from images import Answer, Pull, Result
from ops.stacks import ElsewhereError, read_whole, stack_files
from settings import Settings, SettingsError, project_name, read
from settings.problems import Problem


@dataclass(frozen=True)
class Examined:
    """A stack file, as far as it could be read: settings or an error, or neither where some stand elsewhere."""

    settings: Settings | None = None
    error: SettingsError | None = None
    elsewhere: str | None = None  # why it could not be read as a whole
    notes: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        return (*(self.settings.warnings if self.settings else ()), *([self.elsewhere] if self.elsewhere else ()))

    def as_json(self, file: Path) -> Mapping[str, object]:
        problems = self.error.problems if self.error else ()
        return {
            "file": str(file),
            "problems": [{"path": problem.path, "what": problem.what, "fix": problem.fix} for problem in problems],
            "warnings": self.warnings,
            "notes": self.notes,
            "demand": {to_camel(name): value for name, value in asdict(self.settings.demand).items()}
            if self.settings
            else None,
        }


def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Stack files. Default: all in stacks/.", exists=True, dir_okay=False),
    ] = None,
    *,
    online: Annotated[
        bool, typer.Option("--online", help="Ask the registries, too, whether the images are there.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Validate stack files without Pulumi and AWS. Exit code 1 when one has a problem."""
    found = {file: _examined(file) for file in files or stack_files()}
    if online:
        found = _asked(found)
    if as_json:
        report = [one.as_json(file) for file, one in found.items()]
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        for file, one in found.items():
            right = "is right as far as it goes" if one.elsewhere else "is right"
            typer.echo(str(one.error) if one.error else f"{file} {right}.", err=one.error is not None)
            if one.settings and not one.error:
                typer.echo(f"  It takes {one.settings.demand}.")
            for kind, lines in (("warning", one.warnings), ("note", one.notes)):
                for line in lines:
                    typer.echo(f"  {kind}: {line}")
    if any(one.error for one in found.values()):
        raise typer.Exit(1)


def _examined(file: Path) -> Examined:
    try:
        return Examined(read_whole(file))
    except SettingsError as error:
        return Examined(error=error)
    except ElsewhereError as error:
        return _examined_alone(file, f"{error}. What is missing here was not looked for")
    except OSError as error:
        problem = Problem(("config",), f"cannot be read: {error.strerror}")
        return Examined(error=SettingsError(str(file), "", [problem]))


def _examined_alone(file: Path, why: str) -> Examined:
    """A stack file without its environments: what it lacks may stand there."""
    try:
        return Examined(read(file), elsewhere=why)
    except SettingsError as error:
        wrong = [problem for problem in error.problems if not problem.missing]
        return Examined(error=SettingsError(str(file), project_name(), wrong) if wrong else None, elsewhere=why)


def _asked(found: Mapping[Path, Examined]) -> dict[Path, Examined]:
    """The same, with what the registries say. A missing image is a problem, an unknown one a note."""
    wanted = {file: tuple(images.pulls(one.settings)) for file, one in found.items() if one.settings}
    answers = images.check({pull for pulls in wanted.values() for pull in pulls})
    return {file: _with_images(file, one, wanted.get(file, ()), answers) for file, one in found.items()}


def _with_images(file: Path, examined: Examined, pulls: Iterable[Pull], answers: Mapping[Pull, Answer]) -> Examined:
    paths = {pull: ("integrations", pull.integration, "image") for pull in pulls}
    missing = [
        Problem(path, f"{pull.said(answers[pull])}: name a version that is there, or push the image")
        for pull, path in paths.items()
        if answers[pull].result is Result.MISSING
    ]
    notes = [
        f"{'.'.join(path)}: {pull.said(answers[pull])}"
        for pull, path in paths.items()
        if answers[pull].result is Result.UNKNOWN
    ]
    error = SettingsError(str(file), project_name(), missing) if missing else examined.error
    return replace(examined, error=error, notes=tuple(notes))
