"""The processes of a rehearsal, which end with it, however it ends."""

import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from sandbox.console import SandboxError

# Better than a hook between fork and exec, which may hang in a process with threads.
DIES_WITH_PARENT = ("setpriv", "--pdeathsig", "KILL")


class RehearsalEnded(Exception):  # noqa: N818 - it is no error: somebody pressed Ctrl-C
    """Nothing is started any more."""


class Children:
    """Starts processes that the kernel kills when the thread that started them is gone, which must outlive them."""

    def __init__(self) -> None:
        """Raises SandboxError where the kernel cannot be told so."""
        if shutil.which(DIES_WITH_PARENT[0]) is None:
            raise SandboxError("The rehearsal needs `setpriv`, which is in the package util-linux.")
        self._started: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()
        self._closed = False

    def start(
        self,
        command: Sequence[str | Path],
        env: Mapping[str, str],
        output: IO[bytes] | int = subprocess.DEVNULL,
        *,
        folder: Path | None = None,
        stdin: Any = subprocess.DEVNULL,
    ) -> subprocess.Popen[bytes]:
        """Starts a command. Raises RehearsalEnded after `close`."""
        with self._lock:
            if self._closed:
                raise RehearsalEnded
            child = subprocess.Popen(
                [*DIES_WITH_PARENT, "--", *command],
                env=env,
                cwd=folder,
                stdin=stdin,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for the rehearsal, which ends them in order
            )
            self._started.append(child)
            return child

    @property
    def closed(self) -> bool:
        return self._closed

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for child in self._started:
                if child.poll() is None:
                    child.kill()
            for child in self._started:
                child.wait()
