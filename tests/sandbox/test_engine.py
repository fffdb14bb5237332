import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sandbox import engine, paths
from sandbox.console import SandboxError
from tests.checkout import wait_until

WANTED = engine.wanted_version()


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of PATH but the shell, and an empty cache beside it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "sh").symlink_to("/bin/sh")
    (folder / "sleep").symlink_to("/bin/sleep")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def script(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def test_the_module_builds_the_version_of_the_python_sdk() -> None:
    required = (engine.MODULE / "go.mod").read_text()
    for module in ("pkg", "sdk"):
        assert re.search(rf"github.com/pulumi/pulumi/{module}/v3 v{re.escape(WANTED)}\b", required)
    assert f"pulumi=={WANTED} " in (paths.ROOT / "requirements.txt").read_text() + " "


@pytest.mark.parametrize(
    ("has", "fits"),
    [
        ("3.259.0", True),
        ("3.259.1", True),
        ("3.300.0", True),
        ("3.260.0-alpha.1", True),
        ("3.258.9", False),
        ("2.300.0", False),
        ("4.0.0", False),
        ("", False),
        ("dev", False),
    ],
)
def test_an_engine_fits_when_it_is_not_older_than_the_sdk(has: str, fits: bool) -> None:
    assert engine.fits(has, "3.259.0") is fits


def test_an_installed_engine_comes_first(tools: Path) -> None:
    script(engine.cache() / "pulumi", "exit 1")
    installed = script(tools / "pulumi", f"echo v{WANTED}")
    assert engine.ensure() == engine.Engine(installed, WANTED)


def test_an_installed_engine_that_is_too_old_is_named_and_passed_over(
    tools: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script(tools / "pulumi", "echo v3.1.0")
    built = script(engine.cache() / "pulumi", "exit 1")
    assert engine.ensure().path == built
    message = capsys.readouterr().err
    assert "3.1.0" in message
    assert WANTED in message


def test_a_built_engine_is_kept_for_the_next_command(tools: Path) -> None:
    go = script(tools / "go", 'while [ "$1" != -o ]; do shift; done; echo built > "$2"')
    first = engine.ensure()
    go.unlink()
    assert engine.ensure() == first
    assert first.path.read_text() == "built\n"


def test_without_engine_and_go_the_vendors_command_is_shown(tools: Path) -> None:
    with pytest.raises(SandboxError, match=re.escape(engine.INSTALL)):
        engine.ensure()


def test_a_failed_build_shows_what_go_says_and_leaves_nothing(tools: Path) -> None:
    script(tools / "go", "echo no space left on device >&2; exit 1")
    with pytest.raises(SandboxError, match=r"(?s)no space left on device.*get\.pulumi\.com"):
        engine.ensure()
    assert [file.name for file in engine.cache().iterdir()] == ["build.lock"]


def test_an_interrupted_build_leaves_nothing_and_no_process(tools: Path) -> None:
    started = tools / "started"
    script(tools / "go", f"echo $$ > {started}; sleep 60")
    building = subprocess.Popen(
        [sys.executable, "-c", "from sandbox import engine; engine.ensure()"],
        cwd=paths.ROOT,
        stderr=subprocess.DEVNULL,
    )
    wait_until(lambda: started.exists() and started.read_text() != "")
    building.send_signal(signal.SIGINT)
    building.wait(10)
    assert [file.name for file in engine.cache().iterdir()] == ["build.lock"]
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)


def test_an_interrupt_while_a_build_is_being_started_ends_it_as_well(tools: Path) -> None:
    script(tools / "go", "sleep 60")
    program = """
import os, signal, subprocess
from sandbox import engine

class Popen(subprocess.Popen):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        print(self.pid, flush=True)
        os.kill(os.getpid(), signal.SIGINT)

subprocess.Popen = Popen
engine.ensure()
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False, timeout=10)
    assert "KeyboardInterrupt" in done.stderr
    assert [file.name for file in engine.cache().iterdir()] == ["build.lock"]
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)


def test_two_builds_at_once_are_one(tools: Path) -> None:
    runs = tools / "runs"
    script(
        tools / "go",
        f'echo run >> {runs}; sleep 0.5; while [ "$1" != -o ]; do shift; done; echo built > "$2"',
    )
    found: list[engine.Engine] = []
    threads = [threading.Thread(target=lambda: found.append(engine.ensure())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1]
    assert runs.read_text() == "run\n"
