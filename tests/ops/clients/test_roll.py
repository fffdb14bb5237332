"""`clients roll`, which starts clients anew, and waits until they are there."""

from typing import Any

import pytest

from ops.clients import deployments
from tests.ops.clients.shapes import deployment as listed
from tests.ops.clients.shapes import service as described
from tests.ops.conftest import stack_file
from tests.ops.console import Console
from tests.ops.played import Played
from tests.ops.services import cluster, deployment, register, serve

TWO = {"github": {"type": "github-com"}, "lab": {"type": "gitlab", "host": "lab.acme"}}
FAILED = "ECS deployment circuit breaker: tasks failed to start."
BACK = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/7246342417563559064."


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployments, "INTERVAL", 0)


def test_all_integrations_are_rolled_or_those_that_are_named(console: Console) -> None:
    stack_file(console.home, TWO)
    cluster(console)
    services = [serve(console, key) for key in TWO]
    before = [deployment(console, each) for each in services]
    done = console.run("clients", "roll", str(console.stack_file), "lab")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"lab: rolling the clients of {services[1]}.\n"
    between = [deployment(console, each) for each in services]
    assert (between[0], between[1] == before[1]) == (before[0], False)
    assert console.run("clients", "roll", str(console.stack_file)).returncode == 0
    assert not {deployment(console, each) for each in services} & {*before, *between}


def test_ecs_is_told_no_more_than_to_start_them_anew(console: Console, aws: Played) -> None:
    cluster(console)
    service = serve(console, "github")
    console.run("clients", "roll", str(console.stack_file))
    (given,) = (given for operation, given in aws.asked if operation == "UpdateService")
    arn = service.replace(":service/", ":cluster/").removesuffix("/github")
    assert given == {"cluster": arn, "service": service, "forceNewDeployment": True}


def test_that_there_is_nothing_to_roll_is_said_and_hides_no_other(console: Console) -> None:
    stack_file(console.home, TWO)
    cluster(console)
    service = serve(console, "lab")
    before = deployment(console, service)
    done = console.run("clients", "roll", str(console.stack_file))
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "github: no clients are there to roll. Next: pulumi up --stack test",
        f"lab: rolling the clients of {service}.",
    ]
    assert deployment(console, service) != before


@pytest.mark.parametrize("gone", [False, True], ids=["an older one", "a deregistered one"])
def test_a_revision_that_a_roll_does_not_mend_is_said(console: Console, gone: bool) -> None:
    cluster(console)
    serve(console, "github")
    family = "snyk-broker_test_snyk-broker-github"
    if gone:
        console.ecs().deregister_task_definition(taskDefinition=f"{family}:1")
    else:
        register(console, "github")
    done = console.run("clients", "roll", str(console.stack_file))
    assert done.returncode == 0
    what = "is deregistered" if gone else f"{family}:2 is registered"
    assert done.stdout.splitlines()[0] == (
        f"github: the revision {family}:1 runs and {what}, which this does not change. For that: pulumi up --stack test"
    )


def test_what_aws_refuses_hides_no_other(console: Console, aws: Played) -> None:
    stack_file(console.home, TWO)
    cluster(console)
    for key in TWO:
        serve(console, key)
    aws.refused = {"UpdateService"}
    done = console.run("clients", "roll", str(console.stack_file), "--wait")
    assert (done.returncode, done.stderr) == (1, "")
    refused = [line for line in done.stdout.splitlines() if "AWS refused: " in line]
    assert [line.partition(":")[0] for line in refused] == list(TWO)


def played(aws: Played, *after: list[dict[str, Any]]) -> None:
    """Let the roll's deployment go on as in these lists of a service's deployments."""
    aws.answer("UpdateService", {"service": described(deployments=[listed(rolloutState="IN_PROGRESS")])})
    at_first = {"services": [described()]}  # where the service is found
    aws.answer("DescribeServices", at_first, *({"services": [described(deployments=each)]} for each in after))


@pytest.fixture
def served(console: Console) -> Console:
    cluster(console)
    serve(console, "github")
    return console


def test_waiting_ends_when_the_new_clients_are_connected(served: Console, aws: Played) -> None:
    under_way = listed(rolloutState="IN_PROGRESS", runningCount=1)
    played(aws, [under_way], [under_way], [listed()])
    done = served.run("clients", "roll", str(served.stack_file), "--wait")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "github: all 2 clients are new and connected."
    assert done.stderr.splitlines() == ["github: 1 of 2 new clients run", "github: 2 of 2 new clients run"]
    assert len([operation for operation, _ in aws.asked if operation == "DescribeServices"]) == 4


@pytest.mark.parametrize(
    ("end", "words"),
    [
        pytest.param([listed(rolloutState="FAILED", rolloutStateReason=FAILED)], FAILED, id="nothing to go back to"),
        pytest.param(
            [listed(id="ecs-svc/2", rolloutStateReason=BACK)],
            f"Another deployment took its place. {BACK}",
            id="gone back, and steady",
        ),
    ],
)
def test_a_roll_that_failed_is_told_with_where_to_look(
    served: Console, aws: Played, end: list[dict[str, Any]], words: str
) -> None:
    played(aws, [listed(rolloutState="IN_PROGRESS", runningCount=0)], end)
    done = served.run("clients", "roll", str(served.stack_file), "--wait")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == (
        f"github: that failed. {words} Next: python -m ops clients why {served.stack_file} github"
    )


def test_waiting_has_an_end(served: Console, aws: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployments, "PATIENCE", -60)
    played(aws, [listed(rolloutState="IN_PROGRESS", runningCount=1)])
    done = served.run("clients", "roll", str(served.stack_file), "--wait")
    assert done.returncode == 1
    assert "It is not complete after -1 minutes." in done.stdout


def test_one_that_fails_ends_no_other_s_waiting(console: Console, aws: Played) -> None:
    stack_file(console.home, TWO)
    cluster(console)
    for key in TWO:
        serve(console, key)
    arns = {key: described()["serviceArn"].replace("github", key) for key in TWO}  # pyright: ignore[reportTypedDictNotRequiredAccess]

    def services(github: dict[str, Any], lab: dict[str, Any]) -> dict[str, Any]:
        both = {"github": github, "lab": lab}
        return {
            "services": [
                described(serviceArn=arns[key], serviceName=key, deployments=[each]) for key, each in both.items()
            ]
        }

    under_way, failed = listed(rolloutState="IN_PROGRESS"), listed(rolloutState="FAILED", rolloutStateReason=FAILED)
    aws.answer(
        "UpdateService", lambda given: {"service": described(serviceArn=given["service"], deployments=[under_way])}
    )
    aws.answer(
        "DescribeServices", services(listed(), listed()), services(failed, under_way), services(failed, listed())
    )
    done = console.run("clients", "roll", str(console.stack_file), "--wait")
    assert done.returncode == 1
    assert f"github: that failed. {FAILED}" in done.stdout
    assert "lab: all 2 clients are new and connected." in done.stdout
