"""What the file backend keeps about a stack: its resources, what was under way, and its lock."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sandbox import paths, processes
from sandbox.console import SandboxError

_STACKS = paths.BACKEND / ".pulumi" / "stacks"


@cache
def project() -> str:
    return yaml.safe_load((paths.ROOT / "Pulumi.yaml").read_text())["name"]


@dataclass(frozen=True)
class State:
    resources: frozenset[tuple[str, str]]  # type and id of each resource that a provider made
    pending: bool  # an operation was under way when the engine stopped


def load(stack: str) -> State | None:
    """Returns the state of a stack, or None when there is no such stack."""
    file = _STACKS / project() / f"{stack}.json"
    return _read(file) if file.exists() else None


def all_resources() -> frozenset[tuple[str, str]]:
    """Returns the resources of all stacks, also those of other projects."""
    return frozenset[tuple[str, str]]().union(*(_read(file).resources for file in _STACKS.glob("*/*.json")))


def lock_holders(stack: str) -> list[int]:
    """Returns the process that made each of the stack's locks."""
    folder = paths.BACKEND / ".pulumi" / "locks" / "organization" / project() / stack
    return [_locker(file) for file in folder.glob("*.json")]


def _locker(file: Path) -> int:
    try:
        return int(json.loads(file.read_text())["pid"])
    except (ValueError, KeyError):
        return 0  # its engine was killed while it wrote the file


def engine_at_work(stack: str) -> int | None:
    """Returns the living engine that holds the stack's lock."""
    return next((pid for pid in lock_holders(stack) if pid and "pulumi" in processes.command_line(pid)), None)


def _read(file: Path) -> State:
    try:
        deployment: dict[str, Any] = json.loads(file.read_text())["checkpoint"].get("latest") or {}
    except (ValueError, KeyError):
        raise SandboxError(
            f"The state {file} is damaged. To start anew, run `python -m sandbox down` and delete the folder .sandbox."
        ) from None
    return State(
        resources=frozenset(
            (resource["type"], resource["id"])
            for resource in deployment.get("resources", [])
            if resource["custom"] and not resource["type"].startswith("pulumi:providers:")
        ),
        pending=bool(deployment.get("pending_operations")),
    )
