"""Runs Node as ECS would run it in a container, as far as this machine allows, and tells how far that was."""

import contextlib
import ctypes
import functools
import http.client
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import psutil

from sandbox.console import SandboxError
from sandbox.rehearsal import cgroup
from sandbox.rehearsal.children import DIES_WITH_PARENT, Children, RehearsalEnded
from sandbox.rehearsal.packages import Packages
from sandbox.rehearsal.tcp import LOOPBACK

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_INIT = Path(sys.executable).parent / "dumb-init"
_MIB = 1024 * 1024
_EXIT_SECONDS = 2  # for what was killed

T = TypeVar("T")


class Limit(StrEnum):
    """What may be declared of a container, in words."""

    USER = "the declared user"
    CAPABILITIES = "no capabilities"
    ROOT = "a read-only root"
    INIT = "an init"
    MEMORY = "the declared memory"


@dataclass(frozen=True)
class Declared:
    """What a container definition says about how to run it, as far as a machine can enforce it."""

    user: str
    no_capabilities: bool
    read_only_root: bool
    init: bool
    memory: int  # MiB

    @staticmethod
    def by(definition: Mapping[str, Any], task_memory: int) -> "Declared":
        linux = definition.get("linuxParameters", {})
        return Declared(
            user=definition.get("user") or "1000",  # the image's own
            no_capabilities="ALL" in linux.get("capabilities", {}).get("drop", []),
            read_only_root=bool(definition.get("readonlyRootFilesystem")),
            init=bool(linux.get("initProcessEnabled")),
            memory=int(definition.get("memory") or task_memory),
        )

    def limits(self) -> list[Limit]:
        return [
            Limit.USER,
            Limit.MEMORY,
            *([Limit.CAPABILITIES] if self.no_capabilities else []),
            *([Limit.ROOT] if self.read_only_root else []),
            *([Limit.INIT] if self.init else []),
        ]


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
        command = [*self._init(_INIT), *DIES_WITH_PARENT, "--", node, *as_in_image, *arguments]
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
                total += process.memory_full_info().uss if rss > _MIB else rss
        return total / _MIB

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


# Arguments: a cgroup or nothing, the home, node_modules, the init, and whether the root is read-only. In the end it
# reads the rest of what to do from standard input, so that no credential is in an argument or a file. All that it needs
# is opened before /home is covered, since the checkout may be there.
_SET_UP = """
set -e
[ -z "$1" ] || echo 0 > "$1/cgroup.procs"
ip link set lo up
mount --bind "$3" "$2/node_modules"
cd "$2"
exec 3< "$4"
mount -t tmpfs -o mode=755 none /home
cat <&3 > /home/init
chmod 755 /home/init
exec 3<&-
mkdir /home/node
mount --no-canonicalize --rbind . /home/node
cd /home/node
if [ "$5" = read-only ]; then
  while read -r _ at _; do
    at=$(printf %b "$at") # since the kernel writes blanks as octal numbers
    case $at in /proc*|/dev*|/sys*) ;; *) mount -o remount,bind,ro "$at" || : ;; esac
  done < /proc/self/mounts
fi
echo ready >&0
exec sh
"""
_NAMESPACES = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc")
_CLONE_NEWNET = 0x40000000
_SET_UP_SECONDS = 20
_INSIDE = Path("/home/node")


@functools.cache
def can_isolate() -> bool:
    """Whether this machine lets us make namespaces."""
    if not all(shutil.which(tool, path=PATH) for tool in ("unshare", "nsenter", "ip", "mount")):
        return False
    command = [*_NAMESPACES, "ip", "link", "set", "lo", "up"]
    tried = subprocess.run(command, env={"PATH": PATH}, capture_output=True, check=False)
    return tried.returncode == 0


class IsolatedContainer(Container):
    """Node in namespaces of its own (network, mounts, processes), with what is declared."""

    isolated = True

    def open(self) -> socket.socket:
        (self._home / "node_modules").mkdir()
        self._cgroup = cgroup.make(self.name, self.declared.memory)
        root = "read-only" if self.declared.read_only_root else "writable"
        arguments = (self._cgroup or "", self._home, self._packages.modules, _INIT, root)
        self._control, theirs = socket.socketpair()
        with theirs, self.log.open("wb") as log:
            command = [*_NAMESPACES, "sh", "-c", _SET_UP, "container", *arguments]
            self._process = self._children.start(command, {"PATH": PATH}, log, stdin=theirs)
        self._control.settimeout(_SET_UP_SECONDS)
        if self._control.recv(16) != b"ready\n":
            said = self.log.read_text(errors="replace").strip()
            raise SandboxError(f"The container {self.name} could not be set up. This machine says: {said}")
        return self._inside(super()._listen)

    def start(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        node = f"/home/node/node_modules/{self._packages.client_node}"
        self._environment = {"HOME": str(_INSIDE), "PATH": f"{Path(node).parent}:{PATH}", **environment}
        exported = [f"export {name}={shlex.quote(value)}" for name, value in self._environment.items()]
        command = [*self._init(_INSIDE.parent / "init"), *self._as_user(), node, *arguments]
        self._control.sendall("\n".join([*exported, f"exec {shlex.join(command)} </dev/null\n"]).encode())
        self._control.close()

    def processes(self) -> list[psutil.Process]:
        return super().processes()[1:]  # the first one is outside and waits for process 1

    def remove(self) -> None:
        super().remove()
        self._control.close()
        if self._cgroup:
            cgroup.remove(self._cgroup)

    def enforced(self) -> list[Limit]:
        first, *_ = processes = self.processes()
        client = self._client(processes)
        status = dict(line.split(":\t", 1) for line in Path(f"/proc/{client.pid}/status").read_text().splitlines())
        mounts = [line.split() for line in Path(f"/proc/{client.pid}/mounts").read_text().splitlines()]
        places = [mount for mount in mounts if not mount[1].startswith(("/proc", "/dev", "/sys"))]
        facts = {
            Limit.USER: status["Uid"].split()[0] == self.declared.user,
            Limit.MEMORY: cgroup.limit(client.pid) == self.declared.memory,
            Limit.CAPABILITIES: not any(int(status[name], 16) for name in ("CapPrm", "CapEff", "CapBnd")),
            Limit.ROOT: all("ro" in mount[3].split(",") for mount in places),
            Limit.INIT: first.name() == "init",
        }
        return [limit for limit in self.declared.limits() if facts[limit]]

    def _as_user(self) -> list[str]:
        dropped = ["--bounding-set=-all", "--inh-caps=-all"] if self.declared.no_capabilities else []
        user = self.declared.user
        return [*DIES_WITH_PARENT, "--reuid", user, "--regid", user, "--clear-groups", *dropped, "--"]

    def _enter(self, pid: int) -> list[str]:
        return ["nsenter", "--target", str(pid), "--net", "--mount", "--pid", "--wd", "--", *self._as_user()]

    def _listen(self) -> socket.socket:
        return self._inside(super()._listen)

    def _connect(self, port: int, timeout: float) -> socket.socket:
        return self._inside(lambda: socket.create_connection((LOOPBACK, port), timeout))

    def _inside(self, make: Callable[[], T]) -> T:
        """What `make` makes in the container's network namespace. A socket stays in the one that it was made in."""
        assert self._process is not None  # noqa: S101 - `open` has started it
        here, there = (Path(f"/proc/{process}/ns/net") for process in ("thread-self", self._process.pid))
        with here.open() as ours, there.open() as theirs:
            _set_network_namespace(theirs.fileno())
            try:
                return make()
            finally:
                _set_network_namespace(ours.fileno())


def _set_network_namespace(descriptor: int) -> None:
    """Of this thread only."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


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
