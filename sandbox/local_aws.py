"""The local AWS of this checkout: one Moto server in the background, found again by every later command."""

import contextlib
import fcntl
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sandbox import environment, paths, processes
from sandbox.console import SandboxError, say

ID_PATH = "/sandbox/id"
CALLS_PATH = "/sandbox/calls"
FAILURES_PATH = "/sandbox/failures"
LOOPBACK = "127.0.0.1"
RECORD = paths.WORK / "aws.json"
LOG = paths.LOGS / "aws.log"
PORT_VARIABLE = "SANDBOX_AWS_PORT"
START_SECONDS = 60
STOP_SECONDS = 5
LOG_LINES_SHOWN = 15


class When(StrEnum):
    """Which deployment of a service fails."""

    CREATE = "create"
    UPDATE = "update"


class Cause(StrEnum):
    """Why its tasks do not stay up: `local_ecs` has what ECS says of each."""

    IMAGE = "image"
    SECRET = "secret"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True)
class LocalAws:
    pid: int
    port: int
    id: str
    started: str

    @property
    def endpoint(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def lives(self) -> bool:
        return self.id in processes.command_line(self.pid)

    def answers(self, timeout: float = START_SECONDS) -> bool:
        try:
            return self._ask("GET", ID_PATH, timeout=timeout).decode(errors="replace") == self.id
        except (OSError, http.client.HTTPException):
            return False

    def calls(self) -> list[dict[str, Any]]:
        """The calls that it got since it started, each as `aws_calls.Call` has it."""
        return json.loads(self._ask("GET", CALLS_PATH))

    def fail(self, stack: str, integration: str, *, when: When, cause: Cause, always: bool) -> None:
        """Let the next deployment of an integration's service fail, or every one."""
        order = {"stack": stack, "integration": integration, "when": when, "cause": cause, "always": always}
        self._ask("POST", FAILURES_PATH, json.dumps(order))

    def _ask(self, method: str, path: str, body: str | None = None, timeout: float = START_SECONDS) -> bytes:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=timeout)
        try:
            connection.request(method, path, body)
            return connection.getresponse().read()
        finally:
            connection.close()


def recorded() -> LocalAws | None:
    """Returns the server that was started last, dead or alive."""
    try:
        return LocalAws(**json.loads(RECORD.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def find() -> LocalAws | None:
    aws = recorded()
    return aws if aws is not None and aws.lives() and aws.answers() else None


def ensure() -> LocalAws:
    """Returns the running server, started if need be."""
    with _alone():
        return find() or _start()


def stop() -> LocalAws | None:
    """Ends the server and returns what was ended."""
    with _alone():
        aws = recorded()
        RECORD.unlink(missing_ok=True)
        if aws is None or not aws.lives():
            return None
        os.kill(aws.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while aws.lives():
            if time.monotonic() > deadline:
                os.kill(aws.pid, signal.SIGKILL)
            time.sleep(0.02)
        return aws


@contextlib.contextmanager
def _alone() -> Generator[None]:
    """Keeps two commands from starting two servers."""
    paths.WORK.mkdir(exist_ok=True)
    with Path(f"{RECORD}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start() -> LocalAws:
    LOG.parent.mkdir(parents=True, exist_ok=True)
    server_id = secrets.token_hex(8)
    with _listen() as listener, LOG.open("wb") as log:
        port = listener.getsockname()[1]
        say(f"Starting the local AWS (Moto) on {LOOPBACK}:{port}.")
        server = subprocess.Popen(
            [sys.executable, "-m", "sandbox.moto_server", str(listener.fileno()), server_id],
            cwd=paths.ROOT,
            env={
                **environment.without_accounts(os.environ),
                **environment.for_aws(endpoint=None, region=None),
                "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
            },
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is not meant for it
        )
    aws = LocalAws(server.pid, port, server_id, datetime.now(UTC).astimezone().isoformat(timespec="seconds"))
    try:
        _record(aws)
        _await(aws, server)
    except BaseException:
        server.kill()
        server.wait()
        RECORD.unlink(missing_ok=True)
        raise
    return aws


def _listen() -> socket.socket:
    """Takes the port here, so that a taken one is noticed at once."""
    chosen = os.environ.get(PORT_VARIABLE, "0")
    try:
        return socket.create_server((LOOPBACK, int(chosen)))
    except (ValueError, OverflowError):
        raise SandboxError(f"{PORT_VARIABLE} is {chosen!r}, not a port number.") from None
    except OSError as error:
        raise SandboxError(
            f"The local AWS cannot listen on port {chosen} ({os.strerror(error.errno or 0)}). Free the port, or "
            f"choose another with {PORT_VARIABLE}; without {PORT_VARIABLE} a free one is found."
        ) from None


def _record(aws: LocalAws) -> None:
    fresh = Path(f"{RECORD}.new")
    fresh.write_text(json.dumps(asdict(aws)))
    fresh.replace(RECORD)


def _await(aws: LocalAws, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not aws.answers(timeout=1):
        if server.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
            continue
        happened = "does not answer" if server.returncode is None else f"ended with code {server.returncode}"
        last = "\n".join(LOG.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:])
        raise SandboxError(f"The local AWS (Moto) {happened}. The end of {LOG}:\n{last}")
