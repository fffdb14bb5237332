"""Runs the commands as a person does, on a local AWS."""

import functools
import json
import os
import pty
import select
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import TYPE_CHECKING, Any

import boto3

from tests.ops import process
from tests.stack_files import ROOT

if TYPE_CHECKING:
    from mypy_boto3_ecs.client import ECSClient
    from mypy_boto3_kms.client import KMSClient
    from mypy_boto3_logs.client import CloudWatchLogsClient
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

REGION = "eu-central-1"
TOKEN, GITHUB_TOKEN = "0a1b2c3d-0a1b-4c3d-8e9f-0123456789ab", "ghp_canary0123456789"
GIVEN = {"BROKER_TOKEN": TOKEN, "GITHUB_TOKEN": GITHUB_TOKEN}
SECRET = "snyk-broker/test/github/credentials"
KEYS = "snyk-broker:keys"

TIMEOUT = 30


@dataclass(frozen=True)
class Console:
    endpoint: str
    home: Path
    stack_file: Path

    @property
    def environment(self) -> dict[str, str]:
        """All that a command sees: nothing of the person's who runs the tests."""
        return {
            "HOME": str(self.home),
            "AWS_ENDPOINT_URL": self.endpoint,
            "SANDBOX_AWS_ENDPOINT": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
            "COLUMNS": "200",
            "TERM": "dumb",
        }

    def run(
        self, *arguments: str, stdin: str | bytes = "", environment: Mapping[str, str] | None = None
    ) -> CompletedProcess[str]:
        return process.run(
            arguments, stdin.encode() if isinstance(stdin, str) else stdin, environment or self.environment
        )

    def set(self, given: object = GIVEN, *options: str, integration: str = "github") -> CompletedProcess[str]:
        """What `secrets set` says to a JSON object on stdin. It never repeats a value."""
        stdin = given if isinstance(given, str) else json.dumps(given)
        done = self.run("secrets", "set", str(self.stack_file), integration, *options, stdin=stdin)
        assert "canary" not in done.stdout + done.stderr
        assert TOKEN not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    def status(self, *options: str) -> CompletedProcess[str]:
        done = self.run("secrets", "status", str(self.stack_file), *options)
        assert "canary" not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    def terminal(self, *arguments: str) -> "Terminal":
        return Terminal([sys.executable, "-m", "ops", *arguments], self.environment)

    def secrets(self, region: str = REGION) -> "SecretsManagerClient":
        return _session(region).client("secretsmanager", endpoint_url=self.endpoint)

    def ecs(self) -> "ECSClient":
        return _session().client("ecs", endpoint_url=self.endpoint)

    def kms(self) -> "KMSClient":
        return _session().client("kms", endpoint_url=self.endpoint)

    def logs(self) -> "CloudWatchLogsClient":
        return _session().client("logs", endpoint_url=self.endpoint)

    def values(self, stage: str = "AWSCURRENT") -> Any:
        return json.loads(self.secrets().get_secret_value(SecretId=SECRET, VersionStage=stage)["SecretString"])

    def tags(self) -> dict[str, str]:
        tags = self.secrets().describe_secret(SecretId=SECRET).get("Tags", [])
        return {tag.get("Key", ""): tag.get("Value", "") for tag in tags}

    def exists(self) -> bool:
        return bool(self.secrets().list_secrets()["SecretList"])


@functools.cache
def _session(region: str = REGION) -> boto3.Session:
    return boto3.Session("test", "test", region_name=region)


class Terminal:
    """A command that is talked to through a terminal of its own."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            os.execve(command[0], command, dict(environment))  # noqa: S606 - no shell is wanted
        self.screen = ""
        self._seen = 0  # how much of the screen has been waited for

    def read_until(self, words: str) -> str:
        """What appears next, up to the words."""
        while words not in self.screen[self._seen :]:
            assert self._read(), f"{words!r} did not appear:\n{self.screen}"
        start, self._seen = self._seen, self.screen.index(words, self._seen) + len(words)
        return self.screen[start : self._seen]

    def asked(self, prompt: str) -> str:
        """What appears up to a hidden prompt. Its last blank says that the terminal shows no typing."""
        return self.read_until(f"{prompt}: ")

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def arguments(self) -> str:
        return Path(f"/proc/{self.pid}/cmdline").read_text(encoding="utf-8")

    def end(self) -> int:
        """The exit code."""
        while self._read():
            pass
        os.close(self._terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _read(self) -> bool:
        """Take in what the command shows next; false when it has ended. One that shows nothing for long is ended."""
        if not select.select([self._terminal], [], [], TIMEOUT)[0]:
            os.kill(self.pid, signal.SIGKILL)
        try:
            shown = os.read(self._terminal, 4096)
        except OSError:  # how Linux says that nobody holds the other end
            return False
        self.screen += shown.decode()
        return bool(shown)
