import pytest

from tests.components.recording import Recorded, Resource, built

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
    assert service.inputs["forceNewDeployment"] is True
    assert "launchType" not in service.inputs


def test_no_more_tasks_start_than_the_rollout_allows(service: Resource) -> None:
    assert service.inputs["availabilityZoneRebalancing"] == "DISABLED"


def test_nobody_gets_a_shell_in_a_client(service: Resource) -> None:
    assert service.inputs["enableExecuteCommand"] is False


def test_tasks_carry_the_service_s_tags(service: Resource) -> None:
    assert service.inputs["propagateTags"] == "SERVICE"
