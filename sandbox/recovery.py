"""Makes a stack's state and the local AWS agree again, when a run was killed or the local AWS has gone."""

import json
import subprocess
import sys

from sandbox import paths, state
from sandbox.console import SandboxError, say
from sandbox.pulumi_command import Pulumi


def start_again(pulumi: Pulumi) -> None:
    """Removes the stack: what its state describes went with the local AWS that had it."""
    _release(pulumi)
    pulumi.read("stack", "rm", "--yes", "--force", "--preserve-config", pulumi.stack.name)
    pulumi.stack.forget_creates()


def recover(pulumi: Pulumi) -> None:
    """Clears up after a run that did not end in good order. The caller holds the stack's lock: nothing runs."""
    stack = pulumi.stack
    killed = _release(pulumi)
    _remove_orphans(pulumi)
    left = state.load(stack.name)
    if killed or (left is not None and left.pending):
        say("Reading back what the interrupted run left in the local AWS.")
        if pulumi.run("refresh", "--yes", "--skip-preview", "--clear-pending-creates") != 0:
            raise SandboxError(f"The stack {stack.name} could not be read back after an interrupted run.")


def _release(pulumi: Pulumi) -> bool:
    """Takes away the lock of a killed engine."""
    name = pulumi.stack.name
    if not state.lock_holders(name):
        return False
    alive = state.engine_at_work(name)
    if alive is not None:
        raise SandboxError(f"pulumi (process {alive}) is at work on the stack {name}. Wait until it has ended.")
    say(f"The last run on the stack {name} was killed: taking away its lock.")
    pulumi.read("cancel", "--yes")
    return True


def _remove_orphans(pulumi: Pulumi) -> None:
    stack = pulumi.stack
    if not any(stack.creates.glob("*.json")):
        return
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.orphan_removal", stack.creates],
        cwd=paths.ROOT,
        env=pulumi.environment,
        input=json.dumps(sorted(state.all_resources())),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SandboxError(f"What an interrupted run left behind could not be removed:\n{done.stderr.strip()}")
    for sentence in done.stdout.splitlines():
        say(sentence)
