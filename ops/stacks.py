"""Which stack a command is about."""

from pathlib import Path
from typing import Annotated

import typer

from ops.errors import CommandError
from ops.pulumi_config import NotReadableError, configuration
from settings import Integration, Settings, environments, load, project_name, read, stack_name
from settings.stack import ROOT


class ElsewhereError(CommandError):
    """A part of the configuration stands where it cannot be read."""


StackArgument = Annotated[str, typer.Argument(metavar="STACK", help="A name in stacks/, or a stack file's path.")]


def stack_files() -> list[Path]:
    return sorted((ROOT / "stacks").glob("Pulumi.*.yaml"))


def settings_of(stack: str) -> Settings:
    """Settings of a stack, which is named by its name in stacks/ or by its file's path.

    Raises CommandError when there is no such file to read, SettingsError when it cannot be used.
    """
    file = Path(stack) if stack.endswith(".yaml") else ROOT / "stacks" / f"Pulumi.{stack}.yaml"
    if not file.is_file():
        names = ", ".join(stack_name(path) for path in stack_files())
        raise CommandError(f"There is no stack file {file}. Name one of {names}, or a file's path.")
    try:
        return read_whole(file)
    except OSError as error:
        raise CommandError(f"The stack file {file} cannot be read: {error.strerror}.") from None


def read_whole(file: Path) -> Settings:
    """Settings of a stack file, together with what its Pulumi ESC environments hold.

    Raises ElsewhereError when those cannot be read, and what read() raises.
    """
    elsewhere = environments(file)
    if not elsewhere:
        return read(file)
    try:
        found = configuration(file)
    except NotReadableError as error:
        raise ElsewhereError(
            f"Configuration of {file} stands in the Pulumi ESC environment {', '.join(elsewhere)}, which could not be"
            f" read: {error}. Log in with: pulumi login"
        ) from None
    return load(project_name(), stack_name(file), found.values, found.secret_keys)


def integration_of(settings: Settings, key: str) -> Integration:
    """One of the stack's integrations. Raises CommandError when there is none of that name."""
    if key not in settings.integrations:
        known = ", ".join(settings.integrations)
        raise CommandError(f"The stack {settings.stack} has no integration {key}. It has: {known}.")
    return settings.integrations[key]
