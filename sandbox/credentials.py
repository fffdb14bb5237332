"""Test credentials for the stack's secrets, stored with the commands that a person uses."""

import concurrent.futures
import json
import os
import secrets
import subprocess
import sys
import uuid

from sandbox import paths
from sandbox.console import SandboxError, say
from sandbox.pulumi_command import Pulumi

SOME_MISSING = 3  # exit code of `secrets status`


def fill(pulumi: Pulumi) -> None:
    """Stores a generated value for every credential that an integration needs and has not."""
    status = json.loads(_ops(pulumi, "status", "--json", also=SOME_MISSING))
    lacking = {name: one for name, one in status["integrations"].items() if one["missing"]}

    def store(name: str) -> None:
        say(f"Storing generated test credentials in the secret {lacking[name]['secret']}.")
        values = {credential: _generated(form) for credential, form in lacking[name]["forms"].items()}
        _ops(pulumi, "set", name, given=json.dumps(values))

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for stored in [pool.submit(store, name) for name in lacking]:
            stored.result()


def _generated(form: str) -> str:
    return form.replace("{uuid}", str(uuid.uuid4())).replace("{word}", f"sandbox-{secrets.token_hex(16)}")


def _ops(pulumi: Pulumi, command: str, *arguments: str, given: str = "", also: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ops", "secrets", command, pulumi.stack.config, *arguments],
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
