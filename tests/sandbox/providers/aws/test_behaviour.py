"""What the official provider does beside the plain calls."""

import json
from collections.abc import Generator
from typing import Any

import pytest

from sandbox.providers.aws import api
from sandbox.providers.aws.provider import AwsProvider
from tests.sandbox.providers.aws.cases import (
    ACCOUNT,
    READ_ONLY,
    REGION,
    TRUST,
    World,
    containers,
    policy,
    service,
    task_definition,
)
from tests.sandbox.providers.driver import Driver, RefusalError, kinds

VPC, ROLE = "aws:ec2/vpc:Vpc", "aws:iam/role:Role"


def test_a_new_security_group_lets_nothing_out(aws: Driver, world: World, clients: Any) -> None:
    made = aws.create("aws:ec2/securityGroup:SecurityGroup", {"vpcId": world.vpc()})
    [group] = clients("ec2").describe_security_groups(GroupIds=[made.id])["SecurityGroups"]
    assert group["IpPermissionsEgress"] == []
    assert group["Description"] == "Managed by Pulumi"


def test_another_kind_of_source_replaces_a_rule_and_another_value_does_not(aws: Driver, world: World) -> None:
    token = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    inputs = {"securityGroupId": world.group(), "cidrIpv4": "10.0.0.0/8", "ipProtocol": "-1"}
    made = aws.create(token, inputs)
    assert kinds(aws.diff(made, {**inputs, "cidrIpv4": "10.1.0.0/16"})) == {"cidrIpv4": "UPDATE"}
    by_group = {"securityGroupId": world.group(), "referencedSecurityGroupId": world.group(), "ipProtocol": "-1"}
    assert kinds(aws.diff(made, by_group)) == {
        "cidrIpv4": "DELETE_REPLACE",
        "referencedSecurityGroupId": "ADD_REPLACE",
    }
    assert "fromPort" not in made.state
    aws.delete(made)


@pytest.mark.parametrize("direction", ["Ingress", "Egress"])
def test_a_rule_that_is_there_is_refused_whatever_its_description(direction: str, aws: Driver, world: World) -> None:
    token = f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule"
    inputs = {"securityGroupId": world.group(), "ipProtocol": "tcp", "fromPort": 3129, "toPort": 3129}
    peers = ({"cidrIpv4": "0.0.0.0/0"}, {"cidrIpv6": "::/0"}, {"cidrIpv4": "10.0.0.0/8"})
    made = [aws.create(token, {**inputs, **peer, "description": "One"}) for peer in peers]
    words = rf"\(InvalidPermission\.Duplicate\) when calling the AuthorizeSecurityGroup{direction} operation"
    for peer in peers:
        with pytest.raises(RefusalError, match=words):
            aws.create(token, {**inputs, **peer, "description": "Two"})
    for one in made:
        aws.delete(one)


def test_the_address_of_a_deleted_nat_gateway_is_free(aws: Driver, world: World) -> None:
    address = aws.create("aws:ec2/eip:Eip", {"domain": "vpc"})
    inputs = {"subnetId": world.subnet(), "allocationId": address.id}
    for _ in range(2):
        aws.delete(aws.create("aws:ec2/natGateway:NatGateway", inputs))
    aws.delete(address)


def test_a_log_group_has_an_arn_without_a_star(aws: Driver) -> None:
    made = aws.create("aws:cloudwatch/logGroup:LogGroup", {"name": "starless"})
    assert made.state["arn"] == f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:starless"
    assert made.state["retentionInDays"] == 0


def test_what_is_not_to_be_destroyed_stays(aws: Driver, clients: Any) -> None:
    made = aws.create("aws:cloudwatch/logGroup:LogGroup", {"name": "kept", "skipDestroy": True})
    aws.delete(made)
    assert clients("logs").describe_log_groups(logGroupNamePrefix="kept")["logGroups"]


def test_every_registration_is_a_revision_and_the_old_one_goes(aws: Driver, world: World, clients: Any) -> None:
    token = "aws:ecs/taskDefinition:TaskDefinition"
    first = aws.create(token, task_definition(world, "revised"))
    changed = {**task_definition(world, "revised"), "containerDefinitions": containers("nginx:2")}
    answer = aws.diff(first, changed)
    assert list(answer.replaces) == ["containerDefinitions"]
    assert not answer.deleteBeforeReplace
    second = aws.create(token, changed)
    assert (first.state["revision"], second.state["revision"]) == (1, 2)
    assert first.id == second.id == "revised"
    assert second.state["arn"].endswith("task-definition/revised:2")
    assert second.state["arnWithoutRevision"].endswith("task-definition/revised")
    aws.delete(first)
    listed = clients("ecs").list_task_definitions(familyPrefix="revised")["taskDefinitionArns"]
    assert listed == [second.state["arn"]]


def test_container_definitions_that_mean_the_same_replace_nothing(aws: Driver, world: World) -> None:
    inputs = task_definition(world, "same")
    made = aws.create("aws:ecs/taskDefinition:TaskDefinition", inputs)
    [container] = json.loads(containers())
    container["environment"].reverse()
    container["portMappings"] = [{"containerPort": 8000}]
    container["healthCheck"] |= {"interval": 30, "timeout": 5, "retries": 3}
    container |= {"essential": True, "cpu": 0, "mountPoints": [], "secrets": []}
    same = {**inputs, "containerDefinitions": json.dumps([container], indent=2), "cpu": ".25 vCPU", "memory": "0.5 GB"}
    assert kinds(aws.diff(made, same)) == {}
    container["environment"][0]["value"] = "other"
    different = {**inputs, "containerDefinitions": json.dumps([container])}
    assert list(aws.diff(made, different).replaces) == ["containerDefinitions"]


def test_a_service_holds_what_the_local_aws_drops_at_the_create(aws: Driver, world: World, clients: Any) -> None:
    made = aws.create("aws:ecs/service:Service", {"name": "held", **service(world)})
    [live] = clients("ecs").describe_services(cluster=world.cluster().id, services=["held"])["services"]
    assert live["deploymentConfiguration"] == {
        "maximumPercent": 100,
        "minimumHealthyPercent": 66,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
    }
    assert live["availabilityZoneRebalancing"] == "DISABLED"
    assert live["capacityProviderStrategy"] == [{"capacityProvider": "FARGATE", "weight": 1}]
    assert "launchType" not in made.state
    by_name = {**made.inputs, "cluster": world.cluster().state["name"]}
    assert kinds(aws.diff(made, {n: v for n, v in by_name.items() if n not in ("tagsAll", "__defaults")})) == {}
    aws.delete(made)
    [live] = clients("ecs").describe_services(cluster=world.cluster().id, services=["held"])["services"]
    assert (live["status"], live["desiredCount"]) == ("INACTIVE", 0)


def test_a_policy_is_compared_by_what_it_says(aws: Driver, world: World) -> None:
    inputs = {"role": world.role().id, "name": "said", "policy": policy("s3:GetObject")}
    made = aws.create("aws:iam/rolePolicy:RolePolicy", inputs)
    document = json.loads(inputs["policy"])
    document["Statement"] = {**document["Statement"][0], "Action": "s3:GetObject"}
    assert kinds(aws.diff(made, {**inputs, "policy": json.dumps(document, indent=1)})) == {}


def test_a_role_with_policies_is_deleted_only_when_it_may_be(aws: Driver) -> None:
    made = aws.create(ROLE, {"name": "full", "assumeRolePolicy": TRUST})
    aws.create("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"role": "full", "policyArn": READ_ONLY})
    with pytest.raises(
        RefusalError, match=r"An error occurred \(DeleteConflict\) when calling the DeleteRole operation"
    ):
        aws.delete(made)
    aws.delete(aws.update(made, {"name": "full", "assumeRolePolicy": TRUST, "forceDetachPolicies": True}))
    assert aws.read(made) is None


def test_a_role_is_made_with_path_and_boundary_and_the_boundary_is_taken_away_where_it_is(
    aws: Driver, clients: Any
) -> None:
    inputs = {"assumeRolePolicy": TRUST, "path": "/team/eu/"}
    made = aws.create(ROLE, {**inputs, "permissionsBoundary": READ_ONLY})
    assert made.state["arn"] == f"arn:aws:iam::{ACCOUNT}:role/team/eu/{made.id}"
    assert made.state["permissionsBoundary"] == READ_ONLY
    assert kinds(aws.diff(made, inputs)) == {"permissionsBoundary": "DELETE"}
    bare = aws.update(made, inputs)
    assert "PermissionsBoundary" not in clients("iam").get_role(RoleName=made.id)["Role"]
    assert "permissionsBoundary" not in bare.state
    assert kinds(aws.diff(bare, {**inputs, "path": "/team/"})) == {"path": "UPDATE_REPLACE"}
    aws.delete(bare)


def test_an_explicit_name_is_given_up_before_it_is_taken_again(aws: Driver) -> None:
    made = aws.create(ROLE, {"name": "explicit", "assumeRolePolicy": TRUST})
    assert aws.diff(made, {"name": "explicit", "assumeRolePolicy": TRUST, "path": "/b/"}).deleteBeforeReplace
    automatic = aws.create(ROLE, {"assumeRolePolicy": TRUST})
    assert not aws.diff(automatic, {"assumeRolePolicy": TRUST, "path": "/b/"}).deleteBeforeReplace


def test_what_was_left_out_and_added_by_hand_is_drift(aws: Driver, clients: Any) -> None:
    inputs = {"name": "undescribed", "assumeRolePolicy": TRUST}
    made = aws.create(ROLE, inputs)
    clients("iam").update_role(RoleName="undescribed", Description="By hand")
    drifted = aws.read(made)
    assert drifted
    assert kinds(aws.diff(drifted, inputs)) == {"description": "DELETE"}
    aws.update(drifted, inputs)
    assert clients("iam").get_role(RoleName="undescribed")["Role"].get("Description", "") == ""


def test_tags_added_and_removed_by_hand_are_drift(aws: Driver, clients: Any) -> None:
    inputs = {"cidrBlock": "10.3.0.0/16", "tags": {"team": "one"}}
    made = aws.create(VPC, inputs)
    clients("ec2").delete_tags(Resources=[made.id], Tags=[{"Key": "team"}])
    clients("ec2").create_tags(Resources=[made.id], Tags=[{"Key": "hand", "Value": "made"}])
    drifted = aws.read(made)
    assert drifted
    assert drifted.inputs["tags"] == {"hand": "made"}
    repaired = aws.update(drifted, inputs)
    assert repaired.state["tagsAll"] == {"team": "one"}
    [vpc] = clients("ec2").describe_vpcs(VpcIds=[made.id])["Vpcs"]
    assert vpc["Tags"] == [{"Key": "team", "Value": "one"}]


@pytest.fixture
def tagging(endpoint: str) -> Generator[Driver]:
    """Gives a provider with default tags."""
    tags = {"tags": {"stack": "prod", "team": "all"}}
    driver = Driver(AwsProvider(), {"region": "us-east-1", "defaultTags": json.dumps(tags)})
    yield driver
    driver.close()


def test_default_tags(aws: Driver, tagging: Driver, clients: Any) -> None:
    inputs = {"cidrBlock": "10.4.0.0/16", "region": REGION, "tags": {"team": "one"}}
    made = tagging.create(VPC, inputs)
    assert made.state["tags"] == {"team": "one"}
    assert made.state["tagsAll"] == {"stack": "prod", "team": "one"}
    found = tagging.read(made)
    assert found
    assert found.inputs == made.inputs
    # Seen by a provider without them, they are to be removed.
    assert kinds(aws.diff(made, inputs)) == {"tagsAll.stack": "DELETE"}
    aws.update(made, inputs)
    assert clients("ec2").describe_vpcs(VpcIds=[made.id])["Vpcs"][0]["Tags"] == [{"Key": "team", "Value": "one"}]


def test_a_resource_can_have_a_region_of_its_own(tagging: Driver, clients: Any) -> None:
    made = tagging.create(VPC, {"cidrBlock": "10.5.0.0/16", "region": REGION})
    assert clients("ec2", REGION).describe_vpcs(VpcIds=[made.id])["Vpcs"]
    assert made.state["region"] == REGION
    assert kinds(tagging.diff(made, {"cidrBlock": "10.5.0.0/16"}))["region"] == "UPDATE_REPLACE"
    tagging.delete(made)
    assert tagging.read(made) is None


def test_a_failure_after_the_create_keeps_what_was_made(
    aws: Driver, clients: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = api.Api.call

    def failing(self: api.Api, service_: str, operation: str, /, **parameters: Any) -> api.Body:
        if operation == "ModifyVpcAttribute":
            raise RuntimeError("the connection broke")
        return call(self, service_, operation, **parameters)

    inputs = {"cidrBlock": "10.6.0.0/16", "enableDnsHostnames": True}
    complete = aws.checked(VPC, inputs)
    with monkeypatch.context() as broken:
        broken.setattr(api.Api, "call", failing)
        with pytest.raises(RefusalError, match="the connection broke") as refusal:
            aws.create_unchecked(VPC, complete)
    made = refusal.value.made(VPC)
    assert clients("ec2").describe_vpcs(VpcIds=[made.id])["Vpcs"]
    assert made.inputs == complete
    # As with the official provider: the inputs look the same, so the next update only looks, and another one mends.
    assert kinds(aws.diff(made, inputs)) == {}
    seen = aws.update(made, inputs)
    assert seen.state["enableDnsHostnames"] is False
    assert kinds(aws.diff(seen, inputs)) == {"enableDnsHostnames": "UPDATE"}
    finished = aws.update(seen, inputs)
    assert finished.state["enableDnsHostnames"] is True
    attribute = clients("ec2").describe_vpc_attribute(VpcId=made.id, Attribute="enableDnsHostnames")
    assert attribute["EnableDnsHostnames"] == {"Value": True}


def test_a_failed_update_keeps_the_resource_in_the_state(aws: Driver) -> None:
    made = aws.create("aws:ec2/internetGateway:InternetGateway", {})
    with pytest.raises(
        RefusalError, match=r"\(InvalidVpcID\.NotFound\) when calling the AttachInternetGateway"
    ) as refusal:
        aws.update(made, {"vpcId": "vpc-0123"})
    assert refusal.value.made(made.token).id == made.id


def test_a_create_that_aws_refuses_leaves_nothing(aws: Driver, world: World) -> None:
    token = "aws:ec2/subnet:Subnet"
    inputs = {"vpcId": world.vpc(), "cidrBlock": "10.200.50.0/24"}
    aws.create(token, inputs)
    with pytest.raises(RefusalError, match=r"An error occurred \(InvalidSubnet\.Conflict\)") as refusal:
        aws.create(token, inputs)
    assert refusal.value.partial is None


def test_updating_what_is_gone_says_so(aws: Driver) -> None:
    made = aws.create(ROLE, {"name": "gone", "assumeRolePolicy": TRUST})
    aws.delete(made)
    with pytest.raises(RefusalError, match="gone does not exist any more: refresh the stack"):
        aws.update(made, {"name": "gone", "assumeRolePolicy": TRUST, "description": "x"})


def test_settings_that_change_nothing_here_are_accepted(endpoint: str) -> None:
    settings = {
        "region": REGION,
        "accessKey": "x",
        "secretKey": "y",
        "skipCredentialsValidation": "true",
        "endpoints": json.dumps([{"ec2": "http://127.0.0.1:1"}]),
    }
    driver = Driver(AwsProvider(), settings)
    assert driver.invoke("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == ACCOUNT
    driver.close()


def test_an_association_that_was_moved_is_still_the_one_to_delete(aws: Driver, world: World, clients: Any) -> None:
    token, subnet = "aws:ec2/routeTableAssociation:RouteTableAssociation", world.subnet(9)
    made = aws.create(token, {"routeTableId": world.table(3), "subnetId": subnet})
    moved = aws.update(made, {"routeTableId": world.table(4), "subnetId": subnet})  # AWS gives it another id
    aws.delete(moved)
    [table] = clients("ec2").describe_route_tables(RouteTableIds=[world.table(4)])["RouteTables"]
    assert table["Associations"] == []
