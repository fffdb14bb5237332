"""The sandbox's commands on the real program, engine and local AWS."""

import json
import subprocess
from collections.abc import Generator

import pytest

from tests.checkout import Checkout
from tests.live_aws import live, recorded

REPLICAS = "snyk-broker:integrations.github.replicas"


@pytest.fixture(scope="module")
def tracked(checkout: Checkout) -> Checkout:
    """Gives the copy as a repository of git."""
    git(checkout, "init", "--quiet")
    git(checkout, "add", "--all")
    git(checkout, "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "--quiet", "--message", "t")
    return checkout


@pytest.fixture(autouse=True)
def tracked_files_stay(tracked: Checkout) -> Generator[None]:
    yield
    changed = git(tracked, "status", "--porcelain")
    git(tracked, "reset", "--quiet", "--hard")
    git(tracked, "clean", "--quiet", "--force", "-d")
    assert changed == ""


def git(checkout: Checkout, *arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=checkout.root, capture_output=True, text=True, check=True).stdout


def test_up_again_changes_nothing_and_shows_what_there_is(deployed: Checkout) -> None:
    shown = deployed.sandbox("up").stdout
    assert "37 unchanged" in shown
    outputs = deployed.outputs()["integrations"]["github"]
    [row] = [line for line in shown.splitlines() if "│" in line]
    assert [cell.strip() for cell in row.strip("│").split("│")] == [
        "github",
        "github-com",
        "fargate",
        "2",
        outputs["serviceName"],
        "snyk-broker/sandbox/github/credentials",
        outputs["securityGroupId"],
    ]
    assert "This is an emulation." in shown


def test_generated_credentials_are_in_the_secret_and_nowhere_else(deployed: Checkout) -> None:
    secret = deployed.aws("secretsmanager").get_secret_value(SecretId="snyk-broker/sandbox/github/credentials")
    values: dict[str, str] = json.loads(secret["SecretString"])
    assert "BROKER_TOKEN" in values
    for file in (file for file in deployed.work.rglob("*") if file.is_file()):
        kept = file.read_text(errors="replace")
        assert [name for name, value in values.items() if value in kept] == [], file


def test_the_copy_of_the_stack_file_takes_changes(deployed: Checkout) -> None:
    deployed.sandbox("pulumi", "--", "config", "set", "--path", REPLICAS, "3")
    deployed.sandbox("pulumi", "--", "preview", "--expect-no-changes", code=7)


def test_stacks_live_side_by_side_and_are_removed_alone(deployed: Checkout) -> None:
    deployed.sandbox("--stack", "dev", "up")
    status = deployed.sandbox("status").stdout
    assert "dev: not deployed" not in status
    assert "sandbox: not deployed" not in status
    deployed.sandbox("--stack", "dev", "destroy")
    deployed.sandbox("--stack", "dev", "pulumi", "--", "stack", "rm", "--yes")
    assert "dev: not deployed" in deployed.sandbox("status").stdout
    assert (deployed.root / "stacks" / "Pulumi.dev.yaml").exists()
    assert live(deployed) == recorded(deployed)


def test_a_stack_file_with_mistakes_stops_up_before_it_touches_anything(deployed: Checkout) -> None:
    before = live(deployed)
    copy = deployed.work / "stacks" / "sandbox" / "Pulumi.sandbox.yaml"
    copy.write_text(
        copy.read_text().replace("region: SNYK-EU-01", "region: SNYK-EU-99").replace("github-com", "github-con")
    )
    stopped = deployed.sandbox("up", code=1)
    assert "Traceback" not in stopped.stderr + stopped.stdout
    assert stopped.stderr.count("has 2 problems") == 1
    assert "snyk.region" in stopped.stderr
    assert "integrations.github.type" in stopped.stderr
    assert "Updating" not in stopped.stdout
    assert live(deployed) == before


def test_unknown_stacks_and_commands_are_told_in_one_message(deployed: Checkout) -> None:
    assert "There are: dev, prod, sandbox, showcase." in deployed.sandbox("--stack", "nope", "up", code=1).stderr
    assert "No such command 'frob'" in deployed.sandbox("frob", code=2).stderr


def test_a_local_aws_that_is_gone_is_told_and_up_starts_from_an_empty_stack(deployed: Checkout) -> None:
    deployed.sandbox("pulumi", "--", "config", "set", "--path", REPLICAS, "3")
    deployed.sandbox("down")
    assert "in a local AWS that is gone" in deployed.sandbox("status").stdout
    for command in ("preview", "refresh", "destroy"):
        refused = deployed.sandbox(command, code=1).stderr
        assert "--stack sandbox up` starts from an empty stack" in refused
        assert "Starting the local AWS" not in refused
    assert "Starting from an empty stack" in deployed.sandbox("up").stderr
    assert deployed.outputs()["integrations"]["github"]["replicas"] == 3
    assert live(deployed) == recorded(deployed)


def test_destroy_leaves_nothing_but_the_secret(deployed: Checkout) -> None:
    deployed.sandbox("destroy")
    assert not any(live(deployed).values())
    [secret] = deployed.aws("secretsmanager").list_secrets()["SecretList"]
    assert secret["Name"] == "snyk-broker/sandbox/github/credentials"


def test_no_command_leaves_a_process(checkout: Checkout) -> None:
    assert checkout.processes() == []


def test_an_engine_that_cannot_be_had_is_one_message(fresh: Checkout, tmp_path: object) -> None:
    without = fresh.sandbox("up", code=1, PATH=f"{tmp_path}", XDG_CACHE_HOME=f"{tmp_path}")
    assert "There is no Pulumi engine" in without.stderr
    assert "Traceback" not in without.stderr


def test_the_project_s_own_commands_work_on_the_local_aws(deployed: Checkout) -> None:
    status = json.loads(deployed.sandbox("ops", "--", "secrets", "status", "sandbox", "--json").stdout)
    assert status["integrations"]["github"]["missing"] == []
    refused = deployed.sandbox("ops", "--", "secrets", "set", "sandbox", "nowhere", code=1)
    assert refused.stderr == "The stack sandbox has no integration nowhere. It has: github.\n"
