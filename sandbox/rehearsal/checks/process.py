"""Checks of the client as a process in a container."""

import signal
import threading
import time

from sandbox.rehearsal.checks.base import Case, Outcome, failed, passed, skipped
from sandbox.rehearsal.declared import Limit
from sandbox.rehearsal.recorder import SIZE

ANSWERS = 200
ANSWER_BYTES = 1_000_000
SNYK_STATES = 256  # MB of memory for a client
SAMPLE_SECONDS = 0.05
PROBE_SECONDS = 1


def port(case: Case) -> Outcome:
    """The client listens at the port that the task definition opens."""
    declared = case.deployed.port
    replica = case.alive[0]
    if not replica.container.isolated:
        return skipped("no network namespace on this machine, so the clients' ports are others")
    if not replica.listens(declared):
        return failed(
            f"nothing listens at the container's port {declared}; the client listens at PORT, {replica.port}: webhooks"
            " would not get in"
        )
    return passed(f"the client listens at {declared}, in a network of its own")


def memory(case: Case) -> Outcome:
    """Large answers and the health check together stay within the memory that the task has."""
    peaks: list[float] = []
    done = threading.Event()

    def sample() -> None:
        while not done.wait(SAMPLE_SECONDS):
            peaks.append(max((replica.container.memory() for replica in case.alive), default=0))

    def probe() -> None:
        while not done.wait(PROBE_SECONDS):
            for replica in case.alive:
                case.healthy(replica)

    threads = [threading.Thread(target=work, daemon=True) for work in (sample, probe)]
    for thread in threads:
        thread.start()
    try:
        sizes = [len(case.ask(case.traffic.allowed, {SIZE: str(ANSWER_BYTES)}).answer.body) for _ in range(ANSWERS)]
    finally:
        done.set()
        for thread in threads:
            thread.join()
    if any(not replica.lives for replica in case.replicas):
        return failed("a client ended under the load")
    if min(sizes) < ANSWER_BYTES:
        return failed(f"{sum(size < ANSWER_BYTES for size in sizes)} of {ANSWERS} answers of 1 MB did not come back")
    peak, declared = max(peaks), case.deployed.memory
    stated = "within" if peak <= SNYK_STATES else "above"
    told = (
        f"peak of {peak:.0f} MiB; {declared} MiB declared, {case.on(Limit.MEMORY)}; {stated} the {SNYK_STATES} MB that"
        " Snyk states"
    )
    return passed(told) if peak <= declared else failed(f"{told}: the task would be killed")


def stop(case: Case) -> Outcome:
    """SIGTERM ends the client within the time that it has."""
    replica = case.alive[0]
    limit = case.deployed.container.get("stopTimeout", 30)
    if not replica.container.isolated and not replica.container.declared.init:
        return skipped("no process namespace on this machine, so the client is not process 1")
    replica.container.send(signal.SIGTERM)
    start = time.monotonic()
    if not replica.container.wait(limit):
        return failed(
            f"still running {limit} s after SIGTERM, and each rollout waits that long: as process 1 the client ignores"
            " it. initProcessEnabled puts an init before the client"
        )
    return passed(
        f"ended {(time.monotonic() - start) * 1000:.0f} ms after SIGTERM; {limit} s allowed, {case.on(Limit.INIT)}"
    )
