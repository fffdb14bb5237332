"""Which stack a command is about."""

from pathlib import Path

from ops.errors import CommandError
from settings import Settings, read
from settings.stack import ROOT


def settings_of(stack: str) -> Settings:
    """Settings of a stack, which is named by its name in stacks/ or by its file's path.

    Raises CommandError when there is no such file, SettingsError when it cannot be used.
    """
    file = Path(stack) if stack.endswith(".yaml") else ROOT / "stacks" / f"Pulumi.{stack}.yaml"
    if not file.is_file():
        names = sorted(path.name.split(".")[1] for path in (ROOT / "stacks").glob("Pulumi.*.yaml"))
        raise CommandError(f"There is no stack file {file}. Name one of {', '.join(names)}, or a file's path.")
    return read(file)
