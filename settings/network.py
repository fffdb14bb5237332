"""Where the clients run."""

from ipaddress import IPv4Network, ip_network
from typing import Annotated, cast

from pydantic import Field, ValidationInfo, field_validator, model_validator

from ecs.subnets import MAX_ZONES
from settings.base import Model, exactly_one
from settings.values import Cidr, SubnetId, VpcId, one_of


class NewNetwork(Model):
    """A VPC of the stack's own."""

    cidr: Cidr = Field(description="The VPC's addresses, IPv4, from /16 to /23", examples=["10.40.0.0/16"])
    zones: int = Field(
        description="In how many availability zones clients run", default=2, ge=2, le=MAX_ZONES, examples=[2]
    )
    nat_gateways: Annotated[str, one_of(("perZone", "single"))] = Field(
        description="A NAT gateway for each zone, or a single one, which is cheaper and a single point of failure",
        default="perZone",
        examples=["perZone"],
    )

    @field_validator("cidr")
    @classmethod
    def _divisible(cls, value: str) -> str:
        block = ip_network(value)
        if not isinstance(block, IPv4Network) or not 16 <= block.prefixlen <= 23:  # noqa: PLR2004
            raise ValueError("must be an IPv4 block from /16 to /23, to be divided into subnets")
        return value


class ExistingNetwork(Model):
    """A VPC that is there already. Its private subnets must reach the internet on port 443."""

    vpc_id: VpcId = Field(description="The VPC", examples=["vpc-0a1b2c3d4e5f67890"])
    private_subnet_ids: tuple[SubnetId, ...] = Field(
        description="Where clients run: two subnets or more, in different zones, with a way to the internet",
        examples=[["subnet-0a1b2c3d4e5f67890", "subnet-0f9e8d7c6b5a43210"]],
        json_schema_extra={"minItems": 2, "uniqueItems": True},
    )
    public_subnet_ids: tuple[SubnetId, ...] = Field(
        description="For the outputs only", default=(), examples=[["subnet-01234567890abcdef"]]
    )

    @field_validator("private_subnet_ids", "public_subnet_ids")
    @classmethod
    def _distinct(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if len(set(value)) != len(value):
            raise ValueError("names a subnet twice")
        if info.field_name == "private_subnet_ids" and len(value) < 2:  # noqa: PLR2004
            raise ValueError("needs two subnets or more, in different zones")
        return value


class Network(Model):
    create: NewNetwork | None = Field(
        description="A VPC of the stack's own", default=None, examples=[{"cidr": "10.40.0.0/16", "zones": 2}]
    )
    existing: ExistingNetwork | None = Field(
        description="A VPC that is there already",
        default=None,
        examples=[
            {
                "vpcId": "vpc-0a1b2c3d4e5f67890",
                "privateSubnetIds": ["subnet-0a1b2c3d4e5f67890", "subnet-0f9e8d7c6b5a43210"],
            }
        ],
    )

    @model_validator(mode="after")
    def _one(self) -> "Network":
        exactly_one(self, "create", "existing")
        return self

    @property
    def chosen(self) -> NewNetwork | ExistingNetwork:
        return self.create or cast("ExistingNetwork", self.existing)
