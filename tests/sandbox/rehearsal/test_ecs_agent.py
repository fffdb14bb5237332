import json
from collections.abc import Generator
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest
from moto import mock_aws

from sandbox.rehearsal import ecs_agent
from sandbox.rehearsal.ecs_agent import TaskWouldNotStartError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

NAME = "snyk-broker/dev/github/credentials"


class Secrets:
    """A Secrets Manager with one secret, of which there are two versions."""

    def __init__(self) -> None:
        self.client: SecretsManagerClient = boto3.client(
            "secretsmanager", "eu-central-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        self.arn = self.client.create_secret(Name=f"{NAME}-{uuid4()}", SecretString=json.dumps({"TOKEN": "old"}))["ARN"]
        [self.old_version] = self.versions()
        self.put(json.dumps({"TOKEN": "new", "LINES": 'a "b"\n$c', "NUMBER": 5}))

    def put(self, text: str) -> None:
        self.client.put_secret_value(SecretId=self.arn, SecretString=text)

    def versions(self) -> list[str]:
        listed = self.client.list_secret_version_ids(SecretId=self.arn)["Versions"]
        return [version.get("VersionId", "") for version in listed]

    def resolved(self, source: str) -> str:
        container = {"secrets": [{"name": "WANTED", "valueFrom": source}]}
        return ecs_agent.environment(container, self.client)["WANTED"]


@pytest.fixture(scope="module")
def aws() -> Generator[None]:
    """Plays AWS for all tests here: to start it takes seconds, so each test has a secret of its own instead."""
    with mock_aws():
        yield


@pytest.fixture
def secrets(aws: None) -> Secrets:
    return Secrets()


def test_a_key_of_a_secret(secrets: Secrets) -> None:
    assert secrets.resolved(f"{secrets.arn}:TOKEN::") == "new"
    assert secrets.resolved(f"{secrets.arn}:LINES::") == 'a "b"\n$c'
    assert secrets.resolved(f"{secrets.arn}:NUMBER::") == "5"


def test_a_whole_secret_need_not_be_json(secrets: Secrets) -> None:
    secrets.put("canary: {")
    assert secrets.resolved(secrets.arn) == "canary: {"
    assert secrets.resolved(f"{secrets.arn}:::") == "canary: {"


def test_another_stage_and_another_version(secrets: Secrets) -> None:
    assert secrets.resolved(f"{secrets.arn}:TOKEN:AWSPREVIOUS:") == "old"
    assert secrets.resolved(f"{secrets.arn}:TOKEN::{secrets.old_version}") == "old"
    assert secrets.resolved(f"{secrets.arn}::AWSPREVIOUS:") == '{"TOKEN": "old"}'


def test_plain_variables_and_secrets_together(secrets: Secrets) -> None:
    container: dict[str, Any] = {
        "environment": [{"name": "PORT", "value": "8000"}],
        "secrets": [{"name": "TOKEN", "valueFrom": f"{secrets.arn}:TOKEN::"}],
    }
    assert ecs_agent.environment(container, secrets.client) == {"PORT": "8000", "TOKEN": "new"}
    assert ecs_agent.environment({}, secrets.client) == {}


@pytest.mark.parametrize(
    ("held", "key", "reason"),
    [
        ('{"TOKEN": "canary"}', "MISSING", "did not contain json key MISSING"),
        ("canary", "TOKEN", "is not JSON"),
        ('["canary"]', "TOKEN", "is not JSON"),
    ],
)
def test_a_key_that_is_not_there(secrets: Secrets, held: str, key: str, reason: str) -> None:
    secrets.put(held)
    with pytest.raises(TaskWouldNotStartError, match=f"retrieved secret from Secrets Manager {reason}") as refused:
        secrets.resolved(f"{secrets.arn}:{key}::")
    assert secrets.arn in str(refused.value)
    assert "canary" not in str(refused.value)


def test_a_secret_that_is_not_there(secrets: Secrets) -> None:
    with pytest.raises(TaskWouldNotStartError, match=r"unable to retrieve secret from asm: .*ResourceNotFound"):
        secrets.resolved(secrets.arn.replace("github", "gitlab"))


def test_a_version_that_is_not_there(secrets: Secrets) -> None:
    with pytest.raises(TaskWouldNotStartError, match="unable to retrieve secret from asm"):
        secrets.resolved(f"{secrets.arn}:TOKEN:AWSPENDING:")


def test_a_variable_in_both_environment_and_secrets(secrets: Secrets) -> None:
    container: dict[str, Any] = {
        "environment": [{"name": "TOKEN", "value": "plain"}, {"name": "PORT", "value": "8000"}],
        "secrets": [{"name": "TOKEN", "valueFrom": f"{secrets.arn}:TOKEN::"}],
    }
    with pytest.raises(TaskWouldNotStartError, match=r"must be unique and not shared .*, such as 'TOKEN'\."):
        ecs_agent.environment(container, secrets.client)
