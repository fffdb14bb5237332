"""What is in a checkout's local AWS, as AWS itself lists it."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.checkout import Checkout


def live(checkout: Checkout) -> dict[str, set[str]]:
    """Returns the ids of what was created, by resource type. What AWS makes by itself is left out."""
    ec2, iam = checkout.aws("ec2"), checkout.aws("iam")
    logs, ecs = checkout.aws("logs"), checkout.aws("ecs")
    vpcs = ids(ec2.describe_vpcs()["Vpcs"], "VpcId", IsDefault=False)
    inside = [{"Name": "vpc-id", "Values": sorted(vpcs) or ["none"]}]
    attached = [{"Name": "attachment.vpc-id", "Values": sorted(vpcs) or ["none"]}]
    clusters = ids(
        ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"], "clusterArn", status="ACTIVE"
    )
    return {
        "aws:ec2/vpc:Vpc": vpcs,
        "aws:ec2/subnet:Subnet": ids(ec2.describe_subnets(Filters=inside)["Subnets"], "SubnetId"),
        "aws:ec2/internetGateway:InternetGateway": ids(
            ec2.describe_internet_gateways(Filters=attached)["InternetGateways"], "InternetGatewayId"
        ),
        "aws:ec2/routeTable:RouteTable": ids(
            [
                table
                for table in ec2.describe_route_tables(Filters=inside)["RouteTables"]
                if not any(association.get("Main") for association in table["Associations"])
            ],
            "RouteTableId",
        ),
        "aws:ec2/eip:Eip": ids(ec2.describe_addresses()["Addresses"], "AllocationId"),
        "aws:ec2/natGateway:NatGateway": ids(
            ec2.describe_nat_gateways()["NatGateways"], "NatGatewayId", State="available"
        ),
        "aws:ec2/securityGroup:SecurityGroup": ids(
            [
                group
                for group in ec2.describe_security_groups(Filters=inside)["SecurityGroups"]
                if group["GroupName"] != "default"
            ],
            "GroupId",
        ),
        "aws:iam/role:Role": ids(iam.list_roles()["Roles"], "RoleName"),
        "aws:cloudwatch/logGroup:LogGroup": ids(logs.describe_log_groups()["logGroups"], "logGroupName"),
        "aws:ecs/cluster:Cluster": clusters,
        "aws:ecs/service:Service": {
            arn for cluster in clusters for arn in ecs.list_services(cluster=cluster)["serviceArns"]
        },
    }


def ids(found: Sequence[Mapping[str, Any]], key: str, **wanted: object) -> set[str]:
    return {one[key] for one in found if all(one[name] == value for name, value in wanted.items())}


def recorded(checkout: Checkout) -> dict[str, set[str]]:
    """Returns the same of the stack's state."""
    in_state = checkout.resources()
    return {kind: {resource["id"] for resource in in_state if resource["type"] == kind} for kind in live(checkout)}
