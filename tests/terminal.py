"""A command at a terminal, as when a person types it."""

import os
import pty
from pathlib import Path


class Terminal:
    def __init__(self, command: list[str], folder: Path) -> None:
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execv(command[0], command)  # noqa: S606

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def end(self) -> tuple[str, int]:
        """Waits for the command's end and returns what it showed and its exit code."""
        shown = b"".join(iter(self._read, b"")).decode()
        os.close(self._terminal)
        return shown, os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _read(self) -> bytes:
        try:
            return os.read(self._terminal, 65536)
        except OSError:  # how Linux says that nobody writes any more
            return b""
