"""Rehearsals that do not end in good order: whatever happens to the command, no client and no server outlives it."""

import contextlib
import shutil
import signal
import subprocess
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

import psutil
import pytest

from sandbox.rehearsal.isolation import can_isolate
from tests.checkout import Checkout, wait_until
from tests.terminal import Terminal

REPLICAS = 2
CONNECTED = "Successfully established a websocket connection"
REHEARSE = ("rehearse", "--integration", "github", "--check")
INTERRUPTED, TERMINATED = 130, 143


def in_the_middle(checkout: Checkout, pid: int, check: str) -> list[psutil.Process]:
    """Waits until the check is under way. Returns the whole family, the command first."""
    command = psutil.Process(pid)
    wait_until(lambda: len(with_words(command, "snyk-broker", " client")) >= REPLICAS, seconds=60)
    logs = [checkout.work / "rehearsal" / "sandbox" / f"github-{number}.log" for number in range(1, REPLICAS + 1)]
    wait_until(lambda: all(CONNECTED in log.read_text() for log in logs))
    if check == "memory":
        wait_until(lambda: bool(with_words(command, "/healthcheck")))
    return [command, *command.children(recursive=True)]


def with_words(command: psutil.Process, *words: str) -> list[str]:
    """The command lines with these words below the command."""
    lines: list[str] = []
    for process in command.children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it has just ended
            lines.append(" ".join(process.cmdline()))
    return [line for line in lines if all(word in line for word in words)]


def wait_for_the_end(family: list[psutil.Process]) -> None:
    """What has been killed may still be on its way out."""
    wait_until(lambda: living(family) == [], seconds=3)


def living(processes: list[psutil.Process]) -> list[psutil.Process]:
    def lives(process: psutil.Process) -> bool:
        try:
            return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    return [process for process in processes if lives(process)]


def listening(processes: list[psutil.Process]) -> set[str]:
    """The addresses of this machine at which they listen."""
    numbers = {process.pid for process in processes}
    found = [one for one in psutil.net_connections("tcp") if one.pid in numbers]
    return {one.laddr.ip for one in found if one.laddr and one.status == psutil.CONN_LISTEN}


def groups(pid: int) -> list[Path]:
    """The control groups that a command has made."""
    return [*Path("/sys/fs/cgroup").glob(f"rehearsal-{pid}-*"), *Path("/sys/fs/cgroup").glob(f"*/rehearsal-{pid}-*")]


Start = Callable[[str], subprocess.Popen[str]]


@pytest.fixture
def start(deployed: Checkout, rehearsable: Mapping[str, str]) -> Generator[Start]:
    """Gives what starts a rehearsal with one check."""
    started: list[subprocess.Popen[str]] = []

    def start(check: str) -> subprocess.Popen[str]:
        started.append(deployed.start(*REHEARSE, check, **rehearsable))
        return started[-1]

    yield start
    for running in started:
        running.kill()
        running.communicate()


def test_ctrl_c_at_a_terminal(deployed: Checkout, rehearsable: Mapping[str, str]) -> None:
    environment = [f"{name}={value}" for name, value in rehearsable.items()]
    command = ["/usr/bin/env", "COLUMNS=160", *environment, str(deployed.python), "-m", "sandbox", *REHEARSE, "memory"]
    terminal = Terminal(command, deployed.root)
    family = in_the_middle(deployed, terminal.pid, "memory")
    terminal.type("\x03")
    shown, code = terminal.end()
    wait_for_the_end(family)
    assert groups(terminal.pid) == []
    assert code == INTERRUPTED
    assert "Traceback" not in shown
    assert "FAIL" not in shown


def test_sigterm_clears_everything_up(deployed: Checkout, start: Start, rehearsable: Mapping[str, str]) -> None:
    running = start("outage")
    family = in_the_middle(deployed, running.pid, "outage")
    refused = deployed.sandbox(*REHEARSE, "start", code=1, **rehearsable)
    assert "Another rehearsal of the stack sandbox is under way." in refused.stderr
    assert living(family) == family
    if can_isolate():
        assert listening(family) == {"127.0.0.1"}
    running.send_signal(signal.SIGTERM)
    shown = "".join(running.communicate(timeout=30))
    wait_for_the_end(family)
    assert groups(running.pid) == []
    assert running.returncode == TERMINATED
    assert shown == ""


def test_a_killed_command_takes_everything_along_and_the_next_one_removes_its_groups(
    deployed: Checkout, start: Start, rehearsable: Mapping[str, str]
) -> None:
    running = start("memory")
    family = in_the_middle(deployed, running.pid, "memory")
    running.kill()
    running.communicate(timeout=30)
    wait_for_the_end(family)
    deployed.sandbox(*REHEARSE, "start", code=0, **rehearsable)
    assert groups(running.pid) == []


def test_a_rehearsal_that_breaks_off_ends_what_it_has_started(
    deployed: Checkout, rehearsable: Mapping[str, str], tmp_path: Path
) -> None:
    """The Broker's data lacks a type, which is found out after Snyk's servers have started."""
    home = tmp_path / "broker"
    shutil.copytree(rehearsable["BROKER_HOME"], home)
    shutil.rmtree(home / "client-templates" / "github-com")
    done = deployed.sandbox(*REHEARSE, "start", code=1, BROKER_HOME=str(home))
    assert "has no client-templates/github-com." in done.stderr
    assert "Traceback" not in done.stderr
    assert deployed.processes() == []
