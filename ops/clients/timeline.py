"""What happened to the clients of an integration, in order, and what it means. Nothing here asks AWS."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from broker import log
from broker.leaks import masked
from broker.symptom import Symptom, recognised
from ecs import messages

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ServiceDeploymentBriefTypeDef, ServiceTypeDef, TaskTypeDef
    from mypy_boto3_logs.type_defs import OutputLogEventTypeDef

_REPLACED = "Scaling activity initiated by"  # how ECS begins the reason of a task that a rollout or scaling ended


@dataclass(frozen=True)
class Entry:
    """One thing that was said."""

    time: datetime
    source: str
    text: str  # as it was said, which may hold a credential
    symptom: Symptom | None = None
    count: int = 1  # how often, up to that time

    @property
    def shown(self) -> str:
        return masked(log.readable(self.text))


@dataclass(frozen=True)
class Meaning:
    """A trouble that was recognised, and the last entry that it shows in."""

    symptom: Symptom
    last: Entry
    count: int


def events(service: "ServiceTypeDef") -> Iterator[Entry]:
    for event in service.get("events", []):
        if (time := event.get("createdAt")) is not None:
            yield _of_ecs(time, "service", event.get("message", ""))


def deployments(history: Sequence["ServiceDeploymentBriefTypeDef"]) -> Iterator[Entry]:
    for each in history:
        time = each.get("finishedAt") or each.get("createdAt")
        if time is not None and (reason := each.get("statusReason")):
            yield _of_ecs(time, "deployment", f"{each.get('status', '')}: {reason}")


def stops(tasks: Iterable["TaskTypeDef"]) -> Iterator[Entry]:
    """Why each of the tasks was stopped, with the reasons and exit codes of its containers."""
    for task in tasks:
        time = task.get("stoppedAt") or task.get("stoppingAt") or task.get("createdAt")
        if time is None:
            continue
        reason = task.get("stoppedReason", "stopped")
        parts = [reason]
        if not reason.startswith(_REPLACED):  # what a replaced client exits with means nothing
            for container in task.get("containers", []):
                code = f"exit code {container['exitCode']}" if "exitCode" in container else ""
                if said := ", ".join(part for part in (container.get("reason", ""), code) if part):
                    parts.append(f"{container.get('name', '')}: {said}")
        yield _of_ecs(time, f"task {short(task)}", "; ".join(parts))


def lines(source: str, logged: Iterable["OutputLogEventTypeDef"]) -> Iterator[Entry]:
    for event in logged:
        text = event.get("message", "")
        if re.search(r"\w", text):  # not what only frames the client's first lines
            time = datetime.fromtimestamp(event.get("timestamp", 0) / 1000, UTC)
            yield Entry(time, source, text, recognised(log.SYMPTOMS, text))


def timeline(entries: Iterable[Entry], since: datetime | None) -> list[Entry]:
    """In order of time. What one source says again, but for numbers, stands once, where it was said last."""
    said: dict[tuple[str, str], Entry] = {}
    for entry in sorted(entries, key=lambda entry: entry.time):
        if since is None or entry.time >= since:
            same = (entry.source, re.sub(r"[0-9a-f]*\d[0-9a-f]*", "0", entry.shown))
            before = said.pop(same, None)
            said[same] = replace(entry, count=entry.count + (before.count if before else 0))
    return list(said.values())


def meanings(entries: Iterable[Entry]) -> list[Meaning]:
    """The troubles in the entries, each once, in the order in which they showed."""
    found: dict[Symptom, Meaning] = {}
    for entry in entries:
        if entry.symptom:
            before = found.get(entry.symptom)
            found[entry.symptom] = Meaning(entry.symptom, entry, entry.count + (before.count if before else 0))
    return list(found.values())


def short(task: "TaskTypeDef") -> str:
    """The beginning of the task's id."""
    return task_id(task)[:8]


def task_id(task: "TaskTypeDef") -> str:
    return task.get("taskArn", "").rpartition("/")[2]


def _of_ecs(time: datetime, source: str, text: str) -> Entry:
    return Entry(time, source, text, recognised(messages.SYMPTOMS, text))
