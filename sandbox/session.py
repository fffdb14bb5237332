"""Opens a stack for a command: engine, workspace, local AWS, and what an earlier run left behind."""

import contextlib
from collections.abc import Generator

from sandbox import engine, local_aws, paths, plugins, recovery, stack, state
from sandbox.console import SandboxError, say
from sandbox.local_aws import LocalAws
from sandbox.pulumi_command import CHANGING, USING_AWS, Pulumi
from sandbox.stack import Stack


@contextlib.contextmanager
def opened(name: str, command: str, *, anew: bool = False) -> Generator[Pulumi]:
    """Gives what runs a `pulumi` command on the stack. `anew`: a stack whose local AWS is gone becomes empty."""
    chosen = stack.load(name)
    pulumi_engine = engine.ensure()
    plugins.install()
    paths.BACKEND.mkdir(parents=True, exist_ok=True)
    chosen.renew_copy()
    with contextlib.ExitStack() as held:
        lock = held.enter_context(chosen.alone()) if command in CHANGING else None
        aws, lost = _local_aws(chosen, anew=anew) if command in USING_AWS else (None, False)
        pulumi = Pulumi(pulumi_engine, chosen, aws, lock)
        if lost:
            recovery.start_again(pulumi)
        if state.load(name) is None:
            pulumi.read("stack", "init", name)
        if aws is not None:
            chosen.note_aws(aws.id)
        if command in CHANGING:
            recovery.recover(pulumi)
        yield pulumi


def _local_aws(chosen: Stack, *, anew: bool) -> tuple[LocalAws, bool]:
    """Returns the running local AWS, and whether the one that the stack's state describes is gone."""
    running = local_aws.find()
    if chosen.belongs_to(running.id if running else ""):
        return running or local_aws.ensure(), False
    gone = f"The local AWS that the stack {chosen.name} was deployed to is gone, and with it all that was in it."
    if not anew:
        raise SandboxError(f"{gone} `python -m sandbox --stack {chosen.name} up` starts from an empty stack.")
    say(f"{gone} Starting from an empty stack.")
    return local_aws.ensure(), True
