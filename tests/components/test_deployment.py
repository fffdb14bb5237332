"""What holds for every resource of a stack."""

from typing import Any

import pulumi_aws
import pytest

from tests.components.recording import SECRET, Aws, Recorded, Resource, built

COMPONENT = "snyk-broker:index:"

PARENTS = {
    f"{COMPONENT}BrokerDeployment": None,
    f"{COMPONENT}Network": "BrokerDeployment",
    f"{COMPONENT}BrokerIntegration": "BrokerDeployment",
    f"{COMPONENT}BrokerTask": "BrokerIntegration",
    f"{COMPONENT}TaskRoles": "BrokerTask",
    f"{COMPONENT}TaskSecurityGroup": "BrokerTask",
    "aws:ecs/cluster:Cluster": "BrokerDeployment",
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": "BrokerDeployment",
    "aws:ec2/vpc:Vpc": "Network",
    "aws:ec2/internetGateway:InternetGateway": "Network",
    "aws:ec2/subnet:Subnet": "Network",
    "aws:ec2/routeTable:RouteTable": "Network",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "Network",
    "aws:ec2/route:Route": "Network",
    "aws:ec2/eip:Eip": "Network",
    "aws:ec2/natGateway:NatGateway": "Network",
    "aws:cloudwatch/logGroup:LogGroup": "BrokerTask",
    "aws:iam/role:Role": "TaskRoles",
    "aws:iam/rolePolicy:RolePolicy": "TaskRoles",
    "aws:ec2/securityGroup:SecurityGroup": "TaskSecurityGroup",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "TaskSecurityGroup",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "TaskSecurityGroup",
    "aws:ecs/taskDefinition:TaskDefinition": "BrokerTask",
    "aws:ecs/service:Service": "BrokerTask",
}
# Names in the state: with another one, a resource of every stack that is there would be replaced.
ZONES = ("eu-central-1a", "eu-central-1b")
NETWORK = {
    *(f"ec2/{type_} snyk-broker-network" for type_ in ("vpc:Vpc", "internetGateway:InternetGateway")),
    *(f"ec2/{type_} snyk-broker-network-public" for type_ in ("routeTable:RouteTable", "route:Route")),
    *(f"ec2/{type_} snyk-broker-network-{zone}" for type_ in ("eip:Eip", "natGateway:NatGateway") for zone in ZONES),
    *(
        f"ec2/{type_} snyk-broker-network-{kind}-{zone}"
        for type_ in ("subnet:Subnet", "routeTableAssociation:RouteTableAssociation")
        for kind in ("public", "private")
        for zone in ZONES
    ),
    *(
        f"ec2/{type_} snyk-broker-network-private-{zone}"
        for type_ in ("routeTable:RouteTable", "route:Route")
        for zone in ZONES
    ),
}
CLIENTS = {
    "ecs/cluster:Cluster snyk-broker",
    "ecs/clusterCapacityProviders:ClusterCapacityProviders snyk-broker",
    "cloudwatch/logGroup:LogGroup snyk-broker-github",
    "iam/role:Role snyk-broker-github-exec",
    "iam/rolePolicy:RolePolicy snyk-broker-github-exec",
    "ec2/securityGroup:SecurityGroup snyk-broker-github",
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule snyk-broker-github-https",
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule snyk-broker-github-from-10.20.0.0/16",
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule snyk-broker-github-from-sg-0a1b2c3d4e5f67890",
    "ecs/taskDefinition:TaskDefinition snyk-broker-github",
    "ecs/service:Service snyk-broker-github",
}
INBOUND = [{"cidr": "10.20.0.0/16"}, {"securityGroup": "sg-0a1b2c3d4e5f67890"}]
GITHUB = {"type": "github-com"}
OTHER_SECRET = "snyk-broker/test/other/credentials"


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    return built({"integrations": {"github": {**GITHUB, "inbound": INBOUND}}})


def facts(recorded: Recorded) -> dict[tuple[str, str], dict[str, Any]]:
    return {resource.key: resource.inputs for resource in recorded.resources}


def test_every_resource_hangs_below_the_component_that_makes_it(recorded: Recorded) -> None:
    found = {
        resource.type: resource.parent.type.removeprefix(COMPONENT) if resource.parent else None
        for resource in recorded.resources
    }
    assert found == PARENTS


def test_logical_names_never_change(recorded: Recorded) -> None:
    found = [f"{resource.type} {resource.name}" for resource in recorded.resources if resource.request.custom]
    assert sorted(found) == sorted(f"aws:{name}" for name in NETWORK | CLIENTS)


def test_every_component_registers_its_outputs(recorded: Recorded) -> None:
    components = {resource.urn for resource in recorded.resources if not resource.request.custom}
    assert components <= set(recorded.finished)


def taggable(resource: Resource) -> bool:
    module, _, name = resource.type.removeprefix("aws:").replace("/", ":").split(":")
    return hasattr(getattr(getattr(pulumi_aws, module), f"{name}Args"), "tags")


def test_every_taggable_resource_is_tagged(recorded: Recorded) -> None:
    stack = {"snyk-broker:project": "snyk-broker", "snyk-broker:stack": "test"}
    tagged = [resource for resource in recorded.resources if resource.request.custom and taggable(resource)]
    assert {"aws:iam/role:Role", "aws:ec2/eip:Eip", "aws:ecs/service:Service"} <= {found.type for found in tagged}
    for resource in tagged:
        integration = {} if "-github" not in resource.name else {"snyk-broker:integration": "github"}
        tags = {key: value for key, value in resource.inputs.get("tags", {}).items() if key != "Name"}
        assert tags == stack | integration, resource.key


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"integrations": {"github": GITHUB, "other": GITHUB}}, id="an integration"),
        pytest.param({"network": {"create": {"cidr": "10.40.0.0/16", "zones": 3}}}, id="a zone"),
        pytest.param({"integrations": {"github": {**GITHUB, "inbound": INBOUND}}}, id="inbound sources"),
    ],
)
def test_a_further_one_leaves_the_others_as_they_are(change: dict[str, object]) -> None:
    aws = Aws(secrets={SECRET: {}, OTHER_SECRET: {}})
    before, after = facts(built(aws=aws)), facts(built(change, aws=aws))
    service = ("aws:ecs/service:Service", "snyk-broker-github")
    if "network" in change:  # a service that takes a further subnet is the one thing that changes
        subnets = after[service].pop("networkConfiguration")["subnets"]
        assert subnets[:2] == before[service].pop("networkConfiguration")["subnets"]
    assert len(after) > len(before)
    assert {key: after[key] for key in before} == before


def test_removing_an_inbound_source_leaves_the_rules_of_the_others() -> None:
    both = built({"integrations": {"github": {**GITHUB, "inbound": INBOUND}}})
    last = built({"integrations": {"github": {**GITHUB, "inbound": INBOUND[1:]}}})
    assert last.keys() < both.keys()


def test_integrations_share_nothing_but_network_and_cluster() -> None:
    recorded = built(
        {"integrations": {"github": GITHUB, "other": GITHUB}}, aws=Aws(secrets={SECRET: {}, OTHER_SECRET: {}})
    )
    services = recorded.all("aws:ecs/service:Service")
    for service, other in zip(services, reversed(services), strict=True):
        mine = other.name.removeprefix("snyk-broker-")
        assert not [name for _, name in recorded.needs(service) if mine in name]
        assert service.inputs["cluster"] == other.inputs["cluster"]
        for property_ in ("name", "taskDefinition"):
            assert service.inputs[property_] != other.inputs[property_]
    for type_ in ("iam/role:Role", "cloudwatch/logGroup:LogGroup", "ec2/securityGroup:SecurityGroup"):
        names = [resource.name for resource in recorded.all(f"aws:{type_}")]
        assert len(names) == len(set(names)) == 2


def test_the_logs_are_kept_as_long_as_asked() -> None:
    recorded = built({"defaults": {"logRetentionDays": 365}})
    assert recorded.one("aws:cloudwatch/logGroup:LogGroup").inputs["retentionInDays"] == 365


def test_the_cluster_runs_on_fargate_only(recorded: Recorded) -> None:
    providers = recorded.one("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders").inputs
    assert providers["capacityProviders"] == ["FARGATE"]


def test_a_preview_of_a_new_stack_registers_the_same_with_what_is_known(recorded: Recorded) -> None:
    preview = built({"integrations": {"github": {**GITHUB, "inbound": INBOUND}}}, preview=True)
    assert preview.keys() == recorded.keys()
    service = preview.one("aws:ecs/service:Service").inputs
    assert (service["name"], service["desiredCount"]) == ("github", 2)
    assert preview.exports["integrations"]["github"]["serviceName"] == "github"
    assert preview.log == []
