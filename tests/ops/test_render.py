import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from broker.catalogue import BROKER_TOKEN, CATALOGUE
from broker.leaks import looks_like
from settings.wishes import SIGNING
from tests.ops.conftest import stack_file
from tests.ops.console import Console
from tests.stack_files import ROOT, config_of

SHOWCASE = config_of(ROOT / "stacks" / "Pulumi.showcase.yaml")["snyk-broker:integrations"]
NOWHERE = "http://127.0.0.1:1"  # an AWS that cannot be reached: rendering needs none
TYPES: dict[str, type] = {
    "integration": str,
    "type": str,
    "container": str,
    "replicas": int,
    "image": str,
    "environment": dict,
    "secrets": dict,
    "command": type(None),
    "healthCheck": dict,
    "cpu": int,
    "memory": int,
    "port": int,
    "user": str,
    "readonlyRootFilesystem": bool,
    "stopTimeout": int,
    "egress": list,
    "logGroup": str,
    "securityGroup": str,
}


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


def test_every_integration_is_rendered_in_one_shape(showcase: list[dict[str, Any]]) -> None:
    assert [one["integration"] for one in showcase] == list(SHOWCASE)
    for one in showcase:
        assert one.keys() == TYPES.keys()
        assert [key for key, kind in TYPES.items() if not isinstance(one[key], kind)] == []
        assert all(isinstance(value, str) for value in (*one["environment"].values(), *one["secrets"].values()))
        assert all(entry.keys() == {"host", "port", "why"} for entry in one["egress"])
        assert one["type"] == SHOWCASE[one["integration"]]["type"]


def test_what_only_aws_knows_is_said_to_be_known_later(showcase: list[dict[str, Any]]) -> None:
    for one in showcase:
        assert [key for key, value in one.items() if value == "known after up"] == ["logGroup", "securityGroup"]


def test_credentials_are_in_secrets_only_and_without_values(showcase: list[dict[str, Any]]) -> None:
    every = {found.name for entry in CATALOGUE.values() for found in entry.credentials}
    every |= {BROKER_TOKEN.name, *(found.name for found in SIGNING)}
    # Of the systems that AppRisk knows, the showcase has the other one.
    assert every - {name for one in showcase for name in one["secrets"]} == {"CHECKMARX_PASSWORD"}
    for one in showcase:
        asked = SHOWCASE[one["integration"]]
        assert not every & one["environment"].keys()
        assert {"BROKER_TOKEN", *asked.get("secretEnvironment", ())} <= one["secrets"].keys()
        assert [name for name, value in one["environment"].items() if looks_like(value)] == []
        secret = f"snyk-broker/showcase/{one['integration']}/credentials"
        assert one["secrets"] == {name: f"{secret}:{name}::" for name in one["secrets"]}


def test_a_person_reads_the_same(console: Console, showcase: list[dict[str, Any]]) -> None:
    done = console.run("render", "showcase")
    assert (done.returncode, done.stderr) == (0, "")
    assert list(yaml.safe_load_all(done.stdout)) == showcase
    lines = done.stdout.splitlines()
    assert "integration: github" in lines
    assert "  GITHUB_TOKEN: 'snyk-broker/showcase/github/credentials:GITHUB_TOKEN::'" in lines
    assert "securityGroup: known after up" in lines


def test_one_integration_of_a_file_anywhere(console: Console) -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:acme-AbCdEf"
    asked = {"github": {"type": "github-com"}, "lab": {"type": "gitlab", "host": "lab.acme", "secret": arn}}
    stack_file(console.home, asked)
    done = console.run("render", str(console.stack_file), "--json", "--integration", "lab")
    [one] = json.loads(done.stdout)
    assert (done.returncode, one["integration"]) == (0, "lab")
    assert one["secrets"]["GITLAB_TOKEN"] == f"{arn}:GITLAB_TOKEN::"


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
