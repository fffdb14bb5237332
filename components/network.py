"""Where tasks run: private subnets that reach the internet, in a VPC of the deployment's own or one that is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from components.args import Inputs
from ecs.subnets import divide

ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class ExistingNetworkArgs:
    vpc_id: pulumi.Input[str]
    private_subnet_ids: Inputs  # in two zones or more, with a way to the internet on port 443
    public_subnet_ids: Inputs = ()
    private_route_table_ids: Inputs = ()  # where routes to what the clients reach inside would stand
    nat_public_ips: Inputs = ()  # from which the clients come, seen from outside
    outbound: Sequence[pulumi.Resource] = ()  # without which nothing in a private subnet reaches anything

    @property
    def outputs(self) -> Mapping[str, Any]:
        """What other programs may know of it: docs/outputs.md."""
        return {
            "vpcId": self.vpc_id,
            "privateSubnetIds": self.private_subnet_ids,
            "publicSubnetIds": self.public_subnet_ids,
            "privateRouteTableIds": self.private_route_table_ids,
            "natPublicIps": self.nat_public_ips,
        }


@dataclass(frozen=True, kw_only=True)
class NewNetworkArgs:
    cidr: str  # IPv4, from /16 to /23
    # Names of two or more availability zones, each with its place among the region's, from 0 to 5: it decides on the
    # zone's blocks, so that a zone that comes or goes moves no subnet of another.
    zones: Mapping[str, int]
    nat_per_zone: bool = True  # else a single NAT gateway, which is cheaper and a single point of failure
    tags: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])


class Network(pulumi.ComponentResource):
    """A VPC with a private and a public subnet in each zone."""

    def __init__(self, name: str, args: NewNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("snyk-broker:index:Network", name, None, opts)
        self._name = name
        self._tags = args.tags
        self._below = pulumi.ResourceOptions(parent=self)
        self.made = self._create(args)
        self.register_outputs(self.made.outputs)

    def _create(self, args: NewNetworkArgs) -> ExistingNetworkArgs:
        vpc = aws.ec2.Vpc(
            self._name,
            cidr_block=args.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._named(""),
            opts=self._below,
        )
        gateway = aws.ec2.InternetGateway(
            self._name,
            vpc_id=vpc.id,
            tags=self._named(""),
            # Moved to another VPC it would leave the running clients without a way out.
            opts=pulumi.ResourceOptions(parent=self, replace_on_changes=["vpcId"]),
        )
        public_table = aws.ec2.RouteTable(
            f"{self._name}-public", vpc_id=vpc.id, tags=self._named("public"), opts=self._below
        )
        to_internet = aws.ec2.Route(
            f"{self._name}-public",
            route_table_id=public_table.id,
            destination_cidr_block=ANYWHERE,
            gateway_id=gateway.id,
            opts=self._below,
        )
        public: list[aws.ec2.Subnet] = []
        private: list[aws.ec2.Subnet] = []
        tables: list[aws.ec2.RouteTable] = []
        nats: list[aws.ec2.NatGateway] = []
        outbound: list[pulumi.Resource] = [to_internet]
        blocks_by_place = divide(args.cidr)
        # Keyed by zone, as AWS names it, so that a further zone leaves the others as they are.
        for zone, place in args.zones.items():
            blocks = blocks_by_place[place]
            public.append(self._subnet(vpc, zone, "public", blocks.public))
            in_public_table = self._associate(public[-1], public_table, f"public-{zone}")
            if args.nat_per_zone or not nats:
                # Until its subnet has a route to the internet, a NAT gateway would come up without a way out.
                nats.append(self._nat(public[-1], zone, needs=[to_internet, in_public_table]))
            private.append(self._subnet(vpc, zone, "private", blocks.private))
            table = aws.ec2.RouteTable(
                f"{self._name}-private-{zone}",
                vpc_id=vpc.id,
                tags=self._named(f"private-{zone}"),
                opts=self._below,
            )
            tables.append(table)
            to_nat = aws.ec2.Route(
                f"{self._name}-private-{zone}",
                route_table_id=table.id,
                destination_cidr_block=ANYWHERE,
                nat_gateway_id=nats[-1].id,
                opts=self._below,
            )
            outbound += [in_public_table, to_nat, self._associate(private[-1], table, f"private-{zone}")]
        return ExistingNetworkArgs(
            vpc_id=vpc.id,
            private_subnet_ids=[subnet.id for subnet in private],
            public_subnet_ids=[subnet.id for subnet in public],
            private_route_table_ids=[table.id for table in tables],
            nat_public_ips=[nat.public_ip for nat in nats],
            outbound=(*outbound, *nats),
        )

    def _subnet(self, vpc: aws.ec2.Vpc, zone: str, kind: str, block: str) -> aws.ec2.Subnet:
        return aws.ec2.Subnet(
            f"{self._name}-{kind}-{zone}",
            vpc_id=vpc.id,
            cidr_block=block,
            availability_zone=zone,
            tags=self._named(f"{kind}-{zone}"),
            opts=self._below,
        )

    def _associate(
        self, subnet: aws.ec2.Subnet, table: aws.ec2.RouteTable, purpose: str
    ) -> aws.ec2.RouteTableAssociation:
        return aws.ec2.RouteTableAssociation(
            f"{self._name}-{purpose}", subnet_id=subnet.id, route_table_id=table.id, opts=self._below
        )

    def _nat(self, subnet: aws.ec2.Subnet, zone: str, needs: Sequence[pulumi.Resource]) -> aws.ec2.NatGateway:
        address = aws.ec2.Eip(
            f"{self._name}-{zone}",
            domain="vpc",
            tags=self._named(f"nat-{zone}"),
            # A gateway in another subnet needs another address, as long as the old one holds this.
            opts=pulumi.ResourceOptions(parent=self, replace_with=[subnet]),
        )
        return aws.ec2.NatGateway(
            f"{self._name}-{zone}",
            subnet_id=subnet.id,
            allocation_id=address.id,
            tags=self._named(zone),
            opts=pulumi.ResourceOptions(parent=self, depends_on=needs),
        )

    def _named(self, purpose: str) -> Mapping[str, pulumi.Input[str]]:
        """The stack's tags and the name that the console shows."""
        return {**self._tags, "Name": "-".join(filter(None, (self._name, purpose)))}
