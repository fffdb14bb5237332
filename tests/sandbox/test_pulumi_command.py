import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import paths
from sandbox.engine import Engine
from sandbox.pulumi_command import Pulumi, command_of
from sandbox.stack import Stack
from tests.checkout import wait_until
from tests.terminal import Terminal


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pulumi:
    """A `pulumi` that prints where it runs and what it gets."""
    monkeypatch.setattr(paths, "WORKSPACES", tmp_path)
    (tmp_path / "tried").mkdir()
    (tmp_path / "tried" / "Pulumi.tried.yaml").write_text("config: {aws:region: eu-central-1}")
    engine = tmp_path / "pulumi"
    engine.write_text('#!/bin/sh\npwd\necho "$@"\n')
    engine.chmod(0o755)
    return Pulumi(Engine(engine, "3.259.0"), Stack("tried"), None)


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["up", "--yes"], "up"),
        (["--color", "never", "preview"], "preview"),
        (["--non-interactive", "stack", "rm", "up"], "stack"),
        (["-C", "elsewhere", "destroy"], "destroy"),
        (["--version"], ""),
        ([], ""),
    ],
)
def test_the_command_is_found_behind_global_flags(arguments: list[str], command: str) -> None:
    assert command_of(arguments) == command


@pytest.mark.parametrize("arguments", [["up", "--yes"], ["config", "set", "a", "b"], ["refresh"], ["destroy", "--yes"]])
def test_commands_that_read_the_stack_file_get_the_copy(pulumi: Pulumi, arguments: list[str]) -> None:
    folder, line = pulumi.read(*arguments).splitlines()
    assert folder == str(paths.ROOT)
    command, *rest = arguments
    assert line.split() == [command, "--config-file", str(pulumi.stack.config), *rest]


@pytest.mark.parametrize(
    "arguments", [["stack", "rm", "--yes"], ["stack", "rename", "x"], ["destroy", "--yes", "--remove"]]
)
def test_commands_that_write_or_delete_the_stack_file_run_beside_the_copy(pulumi: Pulumi, arguments: list[str]) -> None:
    folder, line = pulumi.read(*arguments).splitlines()
    assert folder == str(pulumi.stack.folder)
    assert line.split() == arguments


def test_another_project_has_stack_files_of_its_own(pulumi: Pulumi) -> None:
    arguments = ["-C", "examples/consumer", "config", "set", "a", "b"]
    folder, line = pulumi.read(*arguments).splitlines()
    assert folder == str(paths.ROOT)
    assert line.split() == arguments


def test_pulumi_works_on_the_sandboxs_stack_state_and_region(pulumi: Pulumi) -> None:
    assert pulumi.environment["PULUMI_STACK"] == "tried"
    assert pulumi.environment["PULUMI_BACKEND_URL"] == (paths.WORK / "state").as_uri() + "?metadata=skip"
    assert pulumi.environment["AWS_REGION"] == "eu-central-1"


def test_the_exit_code_is_pulumis(pulumi: Pulumi) -> None:
    pulumi.engine.path.write_text("#!/bin/sh\nexit 7\n")
    assert pulumi.run("preview") == 7
    pulumi.engine.path.write_text("#!/bin/sh\nkill -9 $$\n")
    assert pulumi.run("preview") == 137


# A `pulumi` that waits for an interrupt, and counts those that come in the time after it.
COUNTING = f"""\
#!{sys.executable}
import os, signal, sys, time
reader, writer = os.pipe()
os.set_blocking(writer, False)
signal.set_wakeup_fd(writer)  # gets a byte for every signal
signal.signal(signal.SIGINT, lambda *_: None)
open(sys.argv[0] + ".started", "w").close()
os.read(reader, 1)
time.sleep(0.5)
os.write(writer, b"end")
print("interrupts:", 1 + len(os.read(reader, 100).removesuffix(b"end")))
sys.exit(5)
"""

# What runs it, as the sandbox does.
RUN = """\
import sys
from pathlib import Path
from sandbox import paths
from sandbox.engine import Engine
from sandbox.pulumi_command import Pulumi
from sandbox.stack import Stack
engine = Path(sys.argv[1])
paths.WORKSPACES = engine.parent
raise SystemExit(Pulumi(Engine(engine, "3.259.0"), Stack("tried"), None).run("up"))
"""


@pytest.fixture
def counting(pulumi: Pulumi) -> Path:
    pulumi.engine.path.write_text(COUNTING)
    return pulumi.engine.path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_sandbox_alone_interrupts_pulumi_and_waits_for_it(
    counting: Path, number: signal.Signals
) -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", RUN, counting],
        cwd=paths.ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_until(counting.with_name("pulumi.started").exists)
    running.send_signal(number)
    assert running.communicate(timeout=10)[0] == "interrupts: 1\n"
    assert running.returncode == 5


def test_ctrl_c_at_the_terminal_interrupts_pulumi_once(counting: Path) -> None:
    terminal = Terminal([sys.executable, "-c", RUN, str(counting)], paths.ROOT)
    wait_until(counting.with_name("pulumi.started").exists)
    terminal.type("\x03")
    shown, code = terminal.end()
    assert "interrupts: 1" in shown
    assert code == 5
