"""`clients why` of a first deployment that failed, and of clients that are well."""

import time

import pytest

from tests.ops.clients.shapes import at, deployment, logged, service, task
from tests.ops.console import GITHUB_TOKEN, Console
from tests.ops.played import Answer, Played
from tests.ops.services import cluster, register, serve

CANDIDATE = "No rollback candidate was found to run the rollback."
REFUSED = (
    '{"name":"snyk-broker","level":40,"err":{"message":"Error getting connection allocation. Error: connect'
    f' ECONNREFUSED 10.1.2.3:443"}},"token":"{GITHUB_TOKEN}","msg":"Waiting for 30000ms before next Broker Dispatcher'
    ' API call."}'
)
FIRST, SECOND = (
    task(
        number,
        stoppedAt=at(number + 10),
        stoppedReason="Task failed container health checks",
        lastStatus="STOPPED",
        containers=[{"name": "client", "exitCode": 137}],
    )
    for number in (1, 12)
)


@pytest.fixture
def failed(console: Console, aws: Played) -> Console:
    """Gives a console with a service that ECS has given up."""
    cluster(console)
    serve(console, "github")
    arn = register(console, "github")
    events = [
        (23, "(service github) (deployment ecs-svc/1571272475813219068) deployment failed: tasks failed to start."),
        (11, "(service github) (task 000000015ab) failed container health checks."),
        (1, "(service github) has started 1 tasks: (task 000000015ab)."),
        (-9, "(service github) was unable to place a task. Reason: Capacity is unavailable at this time."),
    ]
    given_up = service(
        runningCount=0,
        taskDefinition=arn,
        deployments=[deployment(rolloutState="FAILED", runningCount=0)],
        events=[{"id": str(minute), "createdAt": at(minute), "message": text} for minute, text in events],
    )
    aws.answer("DescribeServices", {"services": [given_up]})
    aws.answer(
        "ListServiceDeployments",
        {
            "serviceDeployments": [
                {"createdAt": at(0), "finishedAt": at(24), "status": "ROLLBACK_FAILED", "statusReason": CANDIDATE}
            ]
        },
    )
    aws.answer(
        "ListTasks",
        lambda asked: {
            "taskArns": [each.get("taskArn", "") for each in (FIRST, SECOND) if asked["desiredStatus"] == "STOPPED"]
        },
    )
    aws.answer("DescribeTasks", {"tasks": [FIRST, SECOND]})
    aws.answer("GetLogEvents", lambda asked: {"events": _log(asked)})
    return console


def _log(asked: Answer) -> list[object]:
    of_first = asked["logStreamName"].endswith(str(FIRST.get("taskArn")).rpartition("/")[2])
    return [logged(3, REFUSED), logged(4, REFUSED)] if of_first else [logged(13, REFUSED)]


def why(console: Console, *options: str) -> str:
    done = console.run("clients", "why", str(console.stack_file), "github", *options)
    assert (done.returncode, done.stderr) == (0, "")
    assert "canary" not in done.stdout
    return done.stdout


def test_what_happened_is_told_in_order_and_explained(failed: Console) -> None:
    told = why(failed)
    state, said, meaning = told.split("\n\n", 2)
    assert state.splitlines() == [
        f"github: the last deployment failed (ROLLBACK_FAILED: {CANDIDATE}).",
        "github: 0 of 2 clients run.",
    ]
    assert said.splitlines()[0] == "Said since 2026-03-09 08:30:00, times in UTC:"
    told_of = [line.split(maxsplit=3)[1:3] for line in said.splitlines()[1:]]
    assert told_of == [
        ["08:31:00", "service"],
        ["08:34:00", "log"],
        ["08:41:00", "service"],
        ["08:41:00", "task"],
        ["08:43:00", "log"],
        ["08:52:00", "task"],
        ["08:53:00", "service"],
        ["08:54:00", "deployment"],
    ]
    assert (
        "03-09 08:34:00 log 00000001  warn Waiting for 30000ms before next Broker Dispatcher API call. Error getting"
        " connection allocation. Error: connect ECONNREFUSED 10.1.2.3:443 (2 times)"
    ) in said
    assert "task 00000001 Task failed container health checks; client: exit code 137" in said
    assert "Capacity" not in told  # said before the deployment
    assert [line for line in meaning.splitlines() if line[:1].isdigit()] == [
        "1. Nothing listens at the address that the line names, or a firewall answers for it.",
        "2. The client had no tunnel to Snyk for minutes, from its start or later.",
        "3. Three new clients failed, and ECS gave up.",
        "4. The first deployment failed, so there is nothing to go back to. ECS starts no more clients.",
    ]
    assert meaning.splitlines()[1:3] == [
        "   Correct the port in the stack file, or open the firewall. A proxy that is named must run.",
        (
            "   03-09 08:43:00 log 0000000c  warn Waiting for 30000ms before next Broker Dispatcher API call. Error"
            " getting connection allocation. Error: connect ECONNREFUSED 10.1.2.3:443 (3 times)"
        ),
    ]
    assert meaning.splitlines()[-2:] == [
        f"When it is mended: python -m ops clients roll {failed.stack_file} github --wait",
        "When the stack file was changed for it: pulumi up --stack test",
    ]


def test_the_last_things_are_enough_when_asked_for(failed: Console) -> None:
    said = why(failed, "--last", "2").split("\n\n")[1]
    assert [line.split()[1] for line in said.splitlines()[1:]] == ["08:53:00", "08:54:00"]


def test_the_log_is_read_where_the_task_definition_says(failed: Console, aws: Played) -> None:
    why(failed)
    asked = [given for operation, given in aws.asked if operation == "GetLogEvents"]
    assert {given["logGroupName"] for given in asked} == {"acme-github"}
    assert [given["logStreamName"] for given in asked] == [
        f"broker/client/{str(each.get('taskArn')).rpartition('/')[2]}" for each in (FIRST, SECOND)
    ]


def test_of_many_tasks_the_newest_logs_are_read(failed: Console, aws: Played) -> None:
    many = [task(number, stoppedAt=at(number + 1)) for number in (5, 1, 4, 2, 6, 3)]
    aws.answer("DescribeTasks", {"tasks": many})
    why(failed)
    streams = [given["logStreamName"] for operation, given in aws.asked if operation == "GetLogEvents"]
    assert [int(stream.rpartition("/")[2][:8], 16) for stream in streams] == [3, 4, 5, 6]


def test_when_ecs_has_forgotten_the_tasks_the_newest_streams_are_read(failed: Console, aws: Played) -> None:
    aws.answer("ListTasks", {"taskArns": []})
    aws.answer("DescribeLogStreams", {"logStreams": [{"logStreamName": "broker/client/0123456789abcdef"}]})
    assert "log 01234567" in why(failed)
    (asked,) = [given for operation, given in aws.asked if operation == "DescribeLogStreams"]
    assert (asked["orderBy"], asked["descending"]) == ("LastEventTime", True)


def test_a_task_that_wrote_nothing_hides_no_other(failed: Console, aws: Played) -> None:
    """Moto answers as CloudWatch does where there is no stream."""
    logs = failed.logs()
    logs.create_log_group(logGroupName="acme-github")
    stream = f"broker/client/{str(SECOND.get('taskArn')).rpartition('/')[2]}"
    logs.create_log_stream(logGroupName="acme-github", logStreamName=stream)
    now = int(time.time() * 1000)  # CloudWatch takes no old ones
    logs.put_log_events(
        logGroupName="acme-github", logStreamName=stream, logEvents=[{"timestamp": now, "message": "Reconnect failed."}]
    )
    aws.answer("GetLogEvents")
    assert "Reconnect failed." in why(failed)


def test_who_may_not_read_the_log_gets_the_rest(failed: Console, aws: Played) -> None:
    aws.refused = {"GetLogEvents"}
    told = why(failed)
    assert "The log cannot be read: An error occurred (AccessDeniedException)" in told
    assert "Three new clients failed" in told


def test_of_clients_that_are_well_nothing_is_to_be_done(console: Console) -> None:
    console.logs().create_log_group(logGroupName="acme-github")
    cluster(console)
    serve(console, "github", replicas=0)
    told = why(console)
    assert told.startswith("github: all 0 clients run as registered.\n")
    assert told.endswith("\nNothing of it is known to be a trouble.\n")
    assert "mended" not in told


def test_what_is_not_known_is_no_trouble(failed: Console, aws: Played) -> None:
    aws.answer("ListTasks", {"taskArns": []})
    aws.answer("DescribeLogStreams", {"logStreams": []})
    aws.answer("ListServiceDeployments", {"serviceDeployments": [{"createdAt": at(0), "status": "IN_PROGRESS"}]})
    aws.answer("DescribeServices", {"services": [service(events=[{"createdAt": at(1), "message": "Something new."}])]})
    assert "\n\nNothing of it is known to be a trouble.\n" in why(failed)


def test_an_integration_without_clients_is_said(console: Console) -> None:
    done = console.run("clients", "why", str(console.stack_file), "github")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "github has no clients. Next: pulumi up --stack test\n"


def test_what_is_no_integration_is_refused(console: Console) -> None:
    done = console.run("clients", "why", str(console.stack_file), "nowhere")
    assert done.returncode == 1
    assert "has no integration nowhere" in done.stderr
