"""python -m ops clients why: what happened to the clients of an integration, and what it means."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from botocore.exceptions import ClientError

from broker.client import NAME
from ops.clients.arguments import command
from ops.clients.services import Aws, connect, definition, find, history, tasks
from ops.clients.state import ROLL, UP
from ops.clients.status import state_of
from ops.clients.timeline import Entry, deployments, events, lines, meanings, short, stops, task_id, timeline
from ops.console import console
from ops.errors import CommandError
from ops.stacks import StackArgument, integration_of, settings_of

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ServiceTypeDef, TaskTypeDef
    from mypy_boto3_logs.client import CloudWatchLogsClient

_LOGS, _LINES = 4, 40  # logs of so many tasks, and so many last lines of each


def why(
    stack: StackArgument,
    integration: Annotated[str, typer.Argument(help="A key of the stack's integrations.")],
    *,
    last: Annotated[int, typer.Option(min=1, help="How many of the last things that were said to print.")] = 50,
) -> None:
    """Tell what happened to the clients since the last deployment began, in order, and what to do about it."""
    settings = settings_of(stack)
    integration_of(settings, integration)
    aws = connect(settings)
    service = find(aws.ecs, settings, [integration]).get(integration)
    if service is None:
        raise CommandError(f"{integration} has no clients. Next: {command(UP, settings, stack, integration)}")
    now = state_of(aws, settings, integration, service)
    stopped = tasks(aws.ecs, service, "STOPPED")
    logged = _logs(aws, service, [*tasks(aws.ecs, service, "RUNNING"), *stopped])
    entries = [*events(service), *deployments(history(aws.ecs, service)), *stops(stopped), *logged]
    told_since = timeline(entries, now.deployment.created)
    out = console()
    problems = list(now.problems())
    for problem in problems:
        out.print(f"{integration}: {problem.text}.")
    if not problems:
        out.print(f"{integration}: all {now.desired} clients run as registered.")
    out.print(f"\nSaid since {_utc(now.deployment.created)}, times in UTC:")
    for entry in told_since[-last:]:
        out.print(_line(entry, entry.count))
    for number, meaning in enumerate(found := meanings(told_since), start=1):
        out.print(f"\n{number}. {meaning.symptom.cause}")
        out.print(f"   {meaning.symptom.remedy}")
        out.print(f"   {_line(meaning.last, meaning.count)}")
    if not found:
        out.print("\nNothing of it is known to be a trouble." if told_since else "Nothing.")
    if problems:
        out.print(
            f"\nWhen it is mended: {command(ROLL, settings, stack, integration)}\n"
            f"When the stack file was changed for it: {command(UP, settings, stack, integration)}"
        )


def _logs(aws: Aws, service: "ServiceTypeDef", found: Sequence["TaskTypeDef"]) -> Iterator[Entry]:
    """The last lines of the newest tasks' clients, or of the log group's newest streams when ECS knows no task."""
    running = definition(aws.ecs, service.get("taskDefinition", ""))
    for container in running.get("containerDefinitions", []) if running else []:
        options = container.get("logConfiguration", {}).get("options", {})
        if container.get("name") != NAME or "awslogs-group" not in options:
            continue
        group, prefix = options["awslogs-group"], options.get("awslogs-stream-prefix", "")
        newest = sorted(found, key=lambda task: task.get("createdAt", datetime.min.replace(tzinfo=UTC)))[-_LOGS:]
        streams = {f"log {short(task)}": f"{prefix}/{NAME}/{task_id(task)}" for task in newest}
        try:
            yield from _lines(aws.logs, group, streams or _streams(aws.logs, group))
        except ClientError as error:
            yield Entry(datetime.now(UTC), "log", f"The log cannot be read: {error}")


def _lines(logs: "CloudWatchLogsClient", group: str, streams: dict[str, str]) -> Iterator[Entry]:
    for source, stream in streams.items():
        try:
            found = logs.get_log_events(logGroupName=group, logStreamName=stream, limit=_LINES)
        except logs.exceptions.ResourceNotFoundException:
            continue  # a task that never started has no stream
        yield from lines(source, found["events"])


def _streams(logs: "CloudWatchLogsClient", group: str) -> dict[str, str]:
    """Newest by the last line that CloudWatch has counted, which may be an hour behind."""
    found = logs.describe_log_streams(logGroupName=group, orderBy="LastEventTime", descending=True, limit=_LOGS)
    names = [stream.get("logStreamName", "") for stream in found["logStreams"]]
    return {f"log {name.rpartition('/')[2][:8]}": name for name in names}


def _line(entry: Entry, count: int) -> str:
    times = f" ({count} times)" if count > 1 else ""
    return f"{entry.time.astimezone(UTC):%m-%d %H:%M:%S} {entry.source:<13} {entry.shown}{times}"


def _utc(time: datetime | None) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if time else "the beginning"
