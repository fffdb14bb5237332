"""The policy of whoever stores credentials, in docs/permissions.md, against the calls of the commands."""

import json
from pathlib import Path
from urllib.request import urlopen

import pytest

from sandbox import local_aws
from sandbox.moto_server import SandboxLayer
from tests import permissions
from tests.moto import served
from tests.ops.conftest import stack_file
from tests.ops.console import GIVEN, Console
from tests.ops.services import cluster, serve

OPERATOR = "operator"  # the access key of the commands


def test_the_policy_is_the_calls_of_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.clients.deployments.INTERVAL", 0)
    file = stack_file(tmp_path, {"github": {"type": "github-com", "secretEnvironment": ["HTTPS_PROXY"]}})
    with served(lambda aws: SandboxLayer(aws, "test", tmp_path)) as endpoint:
        console = Console(endpoint, tmp_path, file)
        mine = {**console.environment, "AWS_ACCESS_KEY_ID": OPERATOR}

        def run(*arguments: str, stdin: object = "", codes: tuple[int, ...] = (0,)) -> None:
            done = console.run(*arguments, stdin=json.dumps(stdin), environment=mine)
            assert done.returncode in codes, done.stderr

        console.logs().create_log_group(logGroupName="acme-github")
        console.logs().create_log_stream(logGroupName="acme-github", logStreamName="broker/client/0a1b")
        stored = {**GIVEN, "HTTPS_PROXY": "http://canary:8080"}
        run("secrets", "set", str(file), "github", stdin=stored)
        cluster(console)
        serve(console, "github", replicas=0)
        run("clients", "why", str(file), "github")  # of no task, only streams of the log are there
        console.ecs().update_service(cluster="acme", service="github", desiredCount=2)
        key = console.kms().create_key()["KeyMetadata"]["KeyId"]
        run("secrets", "set", str(file), "github", "--kms-key", key, stdin={"HTTPS_PROXY": "http://canary:9090"})
        run("secrets", "status", str(file))
        run("clients", "status", str(file), codes=(0, 3))  # the clients may count as those of the credential before
        run("clients", "why", str(file), "github")
        run("clients", "roll", str(file), "github", "--wait")
        for command in ("check", "render"):
            run(command, str(file))
        calls = json.loads(urlopen(f"{endpoint}{local_aws.CALLS_PATH}").read())  # noqa: S310 - a server of our own
    called = permissions.called(call for call in calls if call["access_key"] == OPERATOR)
    # Only where names that were stored are stored no more.
    assert called == permissions.actions("secrets") - {"secretsmanager:UntagResource"}
