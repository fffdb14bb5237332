"""`clients status` on an AWS where services live."""

import json
from typing import Any

import pytest

from tests.ops.clients.shapes import task
from tests.ops.conftest import stack_file
from tests.ops.console import Console
from tests.ops.played import Answer, Played
from tests.ops.services import IMAGE, cluster, register, serve

NOT_AS_REGISTERED = 3
SUCCESSFUL = {"serviceDeployments": [{"status": "SUCCESSFUL"}]}


def live(aws: Played, *healths: str) -> None:
    """Let each service have these clients, one for each state of health."""
    running = [task(number, healthStatus=health) for number, health in enumerate(healths)]

    def listed(request: Answer) -> Answer:
        return {"taskArns": [each.get("taskArn", "") for each in running if request["desiredStatus"] == "RUNNING"]}

    aws.answer("ListTasks", listed)
    aws.answer("DescribeTasks", {"tasks": running})


@pytest.fixture
def living(console: Console, aws: Played, monkeypatch: pytest.MonkeyPatch) -> Console:
    """Gives a console with two clients that are as they should be."""
    monkeypatch.setenv("MOTO_ECS_SERVICE_RUNNING", "2")
    cluster(console)
    serve(console, "github")
    live(aws, "HEALTHY", "HEALTHY")
    return console


def report(console: Console, code: int) -> Any:
    done = console.run("clients", "status", str(console.stack_file), "--json")
    assert (done.returncode, done.stderr) == (code, "")
    return json.loads(done.stdout)


def test_clients_as_they_should_be(living: Console) -> None:
    whole = report(living, 0)
    assert (whole["stack"], whole["region"]) == ("test", "eu-central-1")
    found = whole["integrations"]["github"]
    assert found["service"].endswith(":service/acme/github")
    assert (found["desired"], found["running"], found["healthy"]) == (2, 2, 2)
    assert found["taskDefinition"] == found["registered"] == "snyk-broker_test_snyk-broker-github:1"
    assert found["image"] == IMAGE
    assert found["deployment"]["status"] == "COMPLETED"
    assert found["credential"] == {"stored": None, "clientsWithAnOlderOne": 0}
    assert found["problems"] == []


def test_people_get_a_table_and_nothing_to_do(living: Console) -> None:
    done = living.run("clients", "status", str(living.stack_file))
    assert (done.returncode, done.stderr) == (0, "")
    (row,) = (line for line in done.stdout.splitlines() if "github" in line)
    assert [cell.strip() for cell in row.split("│")[1:-1]] == ["github", "2/2", "2", "1", "COMPLETED", IMAGE, "unknown"]
    assert "Next:" not in done.stdout


def test_a_revision_that_is_not_the_newest_is_said_with_what_to_type(living: Console) -> None:
    register(living, "github")
    done = living.run("clients", "status", str(living.stack_file))
    assert done.returncode == NOT_AS_REGISTERED
    assert done.stdout.splitlines()[-1] == (
        "github: snyk-broker_test_snyk-broker-github:1 runs, and what is registered is"
        " snyk-broker_test_snyk-broker-github:2. Next: pulumi up --stack test"
    )


def test_a_deregistered_revision_is_said(living: Console) -> None:
    living.ecs().deregister_task_definition(taskDefinition="snyk-broker_test_snyk-broker-github:1")
    problems = report(living, NOT_AS_REGISTERED)["integrations"]["github"]["problems"]
    assert (
        "snyk-broker_test_snyk-broker-github:1, which runs, is deregistered, so ECS may not start it again" in problems
    )


def test_ill_clients_are_counted(living: Console, aws: Played) -> None:
    live(aws, "HEALTHY", "UNHEALTHY")
    found = report(living, NOT_AS_REGISTERED)["integrations"]["github"]
    assert (found["running"], found["healthy"]) == (2, 1)


def test_ecs_s_own_history_comes_before_the_service_s_list(living: Console, aws: Played) -> None:
    failed = {"createdAt": 1, "status": "ROLLBACK_FAILED", "statusReason": "No rollback candidate was found."}
    aws.answer("ListServiceDeployments", {"serviceDeployments": [failed]})
    done = living.run("clients", "status", str(living.stack_file))
    assert done.returncode == NOT_AS_REGISTERED
    assert (
        "github: the last deployment failed (ROLLBACK_FAILED: No rollback candidate was found.). Next: python -m ops"
        f" clients why {living.stack_file} github"
    ) in done.stdout


def test_who_may_not_see_the_history_gets_the_rest(living: Console, aws: Played) -> None:
    aws.refused = {"ListServiceDeployments"}
    assert report(living, 0)["integrations"]["github"]["deployment"]["status"] == "COMPLETED"


def test_clients_older_than_their_credentials_are_counted(living: Console) -> None:
    living.set()  # now, and the clients are of 2026
    found = report(living, NOT_AS_REGISTERED)["integrations"]["github"]
    assert found["credential"]["clientsWithAnOlderOne"] == 2
    assert found["credential"]["stored"]


def test_an_integration_without_clients_hides_no_other(living: Console) -> None:
    stack_file(living.home, {"github": {"type": "github-com"}, "lab": {"type": "gitlab", "host": "lab.acme"}})
    whole = report(living, NOT_AS_REGISTERED)["integrations"]
    assert whole["lab"] is None
    assert whole["github"]["problems"] == []
    done = living.run("clients", "status", str(living.stack_file))
    assert done.stdout.splitlines()[-1] == "lab: no clients are there. Next: pulumi up --stack test"
    assert living.run("clients", "status", str(living.stack_file), "github").returncode == 0


def test_only_those_that_are_named_are_asked_about(living: Console, aws: Played) -> None:
    stack_file(living.home, {"github": {"type": "github-com"}, "lab": {"type": "gitlab", "host": "lab.acme"}})
    aws.asked.clear()
    living.run("clients", "status", str(living.stack_file), "lab")
    assert [given["services"] for operation, given in aws.asked if operation == "DescribeServices"] == [["lab"]]


def test_twelve_integrations_are_found(console: Console, aws: Played) -> None:
    keys = [f"git-{number:02}" for number in range(12)]
    stack_file(console.home, {key: {"type": "gitlab", "host": f"{key}.acme"} for key in keys})
    cluster(console)
    for key in keys:
        serve(console, key)
    live(aws)
    assert [key for key, found in report(console, NOT_AS_REGISTERED)["integrations"].items() if found] == keys
    assert [len(given["services"]) for operation, given in aws.asked if operation == "DescribeServices"] == [10, 2]


def test_what_is_no_integration_is_refused_before_aws_is_asked(console: Console, aws: Played) -> None:
    done = console.run("clients", "status", str(console.stack_file), "github", "nowhere")
    assert (done.returncode, done.stdout) == (1, "")
    assert "has no integration nowhere" in done.stderr
    assert aws.asked == []
