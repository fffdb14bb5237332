"""A temporary copy of the checkout, in which the sandbox runs as it does for a person."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

ROOT = Path(__file__).parent.parent
LONG = 300  # seconds; more than any command takes, the building of the engine left out


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    command: str


@dataclass(frozen=True)
class Checkout:
    root: Path

    @staticmethod
    def copied_to(root: Path) -> "Checkout":
        """Copies what git tracks or would track; the virtual environment and the packages of npm are shared."""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        for name in listed.stdout.split("\0"):
            source, target = ROOT / name, root / name
            if source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(source.read_bytes())
        (root / ".venv").symlink_to(ROOT / ".venv")
        npm = Path(".sandbox", "npm")
        (root / npm).parent.mkdir()
        (ROOT / npm).mkdir(parents=True, exist_ok=True)
        (root / npm).symlink_to(ROOT / npm)
        return Checkout(root)

    @property
    def work(self) -> Path:
        return self.root / ".sandbox"

    @property
    def python(self) -> Path:
        return self.root / ".venv" / "bin" / "python"

    def sandbox(self, *arguments: str, code: int | None = 0, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs `python -m sandbox` to its end; its exit code must be `code`."""
        process = self.start(*arguments, **variables)
        output, errors = process.communicate(timeout=LONG)
        assert code in (None, process.returncode), f"exit code {process.returncode}:\n{output}\n{errors}"
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.python, "-m", "sandbox", *arguments],
            cwd=self.root,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # the terminal of the tests is none of its business
        )

    def outputs(self, stack: str = "sandbox") -> dict[str, Any]:
        """Returns the outputs in the stack's state, as `pulumi stack output` does, which takes a second."""
        [root] = [one for one in self.resources(stack) if one["type"] == "pulumi:pulumi:Stack"]
        return root["outputs"]

    def resources(self, stack: str = "sandbox") -> list[dict[str, Any]]:
        """Returns the resources in the stack's state."""
        state = self.work / "state" / ".pulumi" / "stacks" / "snyk-broker" / f"{stack}.json"
        return json.loads(state.read_text())["checkpoint"]["latest"].get("resources", [])

    @property
    def aws_record(self) -> dict[str, Any]:
        return json.loads((self.work / "aws.json").read_text())

    def aws(self, service: str, region: str = "eu-central-1") -> Any:
        """Returns a client of the checkout's local AWS."""
        client: Callable[..., Any] = boto3.client
        return client(
            service,
            region_name=region,
            endpoint_url=f"http://127.0.0.1:{self.aws_record['port']}",
            aws_access_key_id="sandbox",
            aws_secret_access_key="sandbox",
        )

    def processes(self) -> list[Process]:
        """Returns the living processes that work for this checkout, the local AWS left out."""
        ours = [process for process in _all_processes() if str(self.root) in process.command]
        return [process for process in ours if "sandbox.moto_server" not in process.command]


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it does not come true"
        time.sleep(0.02)


def _all_processes() -> Iterator[Process]:
    listed = subprocess.run(["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    for line in listed.stdout.splitlines():
        pid, parent, command = line.split(maxsplit=2)
        yield Process(int(pid), int(parent), command)
