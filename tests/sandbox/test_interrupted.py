"""Runs that do not end in good order, and what the next one makes of it."""

import json
import os
import signal

import pytest

from tests.checkout import Checkout, wait_until
from tests.live_aws import live, recorded
from tests.terminal import Terminal

pytestmark = pytest.mark.usefixtures("pulumi_engine")

COMMANDS = {
    "engine": "pulumi up ",
    "program": "program_runner.py",
    "provider": "sandbox.providers.aws",
}


def in_the_middle(checkout: Checkout) -> None:
    """Waits until an update has created something, with more to come."""
    creates = checkout.work / "stacks" / "sandbox" / "creates"
    wait_until(lambda: len(list(creates.glob("*.response"))) >= 3, seconds=300)


def locks(checkout: Checkout) -> list[str]:
    return [str(file) for file in (checkout.work / "state" / ".pulumi" / "locks").rglob("*.json")]


def pending(checkout: Checkout) -> list[object]:
    exported = checkout.sandbox("pulumi", "--", "stack", "export").stdout
    return json.loads(exported)["deployment"].get("pending_operations", [])


def ends_right(checkout: Checkout) -> str:
    """The next update succeeds and leaves nothing behind. Returns what it says."""
    done = checkout.sandbox("up")
    assert live(checkout) == recorded(checkout)
    assert all(live(checkout).values())
    assert locks(checkout) == []
    assert pending(checkout) == []
    assert list((checkout.work / "stacks" / "sandbox" / "creates").iterdir()) == []
    return done.stderr


@pytest.mark.parametrize("victim", COMMANDS)
def test_after_a_killed_run_the_next_one_ends_right(fresh: Checkout, victim: str) -> None:
    running = fresh.start("up")
    in_the_middle(fresh)
    [process] = [one for one in fresh.processes() if COMMANDS[victim] in one.command]
    os.kill(process.pid, signal.SIGKILL)
    running.communicate(timeout=60)
    assert running.returncode != 0
    wait_until(lambda: fresh.processes() == [])
    said = ends_right(fresh)
    assert ("was killed" in said) == (victim == "engine")
    if victim == "engine":  # whose state was the least complete
        fresh.sandbox("pulumi", "--", "preview", "--expect-no-changes")


def test_a_killed_command_leaves_its_engine_to_end_the_update(fresh: Checkout) -> None:
    running = fresh.start("up")
    in_the_middle(fresh)
    running.kill()
    refused = fresh.sandbox("up", code=1)
    assert "Another command is at work on the stack sandbox" in refused.stderr
    wait_until(lambda: fresh.processes() == [], seconds=60)
    assert locks(fresh) == []
    assert live(fresh) == recorded(fresh)


def test_ctrl_c_leaves_no_lock_and_no_process(fresh: Checkout) -> None:
    terminal = Terminal([str(fresh.python), "-m", "sandbox", "up"], fresh.root)
    in_the_middle(fresh)
    terminal.type("\x03")
    shown, code = terminal.end()
    assert code != 0
    assert "Traceback" not in shown
    assert locks(fresh) == []
    wait_until(lambda: fresh.processes() == [], seconds=5)
    assert live(fresh) == recorded(fresh)
