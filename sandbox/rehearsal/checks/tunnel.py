"""Checks of the connection between the clients and Snyk."""

import math
import threading
import time
from collections.abc import Callable

from sandbox.rehearsal.checks import explain
from sandbox.rehearsal.checks.base import Case, Outcome, failed, passed, skipped
from sandbox.rehearsal.replica import Replica
from sandbox.rehearsal.snyk import SERVERS

CONNECT_SECONDS = 30
RECONNECT_SECONDS = 60
NOTICE_SECONDS = 60  # the Broker server notices a frozen client after 25 s to 45 s
ATTEMPT_SECONDS = 3


def start(case: Case) -> Outcome:
    """All replicas start, and their tunnels are open, by WebSocket."""
    if wrong := explain.token(case.token):
        return failed(f"{wrong}. It is in the secret {case.deployed.secret}")
    took = case.wait(lambda: case.all_connected(case.replicas) or len(case.alive) < len(case.replicas), CONNECT_SECONDS)
    for replica in case.replicas:
        if not replica.lives:
            code = replica.container.exit_code
            return failed(f"a client ended with code {code}.{explain.last_error(replica.log)} Log: {replica.log}")
    if took is None:
        [replica, *_] = [replica for replica in case.replicas if not replica.connected()] or case.replicas
        complaint = explain.last_error(replica.log)
        return failed(f"not connected after {CONNECT_SECONDS} s.{complaint} Log: {replica.log}")
    case.enforced = case.replicas[0].container.enforced()
    others = [limit for limit in case.replicas[0].container.declared.limits() if limit not in case.enforced]
    told = [
        f"{len(case.replicas)} replica{'s' if len(case.replicas) > 1 else ''} connected after {took:.1f} s",
        f"enforced: {', '.join(case.enforced) or 'nothing'}",
        *([f"not enforced on this machine: {', '.join(others)}"] if others else []),
        *case.notes,
    ]
    return passed("; ".join(told))


def health(case: Case) -> Outcome:
    """The health command says yes when the tunnel is open and no when it is not."""
    replica = case.alive[0]
    if not case.healthy(replica):
        return failed("the health command fails although the tunnel is open: ECS would replace the client")
    _cut(case, replica)
    case.wait(lambda: not replica.connected(), CONNECT_SECONDS)
    noticed = not case.healthy(replica)
    replica.proxy.mend()
    took = case.wait(lambda: case.all_connected(case.alive), RECONNECT_SECONDS)
    if not noticed:
        return failed("the health command succeeds while the tunnel is down: nobody would notice")
    if took is None:
        return failed(f"the client does not connect again within {RECONNECT_SECONDS} s after an interruption")
    return passed(f"0 when connected, not 0 when cut off; connected again {took:.1f} s later")


def high_availability(case: Case) -> Outcome:
    """Clients ask the dispatcher for a server, and get different ones."""
    if case.stated["BROKER_HA_MODE_ENABLED"] != "true":
        return skipped("high availability is off")
    if len(case.replicas) == 1:
        return skipped("one replica")
    allocated = case.snyk.allocations(case.token)
    at = case.snyk.clients(case.token)
    if not allocated:
        return failed("no client asked the dispatcher for a server: BROKER_HA_MODE_ENABLED is not `true`")
    if not all(at[server] for server in SERVERS):
        return failed(f"all clients are at one server, although the dispatcher gave {sorted(set(allocated))}")
    return passed(f"the dispatcher was asked, {' and '.join(f'{at[server]} at server {server}' for server in SERVERS)}")


def failover(case: Case) -> Outcome:
    """Another replica serves when one is killed."""

    def kill(serving: Replica) -> None:
        serving.container.remove()
        time.sleep(0.05)  # a request in the very moment of the kill waits for the caller to give up

    return _without_the_serving_one(case, kill, "killed")


def freeze(case: Case) -> Outcome:
    """Another replica serves when one hangs without closing its connections."""
    outcome = _without_the_serving_one(case, lambda serving: serving.container.freeze(), "frozen")
    for replica in case.alive:
        replica.container.thaw()
    if case.wait(lambda: case.all_connected(case.alive), RECONNECT_SECONDS) is None:
        return failed(f"the frozen client does not connect again within {RECONNECT_SECONDS} s")
    return outcome


def _without_the_serving_one(case: Case, disturb: Callable[[Replica], None], how: str) -> Outcome:
    """Whether another replica serves after the one that does was disturbed."""
    if len(case.alive) == 1:
        return skipped("one replica")
    arrivals = case.ask(case.traffic.allowed).arrivals
    if not arrivals:
        return failed("no replica serves requests")
    disturb(arrivals[0].replica)
    took = case.wait(lambda: bool(case.ask(case.traffic.allowed, timeout=ATTEMPT_SECONDS).arrivals), NOTICE_SECONDS)
    if took is None:
        return failed(f"no replica serves within {NOTICE_SECONDS} s after one was {how}")
    return passed(f"served by another one {took:.2f} s after one was {how}")


def outage(case: Case) -> Outcome:
    """While Snyk is away no client is replaced, and afterwards all connect again.

    The longest outage that the health check bears begins just after a probe and ends just before the one that would be
    the last: ECS replaces a container after `retries` probes that failed one after the other.
    """
    check = case.health_check
    interval, retries = check["interval"], check["retries"]
    lasts = interval * retries - max(1, interval // 10)
    failures = dict.fromkeys(case.alive, 0)
    for replica in failures:
        _cut(case, replica)
    start = time.monotonic()
    for probe in range(1, retries):
        _until(case, start + probe * interval)
        probing = [threading.Thread(target=_probe, args=(case, replica, failures)) for replica in failures]
        for thread in probing:
            thread.start()
        for thread in probing:
            thread.join()
    _until(case, start + lasts)
    for replica in failures:
        replica.proxy.mend()
    ended = [replica for replica in failures if not replica.lives]
    if ended:
        return failed(f"a client ended during an outage of {lasts} s. Log: {ended[0].log}")
    if max(failures.values()) >= retries:
        return failed(f"ECS would replace the clients during an outage of {lasts} s")
    took = case.wait(lambda: case.all_connected(case.alive), RECONNECT_SECONDS + lasts)
    if took is None:
        return failed(f"the clients do not connect again after an outage of {lasts} s")
    return passed(
        f"{lasts} s without Snyk: {max(failures.values())} failed probes of {retries}, no restart; all connected again"
        f" {took:.0f} s later"
    )


def _until(case: Case, moment: float) -> None:
    case.wait(lambda: time.monotonic() >= moment, math.inf)


def _probe(case: Case, replica: Replica, failures: dict[Replica, int]) -> None:
    failures[replica] = 0 if case.healthy(replica) else failures[replica] + 1


def _cut(case: Case, replica: Replica) -> None:
    replica.proxy.cut(case.hosts.broker)
