"""A stack of the sandbox: a tracked stack file, and the workspace in which it is run."""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Generator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import cast

import yaml

from sandbox import paths, processes, state
from sandbox.console import SandboxError, say

PLUGINS_LEAVE_SECONDS = 20

# How a stack's secrets are encrypted: the tracked file's way needs an account, the sandbox has its own.
_ENCRYPTION = re.compile(r"^(?:encryptionsalt|encryptedkey|secretsprovider):.*\n?", re.MULTILINE)
# How a stack's account is reached: the sandbox's is another one.
_ACCOUNT = re.compile(
    r"^(?P<indent> +)[\"']?aws:(?!region\b|defaultTags\b)\w+[\"']?:.*\n(?:(?P=indent)(?: |- ).*\n|\s*\n)*", re.MULTILINE
)
_SALT = re.compile(r"^encryptionsalt:.*\n?", re.MULTILINE)


def names() -> list[str]:
    files = paths.STACKS.glob("Pulumi.*.yaml")
    return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files)


@dataclass(frozen=True)
class Notes:
    """What the workspace remembers between two commands."""

    tracked: str = ""  # hash of the tracked file that the copy was made from
    aws: str = ""  # id of the local AWS that the state describes


@dataclass(frozen=True)
class Stack:
    name: str

    @property
    def tracked(self) -> Path:
        return paths.STACKS / f"Pulumi.{self.name}.yaml"

    @property
    def folder(self) -> Path:
        return paths.WORKSPACES / self.name

    @property
    def config(self) -> Path:
        """The copy of the tracked file, which commands may change."""
        return self.folder / f"Pulumi.{self.name}.yaml"

    @property
    def creates(self) -> Path:
        """The journal of what providers create, for the recovery of a killed run."""
        return self.folder / "creates"

    @property
    def region(self) -> str | None:
        try:
            region = yaml.safe_load(self.config.read_text())["config"]["aws:region"]
            return region if isinstance(region, str) else None
        except (yaml.YAMLError, KeyError, TypeError):
            return None  # the program says what is wrong with the file

    @property
    def integrations(self) -> list[str]:
        """Their keys, as far as the tracked file can be read."""
        try:
            found = yaml.safe_load(self.tracked.read_text())["config"][f"{state.project()}:integrations"]
        except (yaml.YAMLError, KeyError, TypeError):
            return []
        return list(cast("dict[str, object]", found)) if isinstance(found, dict) else []

    def belongs_to(self, aws: str) -> bool:
        """Tells whether what the state describes, if anything, is in the local AWS with that id."""
        described = state.load(self.name)
        return described is None or not described.resources or self._notes().aws == aws

    def note_aws(self, aws: str) -> None:
        self._write(replace(self._notes(), aws=aws))

    def renew_copy(self) -> None:
        """Makes the copy of the stack file, again only when the tracked file has changed."""
        tracked, notes = _hash(self.tracked), self._notes()
        if notes.tracked == tracked and self.config.exists():
            return
        salt = ""
        if self.config.exists():
            say(f"{self.tracked.relative_to(paths.ROOT)} has changed: its copy in the sandbox is renewed.")
            salt = "".join(_SALT.findall(self.config.read_text()))
        self.creates.mkdir(parents=True, exist_ok=True)
        text = _ENCRYPTION.sub("", self.tracked.read_text().rstrip("\n") + "\n")
        self.config.write_text(_ACCOUNT.sub("", text) + salt)
        # A project of the same name: commands that write a stack's file themselves find the copy from here.
        project = {"name": state.project(), "runtime": "python"}
        (self.folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
        self._write(replace(notes, tracked=tracked))

    def forget_creates(self) -> None:
        shutil.rmtree(self.creates, ignore_errors=True)
        self.creates.mkdir(parents=True)

    @contextlib.contextmanager
    def alone(self) -> Generator[int]:
        """Keeps two commands from changing the stack at once; gives the lock's descriptor.

        The engine and its providers inherit the descriptor, so the lock is free when the last of them is gone,
        however they end.
        """
        with (self.folder / "run.lock").open("a+") as lock:
            self._await(lock.fileno())
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield lock.fileno()

    def _await(self, lock: int) -> None:
        deadline = time.monotonic() + PLUGINS_LEAVE_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                return
            # A killed engine's providers first end the calls that are under way.
            holder = self._holder() or state.engine_at_work(self.name)
            if holder is not None or time.monotonic() > deadline:
                who = f"process {holder}" if holder else "a provider"
                raise SandboxError(
                    f"Another command is at work on the stack {self.name} ({who}). Wait until it has ended."
                )
            time.sleep(0.1)

    def _holder(self) -> int | None:
        text = (self.folder / "run.lock").read_text()
        return int(text) if text.isdigit() and "sandbox" in processes.command_line(int(text)) else None

    def _notes(self) -> Notes:
        try:
            return Notes(**json.loads(self._notes_file.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return Notes()  # none yet, or a command was killed while it wrote them

    def _write(self, notes: Notes) -> None:
        self._notes_file.write_text(json.dumps(asdict(notes)))

    @property
    def _notes_file(self) -> Path:
        return self.folder / "workspace.json"


def load(name: str) -> Stack:
    known = names()
    if name not in known:
        raise SandboxError(
            f"There is no stack {name!r}: no file stacks/Pulumi.{name}.yaml. There are: {', '.join(known) or 'none'}."
        )
    return Stack(name)


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
