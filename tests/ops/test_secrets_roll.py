"""New credentials reach clients that run already."""

from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError

from tests.ops.console import GIVEN, SECRET, Console
from tests.ops.services import TAGS, cluster, deployment, serve

NEW = GIVEN | {"GITHUB_TOKEN": "ghp_canary_new"}


def test_the_integration_s_own_clients_are_rolled_and_no_others(console: Console) -> None:
    cluster(console)
    cluster(console, "other-stack", TAGS | {"snyk-broker:stack": "prod"})
    cluster(console, "other-project", TAGS | {"snyk-broker:project": "acme"})
    cluster(console, "untagged", {})
    mine = serve(console, "github")
    others = [
        serve(console, "gitlab"),
        *(serve(console, "github", name) for name in ("other-stack", "other-project", "untagged")),
    ]
    console.set()
    before = {service: deployment(console, service) for service in (mine, *others)}
    done = console.set(NEW)
    assert done.returncode == 0
    assert f"Rolling the clients of {mine}." in done.stdout
    assert [service for service in before if deployment(console, service) != before[service]] == [mine]


def test_nothing_is_rolled_when_nothing_was_written(console: Console) -> None:
    console.set()
    cluster(console)
    service = serve(console, "github")
    before = deployment(console, service)
    assert "Rolling" not in console.set(GIVEN).stdout
    assert deployment(console, service) == before


def test_clients_keep_running_until_they_may_use_the_secret_s_new_key(console: Console) -> None:
    console.set()
    cluster(console)
    service = serve(console, "github")
    before = deployment(console, service)
    done = console.set(NEW, "--kms-key", console.kms().create_key()["KeyMetadata"]["KeyId"])
    assert done.returncode == 0
    up, roll = "    pulumi up --stack test\n", f"    python -m ops clients roll {console.stack_file} github\n"
    assert f"one after the other:\n{up}{roll}" in done.stdout
    assert "Rolling" not in done.stdout
    assert deployment(console, service) == before


def test_a_service_that_was_deleted_is_not_rolled(console: Console) -> None:
    cluster(console)
    deleted = serve(console, "github")
    console.ecs().delete_service(cluster="acme", service=deleted, force=True)
    console.set()
    assert console.set(NEW).stdout.splitlines()[2:] == ["No clients are running yet."]


def test_nothing_to_roll_is_said(console: Console) -> None:
    console.set()
    assert console.set(NEW).stdout.splitlines()[2:] == ["No clients are running yet."]


def test_clients_of_another_secret_are_not_rolled_onto_a_new_one(console: Console) -> None:
    """A secret that was deleted and made anew has another ARN, which only an update tells them."""
    cluster(console)
    service = serve(console, "github")
    before = deployment(console, service)
    done = console.set()
    assert done.returncode == 0
    assert "none was replaced" in done.stdout
    assert done.stdout.endswith(":\n    pulumi up --stack test\n")
    assert "Rolling" not in done.stdout
    assert deployment(console, service) == before


@pytest.mark.parametrize(
    ("exists", "command"), [(False, "pulumi up --stack test"), (True, "python -m ops clients roll {} github")]
)
def test_a_roll_that_fails_is_told_with_the_command_to_try_again(console: Console, exists: bool, command: str) -> None:
    if exists:
        console.set()
    refused = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "canny"}}, "GetResources")
    with patch("ops.clients.services.client", side_effect=refused):
        done = console.set(NEW)
    assert done.returncode == 1
    assert "The credentials are stored, but running clients could not be replaced" in done.stderr
    assert done.stderr.endswith(f"To try again: {command.format(console.stack_file)}\n")
    assert console.values() == NEW


@pytest.mark.parametrize("anew", [False, True])
def test_clients_are_rolled_only_onto_the_secret_that_they_are_told(console: Console, anew: bool) -> None:
    """One that was made anew in another way than by `secrets set` has the same name and another ARN."""
    console.set()
    arn = console.secrets().describe_secret(SecretId=SECRET)["ARN"]
    cluster(console)
    service = serve(console, "github", secret=f"{arn[:-6]}QqQqQq" if anew else arn)
    before = deployment(console, service)
    done = console.set(NEW)
    assert done.returncode == 0
    assert ("pulumi up --stack test" in done.stdout) is anew
    assert (f"Rolling the clients of {service}." in done.stdout) is not anew
    assert (deployment(console, service) == before) is anew
