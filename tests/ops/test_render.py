import json
from pathlib import Path
from typing import Any

import botocore.session
import pytest
import yaml
from botocore.validate import ParamValidator

from broker.catalogue import BROKER_TOKEN, CATALOGUE
from broker.client import SIGNING
from broker.leaks import looks_like
from tests.ops.conftest import stack_file
from tests.ops.console import Console
from tests.stack_files import ROOT, config_of

SHOWCASE = config_of(ROOT / "stacks" / "Pulumi.showcase.yaml")["snyk-broker:integrations"]
NOWHERE = "http://127.0.0.1:1"  # an AWS that cannot be reached: rendering needs none


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return Console(NOWHERE, tmp_path, stack_file(tmp_path, {"github": {"type": "github-com"}}))


@pytest.fixture(scope="module")
def showcase(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Gives an integration of every type of client, rendered for a machine."""
    folder = tmp_path_factory.mktemp("showcase")
    done = Console(NOWHERE, folder, folder).run("render", "showcase", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def client(one: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in one["taskDefinition"]["containerDefinitions"] if one["name"] == "client")


def secrets(one: dict[str, Any]) -> dict[str, str]:
    return {secret["name"]: secret["valueFrom"] for secret in client(one)["secrets"]}


def test_every_integration_is_rendered_in_one_shape(showcase: list[dict[str, Any]]) -> None:
    assert [one["integration"] for one in showcase] == list(SHOWCASE)
    for one in showcase:
        asked = SHOWCASE[one["integration"]]
        assert list(one) == ["integration", "type", "service", "taskDefinition", "egress"]
        assert one["type"] == asked["type"]
        assert one["service"] == {
            "serviceName": one["integration"],
            "desiredCount": asked.get("replicas", 2),
            "deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 150},
        }
        assert all(entry.keys() == {"host", "port", "why"} for entry in one["egress"])


def test_the_task_is_what_ecs_would_register(showcase: list[dict[str, Any]]) -> None:
    ecs: Any = botocore.session.get_session().get_service_model("ecs")
    shape = ecs.operation_model("RegisterTaskDefinition").input_shape
    for one in showcase:
        report: Any = ParamValidator().validate(one["taskDefinition"], shape)
        assert not report.has_errors(), report.generate_report()


def test_what_only_aws_knows_is_said_to_be_known_later(showcase: list[dict[str, Any]]) -> None:
    for one in showcase:
        assert client(one)["logConfiguration"]["options"]["awslogs-group"] == "known after up"


def test_credentials_are_in_secrets_only_and_without_values(showcase: list[dict[str, Any]]) -> None:
    every = {found.name for entry in CATALOGUE.values() for found in entry.credentials}
    every |= {BROKER_TOKEN.name, *(found.name for found in SIGNING)}
    # Of the systems that AppRisk knows, the showcase has the other one.
    assert every - {name for one in showcase for name in secrets(one)} == {"CHECKMARX_PASSWORD"}
    for one in showcase:
        asked = SHOWCASE[one["integration"]]
        environment = {variable["name"]: variable["value"] for variable in client(one)["environment"]}
        assert not every & environment.keys()
        assert {"BROKER_TOKEN", *asked.get("secretEnvironment", ())} <= secrets(one).keys()
        assert [name for name, value in environment.items() if looks_like(value)] == []
        secret = f"snyk-broker/showcase/{one['integration']}/credentials"
        assert secrets(one) == {name: f"{secret}:{name}::" for name in secrets(one)}


def test_a_person_reads_the_same(console: Console, showcase: list[dict[str, Any]]) -> None:
    done = console.run("render", "showcase")
    assert (done.returncode, done.stderr) == (0, "")
    assert list(yaml.safe_load_all(done.stdout)) == showcase
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert "integration: github" in lines
    assert "valueFrom: 'snyk-broker/showcase/github/credentials:GITHUB_TOKEN::'" in lines


def test_a_pull_credential_is_named(console: Console) -> None:
    stack_file(console.home, {"github": {"type": "github-com", "image": {"pullCredential": "acme/docker-hub"}}})
    [one] = json.loads(console.run("render", str(console.stack_file), "--json").stdout)
    assert client(one)["repositoryCredentials"] == {"credentialsParameter": "acme/docker-hub"}


def test_one_integration_of_a_file_anywhere(console: Console) -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:acme-AbCdEf"
    asked = {"github": {"type": "github-com"}, "lab": {"type": "gitlab", "host": "lab.acme", "secret": arn}}
    stack_file(console.home, asked)
    done = console.run("render", str(console.stack_file), "--json", "--integration", "lab")
    [one] = json.loads(done.stdout)
    assert (done.returncode, one["integration"]) == (0, "lab")
    assert secrets(one)["GITLAB_TOKEN"] == f"{arn}:GITLAB_TOKEN::"


def test_an_unknown_integration_is_told_which_there_are(console: Console) -> None:
    done = console.run("render", str(console.stack_file), "--integration", "lab")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "The stack test has no integration lab. It has: github.\n"


@pytest.mark.parametrize("stack", ["nowhere", "/nowhere/Pulumi.test.yaml"])
def test_an_unknown_stack_is_told_which_there_are(console: Console, stack: str) -> None:
    done = console.run("render", stack)
    assert (done.returncode, done.stdout) == (1, "")
    assert "There is no stack file" in done.stderr
    assert "dev, prod, sandbox, showcase" in done.stderr


def test_a_wrong_stack_file_is_told_its_problems(console: Console) -> None:
    stack_file(console.home, {"github": {"type": "github-com", "replicas": 9}, "lab": {"type": "gitlab"}})
    done = console.run("render", str(console.stack_file), "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "1. integrations.github.replicas: must be 4 or less" in done.stderr
    assert "2. integrations.lab.host: is required" in done.stderr


def test_a_file_that_cannot_be_read_is_one_line(console: Console) -> None:
    failing = console.home / "Pulumi.failing.yaml"
    failing.symlink_to("/proc/self/mem")  # which anybody may open, and nobody read at its start
    done = console.run("render", str(failing))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"The stack file {failing} cannot be read: Input/output error.\n"
