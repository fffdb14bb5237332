"""The command line as it starts, which other tests call in their own process."""

import json
import sys
from subprocess import CompletedProcess, run

import pytest

from tests.ops.console import GIVEN, TOKEN, Console
from tests.stack_files import ROOT

START = ("-m", "ops")
# Breaks down where the credentials are at hand.
BROKEN = ("-c", "from ops import cli, secrets; secrets.find = None; cli.main()")


def started(console: Console, *arguments: str, stdin: bytes = b"") -> CompletedProcess[str]:
    """In a process of its own."""
    done = run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=console.environment,
        input=stdin,
        capture_output=True,
        timeout=30,
        check=False,
    )
    return CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["secrets", "status", "{}"], 3, id="an answer"),
        pytest.param(["secrets", "status", "{}", "--frob"], 2, id="a wrong argument"),
        pytest.param(["secrets", "status", "nowhere"], 1, id="a failure"),
    ],
)
def test_a_process_of_its_own_says_the_same(console: Console, arguments: list[str], code: int) -> None:
    command = [argument.format(console.stack_file) for argument in arguments]
    own, here = started(console, *START, *command), console.run(*command)
    assert own.returncode == code
    assert (own.returncode, own.stdout, own.stderr) == (here.returncode, here.stdout, here.stderr)


def test_a_traceback_shows_no_credential(console: Console) -> None:
    crashed = started(
        console, *BROKEN, "secrets", "set", str(console.stack_file), "github", stdin=json.dumps(GIVEN).encode()
    )
    assert crashed.returncode == 1
    assert crashed.stderr.startswith("Traceback (most recent call last):\n")
    assert crashed.stderr.endswith("TypeError: 'NoneType' object is not callable\n")
    assert "canary" not in crashed.stdout + crashed.stderr
    assert TOKEN not in crashed.stdout + crashed.stderr
    assert console.values() == GIVEN
