"""One case for every resource type: what it needs, what can be changed, and how it drifts."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.providers.base.wire import Properties
from tests.sandbox.providers.driver import Driver, Made

REGION, ACCOUNT = "eu-central-1", "123456789012"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
READ_ONLY, POWER_USER = "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/PowerUserAccess"


def policy(action: str) -> str:
    statement = {"Effect": "Allow", "Action": [action], "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def containers(image: str = "nginx:1", **more: Any) -> str:
    container = {
        "name": "app",
        "image": image,
        "portMappings": [{"containerPort": 8000, "hostPort": 8000, "protocol": "tcp"}],
        "environment": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}],
        "healthCheck": {"command": ["CMD", "true"]},
    }
    return json.dumps([{**container, **more}])


class World:
    """What resources under test stand on, made when it is first asked for."""

    def __init__(self, aws: Driver) -> None:
        self.aws = aws
        self._made: dict[str, Made] = {}

    def _one(self, key: str, token: str, inputs: Properties) -> Made:
        if key not in self._made:
            self._made[key] = self.aws.create(token, inputs, name=key.replace(" ", "-"))
        return self._made[key]

    def vpc(self, key: str = "world") -> str:
        return self._one(f"vpc {key}", "aws:ec2/vpc:Vpc", {"cidrBlock": "10.200.0.0/16"}).id

    def subnet(self, number: int = 0) -> str:
        inputs = {"vpcId": self.vpc(), "cidrBlock": f"10.200.{number}.0/24"}
        return self._one(f"subnet {number}", "aws:ec2/subnet:Subnet", inputs).id

    def gateway(self) -> str:
        return self._one("gateway", "aws:ec2/internetGateway:InternetGateway", {"vpcId": self.vpc()}).id

    def nat(self, number: int) -> str:
        inputs = {"subnetId": self.subnet(), "allocationId": self.address()}
        return self._one(f"nat {number}", "aws:ec2/natGateway:NatGateway", inputs).id

    def table(self, number: int = 0) -> str:
        return self._one(f"table {number}", "aws:ec2/routeTable:RouteTable", {"vpcId": self.vpc()}).id

    def address(self) -> str:
        """A fresh one: Moto leaves an address associated with a NAT gateway that is gone."""
        return self._one(f"address {len(self._made)}", "aws:ec2/eip:Eip", {"domain": "vpc"}).id

    def group(self, key: str = "world") -> str:
        inputs = {"vpcId": self.vpc(), "description": "x"}
        return self._one(f"group {key}", "aws:ec2/securityGroup:SecurityGroup", inputs).id

    def log_group(self) -> str:
        return self._one("logs", "aws:cloudwatch/logGroup:LogGroup", {}).id

    def role(self, key: str = "world") -> Made:
        return self._one(f"role {key}", "aws:iam/role:Role", {"assumeRolePolicy": TRUST})

    def cluster(self, key: str = "world") -> Made:
        return self._one(f"cluster {key}", "aws:ecs/cluster:Cluster", {})

    def definition(self) -> Made:
        return self._one("definition", "aws:ecs/taskDefinition:TaskDefinition", task_definition(self, "world"))


def task_definition(world: World, family: str) -> Properties:
    return {
        "family": family,
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        "executionRoleArn": world.role().state["arn"],
        "containerDefinitions": containers(),
        "tags": {"team": "one"},
    }


def service(world: World) -> Properties:
    return {
        "cluster": world.cluster().id,
        "taskDefinition": world.definition().state["arn"],
        "desiredCount": 2,
        "capacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1}],
        "forceNewDeployment": True,
        "deploymentMinimumHealthyPercent": 66,
        "deploymentMaximumPercent": 100,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "availabilityZoneRebalancing": "DISABLED",
        "networkConfiguration": {
            "subnets": [world.subnet(0), world.subnet(1)],
            "securityGroups": [world.group()],
            "assignPublicIp": False,
        },
        "enableEcsManagedTags": True,
        "propagateTags": "SERVICE",
        "waitForSteadyState": True,
        "tags": {"team": "one"},
    }


Drift = Callable[[Any, Made], None]


@dataclass(frozen=True)
class Case:
    token: str
    inputs: Callable[[World], Properties]
    # What updates in place, and what replaces.
    change: Callable[[World], Properties] | None = None
    replace: Callable[[World], Properties] = field(default=lambda _world: {})
    # Changes a property behind the provider's back, by boto3 clients.
    drift: tuple[str, Drift] | None = None
    import_id: Callable[[Made], str] = field(default=lambda made: made.id)
    # What stands for its absence, where AWS has nothing that could be absent.
    absent: Properties | None = None

    def __str__(self) -> str:
        return self.token.rpartition(":")[2]


def _no_dns(clients: Any, made: Made) -> None:
    clients("ec2").modify_vpc_attribute(VpcId=made.id, EnableDnsSupport={"Value": False})


def _public(clients: Any, made: Made) -> None:
    clients("ec2").modify_subnet_attribute(SubnetId=made.id, MapPublicIpOnLaunch={"Value": True})


def _detached(clients: Any, made: Made) -> None:
    clients("ec2").detach_internet_gateway(InternetGatewayId=made.id, VpcId=made.state["vpcId"])


def _tagged(clients: Any, made: Made) -> None:
    clients("ec2").create_tags(Resources=[made.id], Tags=[{"Key": "team", "Value": "other"}])


def _rerouted(clients: Any, made: Made) -> None:
    clients("ec2").replace_route(
        RouteTableId=made.state["routeTableId"],
        DestinationCidrBlock=made.state["destinationCidrBlock"],
        GatewayId=clients("ec2").create_internet_gateway()["InternetGateway"]["InternetGatewayId"],
    )


def _port_opened(clients: Any, made: Made) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 8000, "ToPort": 9000, "CidrIpv4": "10.0.0.0/8"}
    clients("ec2").modify_security_group_rules(
        GroupId=made.state["securityGroupId"],
        SecurityGroupRules=[{"SecurityGroupRuleId": made.id, "SecurityGroupRule": rule}],
    )


def _trusted(clients: Any, made: Made) -> None:
    other = TRUST.replace("ecs-tasks", "ec2")
    clients("iam").update_assume_role_policy(RoleName=made.id, PolicyDocument=other)


def _widened(clients: Any, made: Made) -> None:
    clients("iam").put_role_policy(
        RoleName=made.state["role"], PolicyName=made.state["name"], PolicyDocument=policy("s3:*")
    )


def _kept_for_ever(clients: Any, made: Made) -> None:
    clients("logs").delete_retention_policy(logGroupName=made.id)


def _no_insights(clients: Any, made: Made) -> None:
    settings = [{"name": "containerInsights", "value": "disabled"}]
    clients("ecs").update_cluster(cluster=made.id, settings=settings)


def _more_providers(clients: Any, made: Made) -> None:
    clients("ecs").put_cluster_capacity_providers(
        cluster=made.id, capacityProviders=["FARGATE", "FARGATE_SPOT"], defaultCapacityProviderStrategy=[]
    )


def _scaled(clients: Any, made: Made) -> None:
    clients("ecs").update_service(cluster=made.state["cluster"], service=made.id, desiredCount=5)


def _retagged(clients: Any, made: Made) -> None:
    clients("ecs").tag_resource(resourceArn=made.state["arn"], tags=[{"key": "team", "value": "other"}])


def _rule(direction: str) -> Case:
    return Case(
        f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
        lambda world: {
            "securityGroupId": world.group(),
            "description": "Webhooks",
            "cidrIpv4": "10.0.0.0/8",
            "ipProtocol": "tcp",
            "fromPort": 8000,
            "toPort": 8000,
            "tags": {"team": "one"},
        },
        change=lambda _: {"description": "Hooks", "cidrIpv4": "10.1.0.0/16", "toPort": 8010},
        replace=lambda world: {"cidrIpv4": None, "referencedSecurityGroupId": world.group("other")},
        drift=("toPort", _port_opened),
    )


CASES = (
    Case(
        "aws:ec2/vpc:Vpc",
        lambda _: {"cidrBlock": "10.1.0.0/16", "tags": {"team": "one", "Name": "a"}},
        change=lambda _: {"enableDnsHostnames": True, "tags": {"team": "two"}},
        replace=lambda _: {"cidrBlock": "10.2.0.0/16"},
        drift=("enableDnsSupport", _no_dns),
    ),
    Case(
        "aws:ec2/subnet:Subnet",
        lambda world: {"vpcId": world.vpc(), "cidrBlock": "10.200.100.0/24", "availabilityZone": "eu-central-1b"},
        change=lambda _: {"mapPublicIpOnLaunch": True, "tags": {"team": "two"}},
        replace=lambda _: {"availabilityZone": "eu-central-1c"},
        drift=("mapPublicIpOnLaunch", _public),
    ),
    Case(
        "aws:ec2/internetGateway:InternetGateway",
        lambda world: {"vpcId": world.vpc("gateway"), "tags": {"team": "one"}},
        change=lambda world: {"vpcId": world.vpc("another gateway"), "tags": {}},
        drift=("vpcId", _detached),
    ),
    Case(
        "aws:ec2/eip:Eip",
        lambda _: {"domain": "vpc", "tags": {"team": "one"}},
        change=lambda _: {"tags": {"team": "two"}},
        replace=lambda _: {"domain": "standard"},
        drift=("tags", _tagged),
    ),
    Case(
        "aws:ec2/natGateway:NatGateway",
        lambda world: {
            "subnetId": world.subnet(),
            "allocationId": world.address(),
            "tags": {"team": "one"},
        },
        change=lambda _: {"tags": {"team": "two"}},
        replace=lambda world: {"allocationId": world.address()},
        drift=("tags", _tagged),
    ),
    Case(
        "aws:ec2/routeTable:RouteTable",
        lambda world: {"vpcId": world.vpc(), "tags": {"team": "one"}},
        change=lambda _: {"tags": {"team": "two", "Name": "a"}},
        replace=lambda world: {"vpcId": world.vpc("other")},
        drift=("tags", _tagged),
    ),
    Case(
        "aws:ec2/route:Route",
        lambda world: {
            "routeTableId": world.table(9),
            "destinationCidrBlock": "0.0.0.0/0",
            "natGatewayId": world.nat(0),
        },
        change=lambda world: {"natGatewayId": None, "gatewayId": world.gateway()},
        replace=lambda _: {"destinationCidrBlock": "10.9.0.0/16"},
        drift=("natGatewayId", _rerouted),
        import_id=lambda made: f"{made.state['routeTableId']}_{made.state['destinationCidrBlock']}",
    ),
    Case(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        lambda world: {"routeTableId": world.table(1), "subnetId": world.subnet(3)},
        change=lambda world: {"routeTableId": world.table(2)},
        replace=lambda world: {"subnetId": world.subnet(4)},
        import_id=lambda made: f"{made.state['subnetId']}/{made.state['routeTableId']}",
    ),
    Case(
        "aws:ec2/securityGroup:SecurityGroup",
        lambda world: {"vpcId": world.vpc(), "description": "Clients", "name": "clients", "tags": {"team": "one"}},
        change=lambda _: {"tags": {"team": "two"}},
        replace=lambda _: {"description": "Others"},
        drift=("tags", _tagged),
    ),
    _rule("Ingress"),
    _rule("Egress"),
    Case(
        "aws:iam/role:Role",
        lambda _: {"name": "one", "assumeRolePolicy": TRUST, "description": "One", "tags": {"team": "one"}},
        change=lambda _: {
            "description": "Two",
            "assumeRolePolicy": TRUST.replace("ecs-tasks", "ec2"),
            "permissionsBoundary": READ_ONLY,
            "maxSessionDuration": 7200,
            "tags": {"team": "two"},
        },
        replace=lambda _: {"path": "/other/"},
        drift=("assumeRolePolicy", _trusted),
    ),
    Case(
        "aws:iam/rolePolicy:RolePolicy",
        lambda world: {"role": world.role().id, "name": "read", "policy": policy("s3:GetObject")},
        change=lambda _: {"policy": policy("s3:PutObject")},
        replace=lambda world: {"role": world.role("other").id},
        drift=("policy", _widened),
    ),
    Case(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        lambda world: {"role": world.role().id, "policyArn": READ_ONLY},
        replace=lambda _: {"policyArn": POWER_USER},
    ),
    Case(
        "aws:cloudwatch/logGroup:LogGroup",
        lambda _: {"name": "clients", "retentionInDays": 14, "tags": {"team": "one"}},
        change=lambda _: {"retentionInDays": 30, "tags": {"team": "two"}},
        replace=lambda _: {"name": "others"},
        drift=("retentionInDays", _kept_for_ever),
    ),
    Case(
        "aws:ecs/cluster:Cluster",
        lambda _: {
            "name": "one",
            "settings": [{"name": "containerInsights", "value": "enabled"}],
            "tags": {"team": "one"},
        },
        change=lambda _: {
            "settings": [{"name": "containerInsights", "value": "enhanced"}],
            "tags": {"team": "two"},
        },
        replace=lambda _: {"name": "two"},
        drift=("settings", _no_insights),
        import_id=lambda made: made.state["name"],
    ),
    Case(
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        lambda world: {
            "clusterName": world.cluster().state["name"],
            "capacityProviders": ["FARGATE"],
            "defaultCapacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}],
        },
        change=lambda _: {
            "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
            "defaultCapacityProviderStrategies": [{"capacityProvider": "FARGATE_SPOT", "weight": 2, "base": 1}],
        },
        replace=lambda world: {"clusterName": world.cluster("other").state["name"]},
        drift=("capacityProviders", _more_providers),
        absent={"capacityProviders": [], "defaultCapacityProviderStrategies": []},
    ),
    Case(
        "aws:ecs/taskDefinition:TaskDefinition",
        lambda world: task_definition(world, "one"),
        change=lambda _: {"tags": {"team": "two"}},
        replace=lambda _: {"containerDefinitions": containers("nginx:2")},
        drift=("tags", _retagged),
        import_id=lambda made: made.state["arn"],
    ),
    Case(
        "aws:ecs/service:Service",
        lambda world: {"name": "one", **service(world)},
        change=lambda _: {
            "desiredCount": 3,
            "deploymentMaximumPercent": 200,
            "deploymentCircuitBreaker": {"enable": True, "rollback": False},
            "capacityProviderStrategies": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
            "healthCheckGracePeriodSeconds": 30,
            "tags": {"team": "two"},
        },
        replace=lambda _: {"name": "two"},
        drift=("desiredCount", _scaled),
        import_id=lambda made: f"{made.state['cluster'].rpartition('/')[2]}/{made.state['name']}",
    ),
)
