"""Which containers can be one task."""

from dataclasses import replace

import pytest

from broker.client import HEALTH_CHECK
from broker.task import Container, Task

CLIENT = Container(
    name="client",
    image="acme/client:1",
    environment={},
    secrets=(),
    user="1000",
    read_only_root=True,
    stop_timeout=30,
    ports=(8000,),
    health_check=HEALTH_CHECK,
)
AGENT = replace(CLIENT, name="agent", ports=(8081, 17500))


def test_containers_with_names_and_ports_of_their_own_can() -> None:
    task = Task((replace(CLIENT, after_healthy=("agent",)), AGENT), cpu=1024, memory=2048)
    assert [container.name for container in task.containers] == ["client", "agent"]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        pytest.param(replace(AGENT, name="client"), "one name: client, client", id="one name"),
        pytest.param(replace(AGENT, ports=(17500, 8000)), "one port: 8000, 17500, 8000", id="one port"),
        pytest.param(replace(AGENT, after_healthy=("broker",)), "agent would wait for ever: broker", id="nobody"),
        pytest.param(replace(AGENT, after_healthy=("client",)), "cycle", id="each for the other"),
    ],
)
def test_others_cannot(other: Container, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Task((replace(CLIENT, after_healthy=("agent",) if words == "cycle" else ()), other), cpu=1024, memory=2048)


def test_nobody_waits_for_a_container_that_never_tells_its_health() -> None:
    with pytest.raises(ValueError, match="client would wait for ever: agent"):
        Task((replace(CLIENT, after_healthy=("agent",)), replace(AGENT, health_check=None)), cpu=1024, memory=2048)


def test_nobody_waits_for_itself() -> None:
    with pytest.raises(ValueError, match="cycle"):
        Task((replace(CLIENT, after_healthy=("client",)),), cpu=1024, memory=2048)
