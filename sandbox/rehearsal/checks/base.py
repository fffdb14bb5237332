"""What a check gets and what it answers."""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sandbox.rehearsal.children import Children, RehearsalEnded
from sandbox.rehearsal.declared import Limit
from sandbox.rehearsal.deployed import Deployed
from sandbox.rehearsal.recorder import MARK, Received
from sandbox.rehearsal.replica import Replica, SnykHosts
from sandbox.rehearsal.snyk import Answer, Call, Snyk
from sandbox.rehearsal.traffic import Traffic


class Result(StrEnum):
    PASS = "pass"
    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True)
class Outcome:
    result: Result
    detail: str


def passed(detail: str) -> Outcome:
    return Outcome(Result.PASS, detail)


def failed(detail: str) -> Outcome:
    return Outcome(Result.FAIL, detail)


def skipped(reason: str) -> Outcome:
    return Outcome(Result.SKIP, reason)


@dataclass(frozen=True)
class Arrival:
    """A request that reached a system, and the replica that sent it."""

    replica: Replica
    request: Received


@dataclass
class Case:
    """One integration whose replicas have been started."""

    deployed: Deployed
    environment: Mapping[str, str]  # of the clients, with secrets
    replicas: Sequence[Replica]
    snyk: Snyk
    hosts: SnykHosts
    traffic: Traffic
    children: Children
    notes: list[str] = field(default_factory=list[str])  # what is played in the place of the image
    enforced: list[Limit] = field(default_factory=list[Limit])  # known once the replicas run

    def on(self, limit: Limit) -> str:
        return f"{limit} enforced" if limit in self.enforced else f"{limit} not enforced on this machine"

    @property
    def token(self) -> str:
        return self.environment["BROKER_TOKEN"]

    @property
    def stated(self) -> Mapping[str, str]:
        """The environment that the stack file asks for, without secrets."""
        return self.deployed.stated

    @property
    def alive(self) -> list[Replica]:
        return [replica for replica in self.replicas if replica.lives]

    @property
    def secrets(self) -> Mapping[str, str]:
        """Values of the variables that come from the secret."""
        return {pair["name"]: self.environment[pair["name"]] for pair in self.deployed.container.get("secrets", [])}

    @property
    def health_check(self) -> Mapping[str, Any]:
        return self.deployed.container["healthCheck"]

    def healthy(self, replica: Replica) -> bool:
        """Whether the container's health command says so, in its time."""
        form, *command = self.health_check["command"]
        command = command if form == "CMD" else ["sh", "-c", *command]
        return replica.container.run(command, self.health_check["timeout"]) == 0

    def ask(self, call: Call, headers: Mapping[str, str] | None = None, timeout: float = 20) -> "Asked":
        """Sends a request from Snyk through a tunnel."""
        mark = str(uuid.uuid4())
        marked = Call(call.path, call.method, {**call.headers, **(headers or {}), MARK: mark})
        answer = self.snyk.request(self.token, marked, timeout)
        arrivals = [Arrival(replica, request) for replica in self.replicas for request in replica.received(mark)]
        return Asked(answer, arrivals)

    def all_connected(self, replicas: Sequence[Replica]) -> bool:
        """Whether these are connected and nothing else with this token is, as far as Snyk knows."""
        connected = all(replica.connected() for replica in replicas)
        return connected and sum(self.snyk.clients(self.token).values()) == len(replicas)

    def wait(self, condition: Callable[[], bool], seconds: float) -> float | None:
        """Returns how many seconds it took until the condition held, or None when they ran out."""
        start = time.monotonic()
        while not condition():
            if self.children.closed:
                raise RehearsalEnded
            if time.monotonic() - start > seconds:
                return None
            time.sleep(0.02)
        return time.monotonic() - start


@dataclass(frozen=True)
class Asked:
    answer: Answer
    arrivals: Sequence[Arrival]


@dataclass(frozen=True)
class Check:
    name: str
    run: Callable[[Case], Outcome]
    slow: bool = False
