"""Runs `pulumi` commands of a stack, so that they use the sandbox's state and the copy of the stack file."""

import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import FrameType

from sandbox import environment, paths
from sandbox.console import SandboxError
from sandbox.engine import Engine
from sandbox.local_aws import LocalAws
from sandbox.stack import Stack

# Commands that run providers, and of those the ones that change something.
CHANGING = frozenset({"up", "update", "refresh", "destroy", "down", "dn", "import", "watch"})
USING_AWS = CHANGING | {"preview", "pre"}

_TAKES_CONFIG_FILE = USING_AWS | {"config", "logs"}
_FLAGS_WITH_VALUE = frozenset(
    {"--color", "--cwd", "-C", "--verbose", "-v", "--tracing", "--profiling", "--memprofilerate"}
)
"""Global flags whose next argument is not the command."""


def command_of(arguments: Sequence[str]) -> str:
    """Returns the name of the command among a `pulumi` command line's arguments."""
    at = _position(arguments)
    return arguments[at] if at < len(arguments) else ""


@dataclass(frozen=True)
class Pulumi:
    engine: Engine
    stack: Stack
    aws: LocalAws | None
    lock: int | None = None  # a descriptor that the engine and the providers keep open as long as they live

    @cached_property
    def environment(self) -> dict[str, str]:
        return {
            **environment.without_accounts(os.environ),
            **environment.for_aws(self.aws.endpoint if self.aws else None, self.stack.region),
            **environment.for_pulumi(self.stack.name),
            "SANDBOX_CREATES": str(self.stack.creates),
        }

    def run(self, *arguments: str) -> int:
        """Runs a command in the foreground and returns its exit code."""
        folder, complete = self._placed(arguments)
        inherited = () if self.lock is None else (self.lock,)
        return _wait([str(self.engine.path), *complete], folder, self.environment, inherited)

    def read(self, *arguments: str) -> str:
        """Returns what a command prints. What it complains about is shown."""
        folder, complete = self._placed(arguments)
        done = subprocess.run(
            [self.engine.path, *complete],
            cwd=folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise SandboxError(f"`pulumi {' '.join(arguments)}` failed with exit code {done.returncode}.")
        return done.stdout

    def _placed(self, arguments: Sequence[str]) -> tuple[Path, list[str]]:
        """Returns where to run a command, and its arguments, so that it leaves the tracked stack file alone."""
        command, at = command_of(arguments), _position(arguments)
        if any(argument.startswith(("-C", "--cwd")) for argument in arguments):
            return paths.ROOT, list(arguments)  # another project, with stack files of its own
        if command == "stack" or "--remove" in arguments:
            # These may write or delete the stack's file themselves: there they find the copy.
            return self.stack.folder, list(arguments)
        if command in _TAKES_CONFIG_FILE:
            config = ["--config-file", str(self.stack.config)]
            return paths.ROOT, [*arguments[: at + 1], *config, *arguments[at + 1 :]]
        return paths.ROOT, list(arguments)


def _position(arguments: Sequence[str]) -> int:
    at = 0
    while at < len(arguments) and arguments[at].startswith("-"):
        at += 2 if arguments[at] in _FLAGS_WITH_VALUE else 1
    return at


def _wait(command: list[str], folder: Path, env: dict[str, str], inherited: tuple[int, ...]) -> int:
    """Runs a command to its end, also through Ctrl-C, which the engine answers by ending in good order."""
    child: subprocess.Popen[bytes] | None = None
    early = False

    def interrupt(number: int, _frame: FrameType | None) -> None:
        nonlocal early
        if number == signal.SIGINT and _typed_at_terminal():
            return  # the terminal has told the child too, and a second interrupt would make it break off
        if child is None:
            early = True
        else:
            child.send_signal(signal.SIGINT)

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        child = subprocess.Popen(command, cwd=folder, env=env, pass_fds=inherited)
        if early:
            child.send_signal(signal.SIGINT)
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def _typed_at_terminal() -> bool:
    try:
        with Path("/dev/tty").open("rb") as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False
