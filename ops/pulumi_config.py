"""Configuration that stands in Pulumi ESC: Pulumi's command reads it."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.errors import CommandError
from settings import stack_name
from settings.stack import ROOT

SECONDS = 60
# What stands for a value that is not known before the environment is opened, as `pulumi up` does.
_UNKNOWN = "[unknown]"


class NotReadableError(CommandError):
    """Pulumi's command is not there, is not logged in, or does not tell all of the configuration."""


@dataclass(frozen=True)
class Configuration:
    """As Pulumi hands it to a program: texts, of which structured ones are JSON."""

    values: Mapping[str, str]
    secret_keys: frozenset[str]


def configuration(file: Path) -> Configuration:
    """The configuration of a stack file, together with what its environments hold; no secret is shown.

    An environment is opened only where it must be: opening may issue credentials. Raises NotReadableError.
    """
    found = _read(file) or _read(file, "--open")
    if found is None:
        raise NotReadableError(f"pulumi config tells {_UNKNOWN} for a value of it")
    return found


def _read(file: Path, *options: str) -> Configuration | None:
    """None when a value is not known."""
    answer = _answer(file, *options)
    # The form of `pulumi config --json` (configValueJSON in its source): a secret has no value.
    values: dict[str, str] = {key: entry["value"] for key, entry in answer.items() if not entry["secret"]}
    if any(_UNKNOWN in value for value in values.values()):
        return None
    hidden = {key: "" for key, entry in answer.items() if entry["secret"]}
    return Configuration(values | hidden, frozenset(hidden))


def _answer(file: Path, *options: str) -> Mapping[str, Any]:
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise NotReadableError("there is no command pulumi")
    which = ["--stack", stack_name(file), "--config-file", str(file.resolve())]
    command = [pulumi, "config", "--json", "--show-secrets=false", "--non-interactive", *which, *options]
    try:
        done = subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotReadableError(f"pulumi config did not answer in {SECONDS} seconds") from None
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or [f"pulumi config ended with code {done.returncode}"]
        raise NotReadableError(said[-1].removeprefix("error: "))
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise NotReadableError("pulumi config printed something other than JSON") from None
