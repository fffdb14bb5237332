"""Services that come up, and services that do not: as ECS and the official provider have it."""

import json
import uuid
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox import local_ecs
from sandbox.local_aws import Cause, When
from sandbox.local_ecs import Failure
from sandbox.providers.base.wire import Properties
from tests.sandbox.providers.aws.cases import World, containers, service, task_definition
from tests.sandbox.providers.driver import Driver, Made, RefusalError, kinds

SERVICE, DEFINITION = "aws:ecs/service:Service", "aws:ecs/taskDefinition:TaskDefinition"
TAGS = {"snyk-broker:stack": "one", "snyk-broker:integration": "gitlab"}
WHOSE = ("one", "gitlab")


@pytest.fixture
def inputs(world: World) -> Properties:
    return {"name": f"gitlab-{uuid.uuid4().hex[:7]}", **service(world), "tags": TAGS}


@dataclass(frozen=True)
class Ecs:
    """What ECS tells of the service."""

    client: Any
    cluster: str
    name: str

    def service(self) -> Any:
        [found] = self.client.describe_services(cluster=self.cluster, services=[self.name])["services"]
        return found

    def tasks(self, status: str = "RUNNING") -> list[Any]:
        listed = self.client.list_tasks(cluster=self.cluster, serviceName=self.name, desiredStatus=status)["taskArns"]
        return self.client.describe_tasks(cluster=self.cluster, tasks=listed)["tasks"] if listed else []

    def deployments(self) -> list[str]:
        listed = self.client.list_service_deployments(cluster=self.cluster, service=self.name)["serviceDeployments"]
        return [one["status"] for one in listed]


@pytest.fixture
def ecs(clients: Any, world: World, inputs: Properties) -> Ecs:
    return Ecs(clients("ecs"), world.cluster().id, inputs["name"])


@pytest.fixture
def made(aws: Driver, inputs: Properties) -> Made:
    return aws.create(SERVICE, inputs)


@pytest.fixture(autouse=True)
def _no_order_is_left() -> Generator[None]:
    yield
    local_ecs.failures.clear()


def another(aws: Driver, world: World, image: str) -> Made:
    return aws.create(DEFINITION, {**task_definition(world, "rolled"), "containerDefinitions": containers(image)})


@pytest.mark.usefixtures("made")
def test_a_service_runs_as_many_tasks_as_wanted(ecs: Ecs, world: World) -> None:
    found = ecs.service()
    assert (found["desiredCount"], found["runningCount"], found["pendingCount"]) == (2, 2, 0)
    assert [one["rolloutState"] for one in found["deployments"]] == ["COMPLETED"]
    assert ecs.deployments() == ["SUCCESSFUL"]
    assert [task["healthStatus"] for task in ecs.tasks()] == ["HEALTHY", "HEALTHY"]


def test_scaling_is_no_deployment(aws: Driver, made: Made, inputs: Properties, ecs: Ecs, world: World) -> None:
    before = {task["taskArn"] for task in ecs.tasks()}
    plain = {name: value for name, value in inputs.items() if name != "forceNewDeployment"}
    scaled = aws.update(made, {**plain, "desiredCount": 3})
    assert before < {task["taskArn"] for task in ecs.tasks()}
    assert ecs.service()["runningCount"] == 3
    assert ecs.deployments() == ["SUCCESSFUL"]
    aws.update(scaled, {**inputs, "desiredCount": 3})
    assert before.isdisjoint(task["taskArn"] for task in ecs.tasks())
    assert ecs.deployments() == ["SUCCESSFUL", "SUCCESSFUL"]


@pytest.mark.parametrize("cause", Cause)
def test_a_first_deployment_that_fails_is_in_the_state_and_the_next_update_waits_for_nothing(
    aws: Driver, inputs: Properties, ecs: Ecs, cause: Cause
) -> None:
    local_ecs.failures[WHOSE] = Failure(When.CREATE, cause)
    words = r"waiting for ECS Service \(arn:.*/gitlab-.*\) create: No rollback candidate was found to run the"
    with pytest.raises(RefusalError, match=words) as refusal:
        aws.create(SERVICE, inputs)
    made = refusal.value.made(SERVICE)
    assert ecs.service()["runningCount"] == 0
    assert [one["rolloutState"] for one in ecs.service()["deployments"]] == ["FAILED"]
    assert len(ecs.tasks("STOPPED")) == local_ecs.FAILED_TASKS
    assert {task["stopCode"] for task in ecs.tasks("STOPPED")} == {local_ecs.CAUSES[cause].stop_code}
    assert kinds(aws.diff(made, inputs)) == {}
    aws.update(made, inputs)  # the empty one that the engine sends
    assert ecs.service()["runningCount"] == 0
    ecs.client.update_service(cluster=ecs.cluster, service=ecs.name, forceNewDeployment=True)
    assert ecs.service()["runningCount"] == 2


def test_scaling_what_does_not_run_waits_in_vain(aws: Driver, inputs: Properties, ecs: Ecs, world: World) -> None:
    local_ecs.failures[WHOSE] = Failure(When.CREATE)
    plain = {name: value for name, value in inputs.items() if name != "forceNewDeployment"}
    with pytest.raises(RefusalError) as refusal:
        aws.create(SERVICE, plain)
    with pytest.raises(RefusalError, match=r"update: timeout while waiting for state to become 'tfSTABLE'"):
        aws.update(refusal.value.made(SERVICE), {**plain, "desiredCount": 1})
    assert ecs.service()["runningCount"] == 0


def test_an_update_that_fails_is_rolled_back_and_seen_one_update_later(
    aws: Driver, made: Made, inputs: Properties, ecs: Ecs, world: World
) -> None:
    first, second = inputs["taskDefinition"], another(aws, world, "nginx:2").state["arn"]
    local_ecs.failures[WHOSE] = Failure(When.UPDATE)
    wanted = {**inputs, "taskDefinition": second}
    with pytest.raises(RefusalError, match=r"update: Service deployment rolled back because the circuit") as refusal:
        aws.update(made, wanted)
    assert ecs.service()["taskDefinition"] == first
    assert {task["taskDefinitionArn"] for task in ecs.tasks()} == {first}
    # As the engine keeps it: the inputs of before, and the state that was wanted.
    failed = Made(SERVICE, made.urn, made.id, made.inputs, refusal.value.made(SERVICE).state)
    assert failed.state["taskDefinition"] == second
    assert kinds(aws.diff(failed, wanted)) == {}
    looked = aws.update(failed, wanted)
    assert looked.state["taskDefinition"] == first
    assert kinds(aws.diff(looked, wanted)) == {"taskDefinition": "UPDATE"}
    aws.update(looked, wanted)
    assert ecs.service()["taskDefinition"] == second


def test_failing_once_and_failing_always(aws: Driver, made: Made, inputs: Properties, ecs: Ecs, world: World) -> None:
    local_ecs.failures[WHOSE] = Failure(When.UPDATE, always=True)
    for image in ("nginx:3", "nginx:4"):
        with pytest.raises(RefusalError, match="rolled back"):
            aws.update(made, {**inputs, "taskDefinition": another(aws, world, image).state["arn"]})
    local_ecs.failures[WHOSE] = Failure(When.CREATE)
    fifth = another(aws, world, "nginx:5").state["arn"]
    aws.update(made, {**inputs, "taskDefinition": fifth})
    assert ecs.service()["taskDefinition"] == fifth


def test_a_deregistered_revision_cannot_be_deployed(
    aws: Driver, made: Made, inputs: Properties, ecs: Ecs, world: World
) -> None:
    gone = another(aws, world, "nginx:6")
    aws.delete(gone)
    with pytest.raises(RefusalError, match=r"\(ClientException\).*TaskDefinition is inactive"):
        aws.update(made, {**inputs, "taskDefinition": gone.state["arn"]})
    assert ecs.service()["taskDefinition"] == inputs["taskDefinition"]


def with_linux(world: World, linux: Properties) -> Properties:
    [container] = json.loads(containers())
    container["linuxParameters"] = linux
    return {**task_definition(world, "linux"), "containerDefinitions": json.dumps([container])}


@pytest.mark.parametrize(
    ("capabilities", "replaced"),
    [
        ({"drop": ["ALL"]}, True),
        ({"add": [], "drop": ["ALL"]}, False),
        ({"add": ["SYS_PTRACE"]}, True),
        ({"add": ["SYS_PTRACE"], "drop": []}, False),
    ],
)
def test_a_list_that_ecs_adds_to_the_capabilities_replaces_the_definition_every_time(
    aws: Driver, world: World, capabilities: Properties, *, replaced: bool
) -> None:
    inputs = with_linux(world, {"initProcessEnabled": True, "capabilities": capabilities})
    made = aws.create(DEFINITION, inputs)
    assert list(aws.diff(made, inputs).replaces) == ["containerDefinitions"] * replaced
    found = aws.read(made)
    assert found
    assert list(aws.diff(found, inputs).replaces) == ["containerDefinitions"] * replaced
