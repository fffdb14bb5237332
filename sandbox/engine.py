"""The Pulumi engine: the user's own when it fits, else one that was built before, else one built now."""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sandbox import paths
from sandbox.console import SandboxError, progress, say

MODULE = paths.ROOT / "sandbox" / "engine"
PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
INSTALL = "curl -fsSL https://get.pulumi.com | sh"
LOG_LINES_SHOWN = 15


@dataclass(frozen=True)
class Engine:
    path: Path
    version: str


def wanted_version() -> str:
    """Returns the version of the installed Python SDK: an older engine does not understand it."""
    return version("pulumi")


def find() -> Engine | None:
    """Returns an engine that is there already."""
    return _on_path() or _built()


def ensure() -> Engine:
    return find() or _build()


def _on_path() -> Engine | None:
    found = shutil.which("pulumi")
    if found is None:
        return None
    answer = subprocess.run(
        [found, "version"],
        env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    has = answer.stdout.strip().removeprefix("v")
    if fits(has, wanted_version()):
        return Engine(Path(found), has)
    say(
        f"The Pulumi engine {found} is not used: its version is {has or 'unknown'}, and the Python SDK needs "
        f"{wanted_version()} or a newer one of the same major version."
    )
    return None


def fits(has: str, wanted: str) -> bool:
    try:
        major, *rest = (int(part) for part in has.split("-", maxsplit=1)[0].split("."))
    except ValueError:
        return False
    wanted_major, *wanted_rest = (int(part) for part in wanted.split("."))
    return major == wanted_major and rest >= wanted_rest


def cache() -> Path:
    """Returns the folder of the engine that we build, shared by the user's checkouts."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "snyk-broker-sandbox", f"pulumi-{wanted_version()}")


def _built() -> Engine | None:
    path = cache() / "pulumi"
    return Engine(path, wanted_version()) if path.exists() else None


def _build() -> Engine:
    go = shutil.which("go")
    if go is None:
        raise SandboxError(
            f"There is no Pulumi engine {wanted_version()}, and no Go to build it. Install the engine with\n"
            f"    {INSTALL}\nand open a new shell, or install Go (https://go.dev/dl)."
        )
    folder = cache()
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        built = _built()  # by another command, while we waited
        if built is not None:
            return built
        for abandoned in folder.glob("build-*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix="build-", dir=folder) as build:
            fresh = Path(build, "pulumi")
            _compile(go, fresh)
            fresh.replace(folder / "pulumi")
    return Engine(folder / "pulumi", wanted_version())


@contextlib.contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Keeps two commands from building at once."""
    with (folder / "build.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another command is building the Pulumi engine: waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _compile(go: str, target: Path) -> None:
    log = target.with_name("build.log")
    flags = f"-s -w -X {VERSION_VARIABLE}=v{wanted_version()}"
    command = [go, "build", "-trimpath", "-ldflags", flags, "-o", target, PACKAGE]
    # What the user has set for own modules must not change this one.
    environment = {**os.environ, "GOFLAGS": "-mod=readonly", "GOWORK": "off"}
    say(f"Building the Pulumi engine {wanted_version()} with {go}: two to three minutes, once on this machine.")
    with log.open("wb") as output, _interrupts_held_back() as let_through:
        build = subprocess.Popen(command, cwd=MODULE, env=environment, stdout=output, stderr=output, process_group=0)
        try:
            let_through()
            _watch(build)
        finally:
            if build.poll() is None:
                os.killpg(build.pid, signal.SIGKILL)
                build.wait()
    if build.returncode != 0:
        last = "\n".join(log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:])
        raise SandboxError(
            f"The Pulumi engine could not be built. Go says:\n{last}\n"
            f"Install the engine instead and open a new shell:\n    {INSTALL}"
        )


@contextlib.contextmanager
def _interrupts_held_back() -> Generator[Callable[[], object]]:
    """Keeps Ctrl-C until it is let through: in the middle of Popen it would leave a process that nobody ends.

    A process that is started meanwhile never sees one.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield lambda: signal.pthread_sigmask(signal.SIG_SETMASK, before)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _watch(build: "subprocess.Popen[bytes]") -> None:
    start = time.monotonic()
    with progress("Building the Pulumi engine") as show:
        while build.poll() is None:
            time.sleep(0.2)
            show(f"Building the Pulumi engine, {time.monotonic() - start:.0f} s")
