"""What holds for an integration of any type."""

from ipaddress import ip_network
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from broker import image
from broker.egress import HTTPS
from broker.reference import DOCKER_HUB, parse
from broker.rollout import MAX_CLIENTS
from ecs.compute import FARGATE
from settings.base import MISPLACED, Model, exactly_one
from settings.values import (
    IAC_EXTENSIONS,
    Cidr,
    Digest,
    Email,
    Extensions,
    Port,
    PrefixListId,
    Repository,
    RuleDescription,
    SecretId,
    SecurityGroupId,
    Url,
    Version,
    one_of,
)

# API reference of PutRetentionPolicy.
RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip

# Snyk's page: 1 CPU and 256 MB. The smallest size that Fargate offers with a whole CPU.
CPU, MEMORY = 1024, 2048


LOG_LEVELS = ("trace", "debug", "info", "warn", "error")


class Source(Model):
    """Who may reach the client's port."""

    cidr: Cidr | None = Field(description="A block of addresses, IPv4 or IPv6", default=None, examples=["10.20.0.0/16"])
    security_group: SecurityGroupId | None = Field(
        description="Everything in this security group", default=None, examples=["sg-0a1b2c3d4e5f67890"]
    )
    prefix_list: PrefixListId | None = Field(
        description="The addresses in this prefix list", default=None, examples=["pl-0a1b2c3d4e5f67890"]
    )
    reason: RuleDescription | None = Field(
        description="Why, for the rule's description; required for the whole internet",
        default=None,
        validate_default=True,
        examples=["Webhooks of the GitHub Enterprise appliance"],
    )

    @field_validator("reason")
    @classmethod
    def _needed(cls, value: str | None, info: ValidationInfo) -> str | None:
        cidr = info.data.get("cidr")
        if not value and cidr and ip_network(cidr).prefixlen == 0:
            raise ValueError("is required for an entry that opens the port to the whole internet")
        return value

    @model_validator(mode="after")
    def _one(self) -> Self:
        exactly_one(self, "cidr", "security_group", "prefix_list")
        return self

    @property
    def value(self) -> str:
        """The one source that is given: what tells two rules apart."""
        return self.cidr or self.security_group or self.prefix_list or ""


class Destination(Source):
    """Where the client may connect to on another port than 443."""

    port: Port = Field(description="The TCP port", examples=[8443])

    @model_validator(mode="after")
    def _not_there_already(self) -> Self:
        if self.port == HTTPS and self.cidr == "0.0.0.0/0":
            # Twice, AWS would refuse it.
            raise PydanticCustomError(MISPLACED, "is there already: 443 is open to every address")
        return self


class ImageSettings(Model):
    """Which image the client runs. Its tag says version, base and type."""

    repository: Repository = Field(
        description="The image's repository, without tag. One in ECR is pulled with the execution role",
        default=image.REPOSITORY,
        examples=[image.REPOSITORY],
    )
    version: Version = Field(
        description="The client's release. The tag is the version, a hyphen and the type's image tag",
        default=image.VERSION,
        examples=[image.VERSION],
    )
    base: Annotated[str, one_of(image.BASES)] = Field(
        description="What the image is made on. `rhel-ubi` is Red Hat's Universal Base Image, whose tag is"
        " `<version>-rhel-ubi-<type>`. It decides which user the client runs as, so it must be right for a `digest`"
        " and for images in a `repository` of your own too",
        default=image.UBUNTU,
        examples=["rhel-ubi"],
    )
    digest: Digest | None = Field(
        description="Pins the image to the byte", default=None, examples=["sha256:" + "0" * 64]
    )
    pull_credential: SecretId | None = Field(
        description="A secret with `username` and `password` for the registry, by name or ARN",
        default=None,
        examples=["snyk-broker/docker-hub"],
    )

    @field_validator("repository")
    @classmethod
    def _released(cls, value: str) -> str:
        named = parse(value)
        if named.registry == DOCKER_HUB and named.repository.startswith("snyk/") and named != parse(image.REPOSITORY):
            raise ValueError(f"must be {image.REPOSITORY}: Snyk has no other repository of released clients")
        return value

    @field_validator("version")
    @classmethod
    def _known(cls, value: str) -> str:
        if image.release(value) < image.release(image.OLDEST):
            raise ValueError(f"must be {image.OLDEST} or newer: older clients do not know all of the accept flags")
        return value


class Size(Model):
    """What is reserved for one client. Which pairs there are depends on what it runs on."""

    cpu: Annotated[int, Field(ge=1)] = Field(
        description="CPU units, 1024 to a vCPU",
        default=CPU,
        examples=[CPU],
        json_schema_extra={"enum": list(FARGATE.memory_by_cpu)},
    )
    memory: Annotated[int, Field(ge=1)] = Field(
        description="MiB, one that Fargate offers beside the CPU units", default=MEMORY, examples=[MEMORY]
    )


class Common(Model):
    """Keys of every integration, and of the defaults for all of them."""

    replicas: int = Field(
        description="How many clients; Snyk accepts up to four per Broker token",
        default=2,
        ge=1,
        le=MAX_CLIENTS,
        examples=[2],
    )
    high_availability: bool = Field(
        description="Whether Snyk spreads requests over the clients; off is possible with one",
        default=True,
        validate_default=True,
        examples=[True],
    )
    secret: SecretId | None = Field(
        description="The secret with the credentials, by name or ARN; else `<project>/<stack>/<name>/credentials`."
        " Never in `defaults`",
        default=None,
        examples=["snyk-broker/prod/github/credentials"],
    )
    inbound: tuple[Source, ...] = Field(
        description="Who may reach the client's port 8000; nobody by default",
        default=(),
        examples=[[{"cidr": "10.20.0.0/16"}]],
    )
    egress: tuple[Destination, ...] = Field(
        description="Where the clients may connect to on ports other than 443. A port of a host that the integration"
        " names itself, such as `host: git.acme.internal:7990`, is open to every address unless an entry here names it",
        default=(),
        examples=[[{"cidr": "10.30.0.0/16", "port": 8443}]],
    )
    client_url: Url | None = Field(
        description="The URL at which the connected system, or the registry agent, reaches the clients. Without it, a"
        " source-code manager is told to send its webhooks to Snyk's API",
        default=None,
        examples=["http://snyk-broker.acme.internal:8000"],
    )
    image: ImageSettings = Field(
        description="Which image runs", default=ImageSettings(), examples=[{"version": image.VERSION}]
    )
    size: Size = Field(
        description="What is reserved for one client", default=Size(), examples=[{"cpu": CPU, "memory": MEMORY}]
    )
    log_retention_days: Annotated[int, one_of(RETENTION_DAYS)] = Field(
        description="How long CloudWatch keeps the logs, in days", default=30, examples=[90]
    )
    log_level: Annotated[str, one_of(LOG_LEVELS)] = Field(
        description="How much the client logs; `debug` may log credentials", default="info", examples=["info"]
    )
    validation_url: Url | None = Field(
        description="The URL that the client's `/systemcheck` calls to try the credential, if not the image's default",
        default=None,
        examples=["https://github.acme.internal/api/v3/user"],
    )
    environment: dict[str, str] = Field(
        description="Further variables of the client, such as `HTTPS_PROXY` and `NO_PROXY`; no credentials",
        default={},
        examples=[{"HTTPS_PROXY": "http://proxy.acme.internal:3128"}],
    )
    secret_environment: tuple[str, ...] = Field(
        description="Names of further variables whose values the secret holds, such as pools, or a proxy's URL with a"
        " password in it",
        default=(),
        examples=[["GITHUB_TOKEN_POOL"]],
    )

    @field_validator("high_availability")
    @classmethod
    def _alone(cls, value: bool, info: ValidationInfo) -> bool:  # noqa: FBT001
        if not value and info.data.get("replicas", 1) > 1:
            raise ValueError("can be false with one replica only: Snyk would use the newest client and no other")
        return value

    @field_validator("inbound", "egress")
    @classmethod
    def _distinct(cls, value: tuple[Source, ...]) -> tuple[Source, ...]:
        entries = [(entry.value, getattr(entry, "port", None)) for entry in value]
        twice = next((entry for entry in entries if entries.count(entry) > 1), None)
        if twice:
            raise ValueError(f"names {twice[0]} twice")
        return value


class CodeRules(Model):
    """Keys of source-code managers: what Snyk may read there."""

    infrastructure_as_code: Extensions = Field(
        description="File extensions that Snyk may read to find Infrastructure as Code; `false` for none. The rules of"
        " Snyk Code let single files through as well, on GitHub those outside of folders: `code: off` ends that",
        default=IAC_EXTENSIONS,
        examples=[["tf", "yaml"]],
    )
    code: Annotated[str, one_of(("brokered", "off"))] = Field(
        description="Whether Snyk Code may clone repositories: `brokered` or `off`",
        default="brokered",
        examples=["brokered"],
    )
    essentials: bool = Field(
        description="Whether Snyk Essentials may read what it needs", default=True, examples=[True]
    )
    pr_templates: bool = Field(
        description="Whether Snyk may read templates of pull requests", default=True, examples=[True]
    )


class LargeManifests(Model):
    """A key of GitHub: whether Snyk may read manifests of more than 1 MB."""

    large_manifests: bool = Field(
        description="Whether Snyk may read manifests of more than 1 MB", default=False, examples=[True]
    )


class Committer(Model):
    """Who signs Snyk's commits. The key and its passphrase are in the secret."""

    name: Annotated[str, Field(description="The committer's name", min_length=1)] = Field(examples=["Snyk"])
    email: Email = Field(description="The committer's e-mail address", examples=["snyk@acme.example"])


class CommitSigning(Model):
    """A key of GitHub."""

    commit_signing: Committer | None = Field(
        description="Who signs Snyk's commits; the key and its passphrase are in the secret",
        default=None,
        examples=[{"name": "Snyk", "email": "snyk@acme.example"}],
    )
