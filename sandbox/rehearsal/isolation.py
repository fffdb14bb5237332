"""Runs Node in namespaces of its own, with the limits that are declared, where this machine allows it."""

import ctypes
import functools
import shlex
import shutil
import socket
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import psutil

from sandbox.console import SandboxError
from sandbox.rehearsal import cgroup
from sandbox.rehearsal.children import DIES_WITH_PARENT
from sandbox.rehearsal.container import INIT, PATH, Container
from sandbox.rehearsal.declared import Limit
from sandbox.rehearsal.tcp import LOOPBACK

T = TypeVar("T")

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
        arguments = (self._cgroup or "", self._home, self._packages.modules, INIT, root)
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
