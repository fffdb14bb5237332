import re

import pulumi
import pytest

from tests.components.recording import Aws, Inputs, Recorded, Resource, built

SERVICE = "aws:ecs/service:Service"
NAME, NETWORK = "snyk-broker-github", "snyk-broker-network"


def with_replicas(replicas: int) -> Resource:
    return built({"defaults": {"replicas": replicas}}).one(SERVICE)


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    return built({"integrations": {"github": {"type": "github-com", "inbound": [{"cidr": "10.20.0.0/16"}]}}})


@pytest.fixture(scope="module")
def service(recorded: Recorded) -> Resource:
    return recorded.one(SERVICE)


@pytest.mark.parametrize(("replicas", "minimum", "maximum"), [(1, 100, 200), (2, 100, 150), (3, 66, 100), (4, 75, 100)])
def test_replicas_bound_the_rollout(replicas: int, minimum: int, maximum: int) -> None:
    inputs = with_replicas(replicas).inputs
    assert inputs["desiredCount"] == replicas
    assert inputs["deploymentMinimumHealthyPercent"] == minimum
    assert inputs["deploymentMaximumPercent"] == maximum


@pytest.mark.parametrize(
    "needed",
    [
        ("aws:iam/rolePolicy:RolePolicy", f"{NAME}-exec"),
        ("aws:cloudwatch/logGroup:LogGroup", NAME),
        ("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", f"{NAME}-https"),
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", f"{NAME}-from-10.20.0.0/16"),
        ("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", "snyk-broker"),
        ("aws:ec2/route:Route", f"{NETWORK}-public"),
        *(
            (type_, f"{NETWORK}-{purpose}eu-central-1{zone}")
            for zone in "ab"
            for type_, purpose in (
                ("aws:ec2/natGateway:NatGateway", ""),
                ("aws:ec2/route:Route", "private-"),
                ("aws:ec2/routeTableAssociation:RouteTableAssociation", "private-"),
                ("aws:ec2/routeTableAssociation:RouteTableAssociation", "public-"),
            )
        ),
    ],
    ids="-".join,
)
def test_the_first_tasks_start_after(needed: tuple[str, str], recorded: Recorded, service: Resource) -> None:
    assert needed in recorded.needs(service)


def test_the_tasks_run_in_private_subnets_without_public_addresses(recorded: Recorded, service: Resource) -> None:
    assert service.inputs["networkConfiguration"] == {
        "subnets": [f"{NETWORK}-private-eu-central-1{zone}-id" for zone in "ab"],
        "securityGroups": [f"{NAME}-id"],
        "assignPublicIp": False,
    }


def test_a_deployment_that_fails_is_rolled_back_and_fails_the_update(service: Resource) -> None:
    assert service.inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert service.inputs["waitForSteadyState"] is True
    assert service.request.customTimeouts.create == service.request.customTimeouts.update == "45m"


def test_the_capacity_is_fargate_by_strategy_and_never_by_launch_type(service: Resource) -> None:
    assert service.inputs["capacityProviderStrategies"] == [{"capacityProvider": "FARGATE", "weight": 1}]
    assert "launchType" not in service.inputs


def test_a_change_that_needs_no_new_clients_forces_no_deployment(service: Resource) -> None:
    assert "forceNewDeployment" not in service.inputs


def test_whoever_interrupts_an_update_leaves_no_half_rollout(service: Resource) -> None:
    assert service.inputs["sigintRollback"] is True


def test_a_revision_that_ecs_may_go_back_to_is_kept(recorded: Recorded) -> None:
    assert recorded.one("aws:ecs/taskDefinition:TaskDefinition").inputs["skipDestroy"] is True


EVENT = "(service github) deployment failed: tasks failed to start."
DOWN: Inputs = {"runningCount": 0, "events": [{"message": EVENT, "createdAt": "", "id": ""}]}
BACK: Inputs = {"taskDefinition": "arn:aws:ecs:eu-central-1:123456789012:task-definition/snyk-broker:7"}


@pytest.mark.parametrize(
    ("state", "words"),
    [(DOWN, f"none of 2 tasks runs.*ECS says: {re.escape(EVENT)}"), (BACK, "ECS went back to revision 7")],
    ids=["down", "back"],
)
def test_an_update_that_ends_without_the_wanted_clients_fails(state: Inputs, words: str) -> None:
    with pytest.raises(pulumi.RunError, match=rf"(?s)^github: {words}.*ops clients why test github"):
        built(aws=Aws(services={"github": state}))


def test_fewer_clients_than_wanted_are_a_warning() -> None:
    said = built(aws=Aws(services={"github": {"runningCount": 1, "pendingCount": 1}})).log
    assert any("github: 1 of 2 tasks run" in line for line in said)
    assert not any("tasks run" in line for line in built().log)


def test_a_preview_only_warns_of_clients_that_do_not_run() -> None:
    # What a preview knows of a service that is there and does not change.
    said = built(aws=Aws(services={"github": DOWN}, deployed=True), preview=True).log
    assert any("none of 2 tasks runs" in line for line in said)


def test_no_more_tasks_start_than_the_rollout_allows(service: Resource) -> None:
    assert service.inputs["availabilityZoneRebalancing"] == "DISABLED"


def test_nobody_gets_a_shell_in_a_client(service: Resource) -> None:
    assert service.inputs["enableExecuteCommand"] is False


def test_tasks_carry_the_service_s_tags(service: Resource) -> None:
    assert service.inputs["propagateTags"] == "SERVICE"


def test_what_a_preview_may_not_look_up_it_leaves_alone() -> None:
    refused: Inputs = {"refused": "AccessDeniedException: not authorized to perform: ecs:DescribeServices"}
    said = built(aws=Aws(services={"github": refused}, deployed=True), preview=True)
    assert not any("tasks" in line for line in said.log)
    assert said.exports["integrations"]["github"]["serviceArn"]
    with pytest.raises(pulumi.RunError, match=r"github: whether its tasks run cannot be looked up: .*AccessDenied"):
        built(aws=Aws(services={"github": refused}))
