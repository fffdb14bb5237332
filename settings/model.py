"""The settings of one stack. Keys are written in camelCase in the stack file."""

import re
from ipaddress import IPv4Network, ip_network
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic.alias_generators import to_camel

from broker import image
from broker.catalogue import CATALOGUE
from broker.regions import REGIONS, Endpoints
from broker.rollout import MAX_CLIENTS
from settings.fargate import MEMORY_BY_CPU
from settings.subnets import MAX_ZONES
from settings.values import (
    Cidr,
    Digest,
    PrefixListId,
    Repository,
    RuleDescription,
    SecretId,
    SecurityGroupId,
    SubnetId,
    Url,
    Version,
    VpcId,
    one_of,
)

# API reference of PutRetentionPolicy.
RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip

# Snyk's page: 1 CPU and 256 MB. The smallest size that Fargate offers with a whole CPU.
CPU, MEMORY = 1024, 2048


class Model(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, strict=True, validate_default=False
    )


def _one_of(model: Model, *names: str) -> None:
    given = [name for name in names if getattr(model, name) is not None]
    if len(given) != 1:
        keys = [to_camel(name) for name in names]
        raise ValueError(f"takes exactly one of {', '.join(keys[:-1])} and {keys[-1]}")


class Snyk(Model):
    """Where the organisation lives: a region of Snyk, or both URLs of a single tenant."""

    region: Annotated[str, one_of(REGIONS)] | None = Field(default=None, examples=["SNYK-EU-01"])
    broker_url: Url | None = Field(default=None, examples=["https://broker.acme.snyk.io"])
    api_url: Url | None = Field(default=None, examples=["https://api.acme.snyk.io"])

    @model_validator(mode="after")
    def _region_or_urls(self) -> "Snyk":
        urls = [url for url in (self.broker_url, self.api_url) if url]
        if len(urls) != (0 if self.region else 2):
            raise ValueError("takes either region, or brokerUrl and apiUrl")
        if any(not url.startswith("https://") for url in urls):
            raise ValueError("brokerUrl and apiUrl must start with https://: the tunnel carries credentials")
        return self

    @property
    def endpoints(self) -> Endpoints:
        if self.region:
            return REGIONS[self.region]
        return Endpoints(self.broker_url or "", self.api_url or "")


class NewNetwork(Model):
    """A VPC of the stack's own."""

    cidr: Cidr = Field(examples=["10.40.0.0/16"])
    zones: int = Field(default=2, ge=2, le=MAX_ZONES, examples=[2])
    nat_gateways: Annotated[str, one_of(("perZone", "single"))] = Field(default="perZone", examples=["perZone"])

    @field_validator("cidr")
    @classmethod
    def _divisible(cls, value: str) -> str:
        block = ip_network(value)
        if not isinstance(block, IPv4Network) or not 16 <= block.prefixlen <= 23:  # noqa: PLR2004
            raise ValueError("must be an IPv4 block from /16 to /23, to be divided into subnets")
        return value


class ExistingNetwork(Model):
    """A VPC that is there already. Its private subnets must reach the internet on port 443."""

    vpc_id: VpcId = Field(examples=["vpc-0a1b2c3d4e5f67890"])
    private_subnet_ids: tuple[SubnetId, ...] = Field(
        examples=[["subnet-0a1b2c3d4e5f67890", "subnet-0f9e8d7c6b5a43210"]]
    )
    public_subnet_ids: tuple[SubnetId, ...] = Field(default=(), examples=[["subnet-01234567890abcdef"]])

    @field_validator("private_subnet_ids", "public_subnet_ids")
    @classmethod
    def _distinct(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if len(set(value)) != len(value):
            raise ValueError("names a subnet twice")
        if info.field_name == "private_subnet_ids" and len(value) < 2:  # noqa: PLR2004
            raise ValueError("needs two subnets or more, in different zones")
        return value


class Network(Model):
    create: NewNetwork | None = Field(default=None, examples=[{"cidr": "10.40.0.0/16", "zones": 2}])
    existing: ExistingNetwork | None = Field(
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
        _one_of(self, "create", "existing")
        return self


class Source(Model):
    """Who may reach the client's port."""

    cidr: Cidr | None = Field(default=None, examples=["10.20.0.0/16"])
    security_group: SecurityGroupId | None = Field(default=None, examples=["sg-0a1b2c3d4e5f67890"])
    prefix_list: PrefixListId | None = Field(default=None, examples=["pl-0a1b2c3d4e5f67890"])
    reason: RuleDescription | None = Field(
        default=None, validate_default=True, examples=["Webhooks of the GitHub Enterprise appliance"]
    )

    @field_validator("reason")
    @classmethod
    def _needed(cls, value: str | None, info: ValidationInfo) -> str | None:
        cidr = info.data.get("cidr")
        if not value and cidr and ip_network(cidr).prefixlen == 0:
            raise ValueError("is required for an entry that opens the port to the whole internet")
        return value

    @model_validator(mode="after")
    def _one(self) -> "Source":
        _one_of(self, "cidr", "security_group", "prefix_list")
        return self

    @property
    def value(self) -> str:
        """The one source that is given: what tells two rules apart."""
        return self.cidr or self.security_group or self.prefix_list or ""


class ImageSettings(Model):
    """Which image the client runs. Its tag is the version, a hyphen and the type."""

    repository: Repository = Field(default=image.REPOSITORY, examples=[image.REPOSITORY])
    version: Version = Field(default=image.VERSION, examples=[image.VERSION])
    digest: Digest | None = Field(default=None, examples=["sha256:" + "0" * 64])
    # A secret with username and password of the registry, as ECS reads it.
    pull_credential: SecretId | None = Field(default=None, examples=["snyk-broker/docker-hub"])


class Size(Model):
    """What Fargate reserves for one client."""

    cpu: Annotated[int, one_of(MEMORY_BY_CPU)] = Field(default=CPU, examples=[CPU])  # CPU units, 1024 to a vCPU
    memory: int = Field(default=MEMORY, validate_default=True, examples=[MEMORY])  # MiB

    @field_validator("memory")
    @classmethod
    def _pair(cls, value: int, info: ValidationInfo) -> int:
        offered = sorted(MEMORY_BY_CPU.get(info.data.get("cpu", 0), {value}))
        if value not in offered:
            raise ValueError(
                f"must be {', '.join(map(str, offered))} (MiB) beside cpu {info.data['cpu']}:"
                " Fargate offers no other pair"
            )
        return value


class Defaults(Model):
    """What holds for every integration that does not say otherwise itself."""

    replicas: int = Field(default=2, ge=1, le=MAX_CLIENTS, examples=[2])
    secret: SecretId | None = Field(default=None, examples=["snyk-broker/prod/github/credentials"])
    inbound: tuple[Source, ...] = Field(default=(), examples=[[{"cidr": "10.20.0.0/16"}]])
    client_url: Url | None = Field(default=None, examples=["http://snyk-broker.acme.internal:8000"])
    image: ImageSettings = Field(default=ImageSettings(), examples=[{"version": image.VERSION}])
    size: Size = Field(default=Size(), examples=[{"cpu": CPU, "memory": MEMORY}])
    log_retention_days: Annotated[int, one_of(RETENTION_DAYS)] = Field(default=30, examples=[90])

    @field_validator("inbound")
    @classmethod
    def _distinct(cls, value: tuple[Source, ...]) -> tuple[Source, ...]:
        sources = [source.value for source in value]
        twice = next((source for source in sources if sources.count(source) > 1), None)
        if twice:
            raise ValueError(f"names {twice} twice")
        return value

    @field_validator("client_url")
    @classmethod
    def _reachable(cls, value: str | None) -> str | None:
        if value and re.match(r"https?://(localhost|127\.|\[::1\])", value):
            raise ValueError("must be the address at which others reach the client, which localhost is not")
        return value


class Integration(Defaults):
    """One system that Snyk reaches through the Broker."""

    type: Annotated[str, one_of(CATALOGUE)] = Field(examples=["github-com"])


# Names of roles hold the key and end within IAM's 64 characters; ECS service names take the same letters.
Key = Annotated[str, Field(pattern=r"^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$")]


class StackSettings(Model):
    """Everything a stack file says under the project's own namespace."""

    snyk: Snyk = Field(examples=[{"region": "SNYK-EU-01"}])
    network: Network = Field(examples=[{"create": {"cidr": "10.40.0.0/16", "zones": 2}}])
    defaults: Defaults = Field(default=Defaults(), examples=[{"replicas": 2}])
    integrations: dict[Key, Integration] = Field(min_length=1, examples=[{"github": {"type": "github-com"}}])
