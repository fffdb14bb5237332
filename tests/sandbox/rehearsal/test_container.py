"""Containers with real Node in them, and what the kernel says of them."""

import concurrent.futures
import contextlib
import dataclasses
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from sandbox.console import SandboxError
from sandbox.rehearsal import cgroup, packages
from sandbox.rehearsal.children import Children, RehearsalEnded
from sandbox.rehearsal.container import Container
from sandbox.rehearsal.declared import Declared, Limit
from sandbox.rehearsal.isolation import IsolatedContainer, can_isolate
from sandbox.rehearsal.packages import Packages
from tests.checkout import wait_until
from tests.stack_files import ROOT

RIGHT = Declared(user="1000", no_capabilities=True, read_only_root=True, init=True, memory=256)
BARE = Declared(user="0", no_capabilities=False, read_only_root=False, init=False, memory=512)
AWAIT = 10  # seconds; what is waited for takes much less

# Tells what it sees and then waits for requests.
SERVER = """
const fs = require('fs')
function writable(folder) {
  try { fs.accessSync(folder, fs.constants.W_OK) } catch (error) { return error.code }
  return true
}
const told = {
  env: process.env, uid: process.getuid(), groups: process.getgroups(), pid: process.pid, cwd: process.cwd(),
  root: writable('/tmp')
}
const server = require('http').createServer((_, answer) => answer.end())
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log(JSON.stringify(told)))
"""
ISOLATED = pytest.mark.skipif(not can_isolate(), reason="this machine makes no namespaces")
KINDS = [Container, pytest.param(IsolatedContainer, marks=ISOLATED)]


@pytest.fixture(scope="module")
def published() -> Packages:
    try:
        return packages.install()
    except SandboxError as error:
        pytest.skip(str(error))


class Containers:
    def __init__(self, folder: Path, published: Packages) -> None:
        self.children = Children()
        self.made: list[Container] = []
        self._folder = folder
        self._packages = published

    def opened(self, kind: type[Container], declared: Declared) -> Container:
        name = f"test-{len(self.made)}"
        home = self._folder / name
        home.mkdir()
        self.made.append(kind(name, self.children, declared, home, self._packages))
        self.made[-1].open().close()
        return self.made[-1]

    def running(
        self, kind: type[Container], declared: Declared = RIGHT, environment: Mapping[str, str] | None = None
    ) -> "Running":
        """A container in which the server listens."""
        container = self.opened(kind, declared)
        port = container.free_port()
        container.start(["-e", SERVER], {**(environment or {}), "PORT": str(port)})
        wait_until(lambda: container.log.read_text().endswith("}\n") or container.exit_code is not None, AWAIT)
        return Running(container, port, json.loads(container.log.read_text()))

    def close(self) -> None:
        for container in self.made:
            container.remove()
        self.children.close()


@dataclasses.dataclass(frozen=True)
class Running:
    container: Container
    port: int
    told: Mapping[str, Any]

    def answers(self, timeout: float = AWAIT) -> bool:
        try:
            return self.container.request(self.port, "GET", "/", timeout=timeout)[0] == http.client.OK
        except (OSError, http.client.HTTPException):
            return False


@pytest.fixture
def containers(tmp_path: Path, published: Packages) -> Generator[Containers]:
    with contextlib.closing(Containers(tmp_path, published)) as made:
        yield made


def groups() -> list[Path]:
    return [path for at in ("", "*/") for path in Path("/sys/fs/cgroup").glob(f"{at}rehearsal-{os.getpid()}-*")]


def gone(processes: list[psutil.Process]) -> bool:
    def lives(process: psutil.Process) -> bool:
        try:
            return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    return not any(map(lives, processes))


def sleeping(seconds: str) -> bool:
    return any(process.info["cmdline"] == ["sleep", seconds] for process in psutil.process_iter(["cmdline"]))


def test_what_a_definition_declares() -> None:
    definition: dict[str, Any] = {
        "user": "1001",
        "readonlyRootFilesystem": True,
        "linuxParameters": {"capabilities": {"drop": ["ALL"]}, "initProcessEnabled": True},
        "memory": 400,
    }
    assert Declared.by(definition, 512) == dataclasses.replace(RIGHT, user="1001", memory=400)
    assert Declared.by({}, 512) == dataclasses.replace(BARE, user="1000", memory=512)


@ISOLATED
def test_what_is_declared_is_enforced(containers: Containers) -> None:
    running = containers.running(IsolatedContainer)
    limits = [Limit.USER, Limit.CAPABILITIES, Limit.ROOT, Limit.INIT, *([Limit.MEMORY] if groups() else [])]
    assert sorted(running.container.enforced()) == sorted(limits)
    told = running.told
    assert (told["uid"], told["groups"], told["root"], told["cwd"]) == (1000, [1000], "EROFS", "/home/node")
    assert told["pid"] != 1


@ISOLATED
def test_what_is_not_declared_is_not_enforced(containers: Containers) -> None:
    running = containers.running(IsolatedContainer, BARE)
    told = running.told
    assert (told["uid"], told["groups"], told["root"], told["pid"]) == (0, [0], True, 1)
    assert sorted(running.container.enforced()) == sorted([Limit.USER, *([Limit.MEMORY] if groups() else [])])


@ISOLATED
def test_no_limit_is_taken_for_granted(containers: Containers) -> None:
    running = containers.running(IsolatedContainer, BARE)
    running.container.declared = RIGHT
    assert running.container.enforced() == []


def test_without_namespaces_there_is_an_init_at_most(containers: Containers) -> None:
    assert containers.running(Container).container.enforced() == [Limit.INIT]
    assert containers.running(Container, BARE).container.enforced() == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_environment_arrives_exactly_and_alone(containers: Containers, kind: type[Container]) -> None:
    given = {
        "QUOTES": 'it\'s "quoted" `id`',
        "DOLLAR": "$HOME ${HOME} $(id) $$",
        "LINES": "first\nsecond\n\n'third\\n",
        "BLANKS": "  \t ",
        "EMPTY": "",
        "OTHER": "größe € \u2028 {[*?]} # ; & |",
        "LONG": "x" * 100_000,
    }
    running = containers.running(kind, environment=given)
    told: dict[str, str] = running.told["env"]
    assert {name: told.get(name) for name in given} == given
    assert told.keys() - given.keys() - {"PORT", "HOME", "PATH"} <= {"PWD", "OLDPWD", "SHLVL", "_"}  # the shell's own


@pytest.mark.parametrize("kind", KINDS)
def test_no_value_is_in_an_argument(containers: Containers, kind: type[Container]) -> None:
    running = containers.running(kind, environment={"TOKEN": "canary-token"})
    arguments = [argument for process in running.container.processes() for argument in process.cmdline()]
    assert arguments
    assert not any("canary" in argument for argument in arguments)


@pytest.mark.parametrize("kind", KINDS)
def test_a_command_runs_where_node_runs(containers: Containers, kind: type[Container]) -> None:
    running = containers.running(kind, environment={"TOKEN": "it's $canary"})
    script = 'process.exit(process.env.TOKEN === "it\'s $canary" && process.cwd() === process.env.HOME ? 7 : 1)'
    assert running.container.run(["node", "-e", script], AWAIT) == 7
    url = f"http://127.0.0.1:{running.port}/"
    get = f"require('http').get('{url}', answer => process.exit(answer.statusCode === 200 ? 8 : 1))"
    assert running.container.run(["node", "-e", get], AWAIT) == 8


@pytest.mark.parametrize("kind", KINDS)
def test_a_command_that_takes_too_long_is_ended_with_all_that_it_started(
    containers: Containers, kind: type[Container]
) -> None:
    running = containers.running(kind)
    start, seconds = time.monotonic(), str(900_000 + os.getpid())  # no other process sleeps as long
    assert running.container.run(["sh", "-c", f"sleep {seconds}; true"], 0.3) is None
    assert time.monotonic() - start < AWAIT
    wait_until(lambda: not sleeping(seconds))
    assert running.answers()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_runs_in_a_container_that_has_ended(containers: Containers, kind: type[Container]) -> None:
    running = containers.running(kind)
    running.container.remove()
    assert running.container.run(["true"], AWAIT) is None
    assert running.container.processes() == []
    assert running.container.memory() == 0
    assert running.container.exit_code is not None
    assert not running.answers()


@pytest.mark.parametrize("kind", KINDS)
def test_the_end_of_the_rehearsal_ends_a_container_and_nothing_is_started_any_more(
    containers: Containers, kind: type[Container]
) -> None:
    running = containers.running(kind)
    family = running.container.processes()
    containers.children.close()
    running.container.remove()
    assert groups() == []
    wait_until(lambda: gone(family), AWAIT)
    with pytest.raises(RehearsalEnded):
        containers.running(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_commands_under_way_end_with_the_rehearsal(containers: Containers, kind: type[Container]) -> None:
    running = containers.running(kind)

    def run() -> None:
        while running.container.run(["true"], AWAIT) == 0:
            continue

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        probing = [pool.submit(run) for _ in range(8)]
        time.sleep(0.2)
        assert not any(future.done() for future in probing)
        containers.children.close()
    assert [future.exception() for future in probing] == [None] * 8


@pytest.mark.parametrize("kind", KINDS)
def test_memory_is_that_of_all_its_processes(containers: Containers, kind: type[Container]) -> None:
    alone = containers.running(kind).container.memory()
    script = f"global.held = Buffer.alloc({100 * 1024 * 1024}, 1); console.log('{{}}'); setInterval(() => 0, 1000)"
    large = containers.opened(kind, RIGHT)
    large.start(["-e", script], {})
    wait_until(lambda: large.log.read_text().endswith("}\n"), AWAIT)
    assert 20 < alone < 100
    assert alone + 90 < large.memory() < alone + 130


@ISOLATED
def test_more_memory_than_declared_kills_the_client(containers: Containers) -> None:
    container = containers.opened(IsolatedContainer, dataclasses.replace(RIGHT, memory=96))
    if not groups():
        pytest.skip("this machine makes no control groups")
    container.start(["-e", f"Buffer.alloc({300 * 1024 * 1024}, 1); process.exit(0)"], {})
    assert container.wait(AWAIT)
    assert container.exit_code != 0


@ISOLATED
@pytest.mark.parametrize("init", [True, False])
def test_sigterm_ends_a_client_below_an_init_alone(containers: Containers, init: bool) -> None:
    running = containers.running(IsolatedContainer, dataclasses.replace(RIGHT, init=init))
    running.container.send(signal.SIGTERM)
    assert running.container.wait(AWAIT if init else 0.5) == init
    assert running.answers() != init


@pytest.mark.parametrize("init", [True, False])
def test_sigterm_ends_a_client_without_namespaces(containers: Containers, init: bool) -> None:
    running = containers.running(Container, dataclasses.replace(RIGHT, init=init))
    running.container.send(signal.SIGTERM)
    assert running.container.wait(AWAIT)


@pytest.mark.parametrize("kind", KINDS)
def test_a_frozen_client_answers_when_it_is_thawed(containers: Containers, kind: type[Container]) -> None:
    running = containers.running(kind)
    running.container.freeze()
    assert not running.answers(timeout=0.3)
    running.container.thaw()
    assert running.answers()


@ISOLATED
def test_each_has_a_network_of_its_own(containers: Containers) -> None:
    one, other = (containers.opened(IsolatedContainer, RIGHT) for _ in range(2))
    port = one.free_port()
    for container in (one, other):
        container.start(["-e", SERVER], {"PORT": str(port)})
        wait_until(lambda log=container.log: log.read_text().endswith("}\n"), AWAIT)
        assert container.request(port, "GET", "/")[0] == http.client.OK
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


@pytest.mark.parametrize("kind", KINDS)
def test_removing_leaves_nothing(containers: Containers, kind: type[Container]) -> None:
    running = containers.running(kind)
    family = running.container.processes()
    assert len(family) == 2  # the init and Node
    running.container.remove()
    running.container.remove()  # as when it was killed by a check and the rehearsal ends
    wait_until(lambda: gone(family), AWAIT)
    assert groups() == []


HARNESS = """
import importlib, sys
from pathlib import Path
from sandbox.rehearsal import packages
from sandbox.rehearsal.children import Children
from sandbox.rehearsal.declared import Declared
module, kind, home = sys.argv[1:]
declared = Declared("1000", no_capabilities=True, read_only_root=True, init=True, memory=256)
make = getattr(importlib.import_module(module), kind)
made = make("killed", Children(), declared, Path(home), packages.install())
made.open()
made.start(["-e", "console.log('up'); setInterval(() => 0, 1000)"], {})
sys.stdin.read()
"""


@pytest.mark.parametrize("kind", KINDS)
def test_a_container_ends_with_the_process_that_made_it(
    kind: type[Container], tmp_path: Path, published: Packages
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    command = [sys.executable, "-c", HARNESS, kind.__module__, kind.__name__, home]
    harness = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)
    log = home.with_suffix(".log")
    try:
        wait_until(lambda: log.exists() and "up" in log.read_text(), AWAIT)
        family = psutil.Process(harness.pid).children(recursive=True)
    finally:
        harness.kill()
        harness.communicate()
    assert len(family) >= 2  # the init and Node
    wait_until(lambda: gone(family), AWAIT)
    cgroup.remove_left_over()
    assert list(Path("/sys/fs/cgroup").glob(f"*/rehearsal-{harness.pid}-*")) == []


@ISOLATED
def test_a_container_that_cannot_be_set_up_says_why(tmp_path: Path, published: Packages) -> None:
    home = tmp_path / "home"
    home.mkdir()
    lacking = dataclasses.replace(published, modules=tmp_path / "nowhere")
    with contextlib.closing(Children()) as children:
        container = IsolatedContainer("lacking", children, RIGHT, home, lacking)
        with pytest.raises(SandboxError, match=r"lacking could not be set up\. This machine says: .*nowhere"):
            container.open()
        container.remove()
    assert groups() == []
