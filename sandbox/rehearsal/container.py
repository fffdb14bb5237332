"""Runs Node as ECS would run it in a container, as far as any machine allows it."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from sandbox.rehearsal.children import DIES_WITH_PARENT, Children, RehearsalEnded
from sandbox.rehearsal.declared import Declared, Limit
from sandbox.rehearsal.packages import Packages
from sandbox.rehearsal.tcp import LOOPBACK

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
INIT = Path(sys.executable).parent / "dumb-init"
MIB = 1024 * 1024
_EXIT_SECONDS = 2  # for what was killed


class Container:
    """Node as a process among others: of what is declared, only the init is there."""

    isolated = False

    def __init__(self, name: str, children: Children, declared: Declared, home: Path, packages: Packages) -> None:
        self.name = name
        self.declared = declared
        self.log = home.with_suffix(".log")
        self._children = children
        self._home = home
        self._packages = packages
        self._process: subprocess.Popen[bytes] | None = None
        self._commands: list[subprocess.Popen[bytes]] = []
        self._environment: Mapping[str, str] = {}

    def open(self) -> socket.socket:
        """Makes the place where Node will run; gives a listener on what is loopback there."""
        (self._home / "node_modules").symlink_to(self._packages.modules)
        return self._listen()

    def free_port(self) -> int:
        with self._listen() as listener:
            port: int = listener.getsockname()[1]
            return port

    def start(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        """Starts Node in its home, with these arguments, and with this environment alone."""
        node = f"node_modules/{self._packages.client_node}"
        self._environment = {"HOME": str(self._home), "PATH": f"{(self._home / node).parent}:{PATH}", **environment}
        # The Broker finds its home by walking up from its module's folder, as it does in the image.
        as_in_image = ["--preserve-symlinks", "--preserve-symlinks-main"]
        command = [*self._init(INIT), *DIES_WITH_PARENT, "--", node, *as_in_image, *arguments]
        with self.log.open("wb") as log:
            self._process = self._children.start(command, self._environment, log, folder=self._home)

    def request(
        self, port: int, method: str, path: str, body: bytes | None = None, *, timeout: float = 10
    ) -> tuple[int, bytes]:
        """Status and body of a request to a port in the container. Raises OSError or http.client.HTTPException."""
        connection = http.client.HTTPConnection(LOOPBACK, port)
        connection.sock = self._connect(port, timeout)
        with contextlib.closing(connection):
            connection.request(method, path, body, {"content-type": "application/json"} if body else {})
            answer = connection.getresponse()
            return answer.status, answer.read()

    def run(self, command: Sequence[str], timeout: float) -> int | None:
        """Exit code of a command in the container, or None when it took more than so many seconds or nothing runs."""
        processes = self.processes()
        if not processes:
            return None
        entered = [*self._enter(self._client(processes).pid), *command]
        try:
            child = self._children.start(entered, self._environment, folder=self._home)
        except RehearsalEnded:
            return None
        self._commands.append(child)
        try:
            return child.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)  # with what the command has started
            child.wait()
            return None
        finally:
            self._commands.remove(child)

    def memory(self) -> float:
        """MiB that its processes take, those of a health check that is under way included.

        All that the largest one has in memory, and what the others do not share with it: they run the same Node.
        """
        used: list[tuple[int, psutil.Process]] = []
        for process in [*self.processes(), *(found for child in self._commands for found in _tree(child.pid))]:
            with contextlib.suppress(psutil.Error):
                used.append((process.memory_info().rss, process))
        used.sort(key=lambda one: one[0], reverse=True)
        total = sum(rss for rss, _ in used[:1])
        for rss, process in used[1:]:
            with contextlib.suppress(psutil.Error):
                total += process.memory_full_info().uss if rss > MIB else rss
        return total / MIB

    @property
    def exit_code(self) -> int | None:
        """None as long as it runs."""
        return self._process.poll() if self._process else None

    def wait(self, timeout: float) -> bool:
        """Waits until it has ended, and tells whether it did within so many seconds."""
        try:
            if self._process:
                self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        return True

    def processes(self) -> list[psutil.Process]:
        """All living processes of the container, process 1 first."""
        return _tree(self._process.pid) if self._process and self.exit_code is None else []

    def send(self, number: signal.Signals) -> None:
        """Sends process 1 a signal, as ECS does."""
        for process in self.processes()[:1]:
            process.send_signal(number)

    def freeze(self) -> None:
        """Stops it without a word to whom it is connected to."""
        for process in self.processes():
            process.suspend()

    def thaw(self) -> None:
        for process in self.processes():
            process.resume()

    def remove(self) -> None:
        """Kills what is left of it."""
        for process in reversed(self.processes()):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        if self._process:
            if not self.wait(_EXIT_SECONDS):
                self._process.kill()
            self._process.wait()

    def enforced(self) -> list[Limit]:
        """Which of the declared limits there are, as the kernel tells it of the running process."""
        return [Limit.INIT] if self.declared.init else []

    def _client(self, processes: Sequence[psutil.Process]) -> psutil.Process:
        """Node, which is below the init when there is one."""
        first, *others = processes
        return others[0] if self.declared.init and others else first

    def _init(self, path: Path) -> list[str]:
        return [str(path), "--"] if self.declared.init else []

    def _enter(self, _pid: int) -> list[str]:
        return []

    def _listen(self) -> socket.socket:
        return socket.create_server((LOOPBACK, 0), backlog=128)

    def _connect(self, port: int, timeout: float) -> socket.socket:
        return socket.create_connection((LOOPBACK, port), timeout)


def _tree(pid: int) -> list[psutil.Process]:
    """A living process and those below it, as the kernel lists them: psutil would look at all processes there are."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return []
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (psutil.NoSuchProcess, OSError):
        return []
    return [process, *(found for child in below for found in _tree(int(child)))]
