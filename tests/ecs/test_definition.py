"""A task in the words of ECS."""

from dataclasses import replace
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from broker.task import HealthCheck, Scratch, Task
from ecs.compute import FARGATE
from ecs.definition import Bindings, task_definition
from tests.broker.test_task import AGENT, CLIENT

BINDINGS = Bindings(
    secret="arn:secret",
    region="eu-west-3",
    log_group="group",
    log_prefix="broker",
    pull_credentials={"agent": "arn:pull"},
)
PAIR = Task(
    (
        replace(CLIENT, secrets=("TOKEN", "KEY"), environment={"B": "2", "A": "1"}, after_healthy=("agent",)),
        replace(
            AGENT,
            health_check=HealthCheck(("true",), interval=10, timeout=5, retries=2, start_period=0),
            scratch=(Scratch("/tmp/agent", 64),),  # noqa: S108 - a folder of the container
        ),
    ),
    cpu=2048,
    memory=4096,
    disk=40,
)


@pytest.fixture(scope="module")
def pair() -> dict[str, Any]:
    return task_definition(PAIR, FARGATE, "acme_prod_it", BINDINGS)


def test_a_pair_is_a_task_that_the_api_of_ecs_takes(pair: dict[str, Any]) -> None:
    ecs: Any = botocore.session.get_session().get_service_model("ecs")
    shape = ecs.operation_model("RegisterTaskDefinition").input_shape
    report: Any = ParamValidator().validate(pair, shape)
    assert not report.has_errors(), report.generate_report()


def test_what_holds_for_the_whole_task_is_said_once(pair: dict[str, Any]) -> None:
    assert {key: value for key, value in pair.items() if key != "containerDefinitions"} == {
        "family": "acme_prod_it",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        "cpu": "2048",
        "memory": "4096",
        "ephemeralStorage": {"sizeInGiB": 40},
    }


def test_each_container_has_what_is_its_own(pair: dict[str, Any]) -> None:
    client, agent = pair["containerDefinitions"]
    assert client["portMappings"] == [{"containerPort": 8000, "hostPort": 8000, "protocol": "tcp"}]
    assert [port["containerPort"] for port in agent["portMappings"]] == [8081, 17500]
    assert client["dependsOn"] == [{"containerName": "agent", "condition": "HEALTHY"}]
    assert "dependsOn" not in agent
    assert client["environment"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    assert client["secrets"] == [
        {"name": "KEY", "valueFrom": "arn:secret:KEY::"},
        {"name": "TOKEN", "valueFrom": "arn:secret:TOKEN::"},
    ]
    assert agent["healthCheck"] == {
        "command": ["CMD", "true"],
        "interval": 10,
        "timeout": 5,
        "retries": 2,
        "startPeriod": 0,
    }
    assert agent["linuxParameters"]["tmpfs"] == [{"containerPath": "/tmp/agent", "size": 64}]  # noqa: S108
    assert "tmpfs" not in client["linuxParameters"]
    assert agent["repositoryCredentials"] == {"credentialsParameter": "arn:pull"}
    assert "repositoryCredentials" not in client
    assert {one["logConfiguration"]["options"]["awslogs-region"] for one in (client, agent)} == {"eu-west-3"}


@pytest.mark.parametrize("key", ["portMappings", "environment", "secrets", "healthCheck", "dependsOn"])
def test_what_a_container_does_not_have_is_not_sent(key: str) -> None:
    bare = Task((replace(CLIENT, ports=(), health_check=None),), cpu=256, memory=512)
    found = task_definition(bare, FARGATE, "it", BINDINGS)
    assert key not in found["containerDefinitions"][0]
    assert "ephemeralStorage" not in found


@pytest.mark.parametrize(
    ("cpu", "memory", "part", "offered"),
    [(1000, 2048, "cpu", 1024), (300, 512, "cpu", 256), (1024, 512, "memory", 2048), (256, 4096, "memory", 2048)],
)
def test_a_size_that_fargate_does_not_offer_is_refused_with_the_nearest(
    cpu: int, memory: int, part: str, offered: int
) -> None:
    refusal = FARGATE.refusal(cpu, memory)
    assert refusal
    assert (refusal.part, refusal.offered) == (part, offered)
    assert "Fargate offers nothing else" in refusal.why


def test_every_size_that_fargate_offers_is_taken() -> None:
    pairs = [(cpu, memory) for cpu, sizes in FARGATE.memory_by_cpu.items() for memory in sizes]
    assert len(pairs) == 3 + 4 + 7 + 13 + 23 + 12 + 12
    assert [pair for pair in pairs if FARGATE.refusal(*pair)] == []
