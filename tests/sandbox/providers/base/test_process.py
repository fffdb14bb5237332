"""The real processes: they listen at once, end when told to, and never outlive the engine."""

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
both = pytest.mark.parametrize("package", ["aws", "random"])


@pytest.fixture
def start() -> Generator[Callable[[list[str]], tuple[subprocess.Popen[str], int]]]:
    """Gives what starts a process that prints the provider's port."""
    started: list[subprocess.Popen[str]] = []

    def run(command: list[str]) -> tuple[subprocess.Popen[str], int]:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        started.append(process)
        assert process.stdout
        return process, int(process.stdout.readline())

    yield run
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


def command(package: str) -> list[str]:
    return [sys.executable, "-m", f"sandbox.providers.{package}", "127.0.0.1:1"]


@both
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(
    package: str, number: int, start: Callable[[list[str]], tuple[subprocess.Popen[str], int]]
) -> None:
    process, port = start(command(package))
    socket.create_connection(("127.0.0.1", port)).close()
    process.send_signal(number)
    assert process.wait(5) == 0


@both
def test_it_goes_when_the_engine_was_killed(
    package: str, start: Callable[[list[str]], tuple[subprocess.Popen[str], int]]
) -> None:
    script = f"import subprocess, time; subprocess.Popen({command(package)!r}); time.sleep(60)"
    engine, port = start([sys.executable, "-c", script])
    engine.send_signal(signal.SIGKILL)
    engine.wait()
    deadline = time.monotonic() + 10
    while _listens(port):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def test_it_listens_before_it_has_loaded_anything_slow() -> None:
    code = "import sys, sandbox.providers.aws.provider, sandbox.providers.base.process; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    loaded = set(done.stdout.split())
    assert not {name for name in loaded if re.match(r"botocore|boto3|pulumi_|pulumi\.automation|pulumi$", name)}
