"""Somebody else's program: a VPC of its own, in a region of its own, with the Broker clients of two organisations."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pulumi
import pulumi_aws as aws

sys.path.insert(0, str(Path(__file__).parents[2]))  # where this project is, as a git submodule for example

from snyk_broker import BrokerDeployment, SecretArgs

config = pulumi.Config()
west = aws.Provider("west", region=config.require("region"))
there = pulumi.ResourceOptions(provider=west)


def network() -> tuple[aws.ec2.Vpc, Sequence[aws.ec2.Subnet], Sequence[pulumi.Resource]]:
    """A VPC, its private subnets, and what must be there before they reach the internet."""
    vpc = aws.ec2.Vpc("acme", cidr_block="10.60.0.0/20", enable_dns_hostnames=True, opts=there)
    gateway = aws.ec2.InternetGateway("acme", vpc_id=vpc.id, opts=there)
    public = aws.ec2.Subnet("public", vpc_id=vpc.id, cidr_block="10.60.15.0/28", opts=there)
    outside = aws.ec2.RouteTable("public", vpc_id=vpc.id, opts=there)
    to_internet = aws.ec2.Route(
        "public", route_table_id=outside.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id, opts=there
    )
    of_public = aws.ec2.RouteTableAssociation("public", subnet_id=public.id, route_table_id=outside.id, opts=there)
    address = aws.ec2.Eip("nat", domain="vpc", opts=there)
    nat = aws.ec2.NatGateway(
        "nat",
        subnet_id=public.id,
        allocation_id=address.id,
        opts=pulumi.ResourceOptions(provider=west, depends_on=[to_internet, of_public]),
    )
    inside = aws.ec2.RouteTable("private", vpc_id=vpc.id, opts=there)
    to_nat = aws.ec2.Route(
        "private", route_table_id=inside.id, destination_cidr_block="0.0.0.0/0", nat_gateway_id=nat.id, opts=there
    )
    zones = aws.get_availability_zones(state="available", opts=pulumi.InvokeOptions(provider=west)).names[:2]
    private = [
        aws.ec2.Subnet(
            f"private-{zone}", vpc_id=vpc.id, cidr_block=f"10.60.{number}.0/24", availability_zone=zone, opts=there
        )
        for number, zone in enumerate(zones)
    ]
    of_private = [
        aws.ec2.RouteTableAssociation(f"private-{zone}", subnet_id=subnet.id, route_table_id=inside.id, opts=there)
        for zone, subnet in zip(zones, private, strict=True)
    ]
    return vpc, private, [to_nat, *of_private]


def secret(name: str) -> SecretArgs:
    """A secret that was stored before: without a value in it, no client could start."""
    found = aws.secretsmanager.get_secret_output(
        name=f"{config.require('secrets')}/{name}", opts=pulumi.InvokeOptions(provider=west)
    )
    return {"arn": found.arn}


vpc, subnets, way_out = network()
for organisation in ("payments", "platform"):
    deployment = BrokerDeployment(
        organisation,
        {
            "snyk": {"region": "SNYK-EU-01"},
            "network": {"vpc_id": vpc.id, "private_subnet_ids": [subnet.id for subnet in subnets]},
            "integrations": {
                "github": {"type": "github-com", "inbound": [{"cidr": "10.61.0.0/16"}]},
                "jira": {"type": "jira", "host": "jira.acme.internal", "replicas": 3},
            },
            "secrets": {key: secret(f"{organisation}/{key}") for key in ("github", "jira")},
            "tags": {"team": organisation, "network": vpc.id},
        },
        pulumi.ResourceOptions(provider=west, depends_on=way_out),
    )
    pulumi.export(organisation, deployment.integrations)
