"""A limit to the memory of a container, by the kernel's control groups, where this machine lets us make one."""

import os
import time
from pathlib import Path

_MIB = 1024 * 1024
# Where groups are, and the file with the limit of one: of version 2 and of version 1.
_UNIFIED = (Path("/sys/fs/cgroup"), "memory.max")
_LEGACY = (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes")
_PREFIX = "rehearsal-"
_EXIT_SECONDS = 2


def make(name: str, memory: int) -> Path | None:
    """Returns a new group with a limit of so many MiB, or None where it cannot be made."""
    parent, limit = _LEGACY if (_LEGACY[0] / "tasks").exists() else _UNIFIED
    group = parent / f"{_PREFIX}{os.getpid()}-{name}"
    try:
        group.mkdir()
    except OSError:
        return None
    try:
        (group / limit).write_text(str(memory * _MIB))
    except OSError:  # among others where the memory controller is not handed on
        group.rmdir()
        return None
    return group


def limit(pid: int) -> int | None:
    """Returns the limit of the group of a process in MiB, or None when it is in none of ours."""
    try:
        lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        _, controllers, path = line.split(":", maxsplit=2)
        if (group := Path(path).name).startswith(_PREFIX):
            # By its name alone: in a container the path begins outside of what is mounted.
            parent, name = _LEGACY if controllers else _UNIFIED
            return int((parent / group / name).read_text()) // _MIB
    return None


def remove(group: Path) -> None:
    """Removes a group whose processes have been killed: they may still be on their way out."""
    deadline = time.monotonic() + _EXIT_SECONDS
    while not _removed(group) and time.monotonic() < deadline:
        time.sleep(0.01)


def remove_left_over() -> None:
    """Removes the groups of rehearsals that were killed."""
    for parent, _ in (_LEGACY, _UNIFIED):
        for group in parent.glob(f"{_PREFIX}*"):
            if not Path("/proc", group.name.split("-")[1]).exists():
                _removed(group)


def _removed(group: Path) -> bool:
    try:
        group.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
