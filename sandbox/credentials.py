"""Test credentials for the stack's secrets, stored with the commands that a person uses."""

import json
import secrets
import subprocess
import sys
import uuid

from sandbox import paths
from sandbox.console import SandboxError, say
from sandbox.pulumi_command import Pulumi

SOME_MISSING = 3  # exit code of `secrets status`

# `secrets set` of one integration after the other, in one process: to start one takes a second.
_SET_ALL = """
import io, json, sys
from ops.cli import main

for integration, values in json.load(sys.stdin).items():
    sys.stdin = io.TextIOWrapper(io.BytesIO(json.dumps(values).encode()))
    try:
        main(["secrets", "set", sys.argv[1], integration])
    except SystemExit as end:
        if end.code:
            raise
"""


def fill(pulumi: Pulumi) -> None:
    """Stores a generated value for every credential that an integration needs and has not."""
    told = _run(pulumi, "-m", "ops", "secrets", "status", str(pulumi.stack.config), "--json", also=SOME_MISSING)
    lacking = {name: one for name, one in json.loads(told)["integrations"].items() if one["missing"]}
    for one in lacking.values():
        say(f"Storing generated test credentials in the secret {one['secret']}.")
    if lacking:
        values = {
            name: {credential: _generated(form) for credential, form in one["forms"].items()}
            for name, one in lacking.items()
        }
        _run(pulumi, "-c", _SET_ALL, str(pulumi.stack.config), given=json.dumps(values))


def _generated(form: str) -> str:
    return form.replace("{uuid}", str(uuid.uuid4())).replace("{word}", f"sandbox-{secrets.token_hex(16)}")


def _run(pulumi: Pulumi, *arguments: str, given: str = "", also: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=paths.ROOT,
        env=pulumi.environment,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, also):
        raise SandboxError(done.stderr.strip())
    return done.stdout
