"""The settings of one stack. Keys are written in camelCase in the stack file."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from broker.catalogue import CATALOGUE
from broker.regions import REGIONS, Endpoints
from ecs.names import KEY
from settings.base import MISPLACED, Model
from settings.integration import CodeRules, CommitSigning, Common, LargeManifests
from settings.network import Network
from settings.roles import Roles
from settings.values import Url, one_of


class Snyk(Model):
    """Where the organisation lives: a region of Snyk, or both URLs of a single tenant."""

    region: Annotated[str, one_of(REGIONS)] | None = Field(
        description="Snyk's region, where that is public", default=None, examples=["SNYK-EU-01"]
    )
    broker_url: Url | None = Field(
        description="The Broker server of a single tenant", default=None, examples=["https://broker.acme.snyk.io"]
    )
    api_url: Url | None = Field(
        description="The API of a single tenant", default=None, examples=["https://api.acme.snyk.io"]
    )

    @model_validator(mode="after")
    def _region_or_urls(self) -> "Snyk":
        urls = [url for url in (self.broker_url, self.api_url) if url]
        if len(urls) != (0 if self.region else 2):
            raise ValueError("takes either region, or brokerUrl and apiUrl")
        if any(not url.startswith("https://") for url in urls):
            raise ValueError("brokerUrl and apiUrl must start with https://: the tunnel carries credentials")
        # A single tenant's names are its own, but these begin with what they lead to.
        if urls and (urls[0].startswith("https://api.") or urls[1].startswith(("https://broker.", "https://app."))):
            raise ValueError("brokerUrl and apiUrl are mixed up: one leads to the Broker server, the other to the API")
        public = {url for known in REGIONS.values() for url in (known.broker_url, known.api_url)}
        if public & set(urls) and self.endpoints not in REGIONS.values():
            raise ValueError("brokerUrl and apiUrl do not belong together; region says both at once")
        return self

    @property
    def endpoints(self) -> Endpoints:
        if self.region:
            return REGIONS[self.region]
        return Endpoints(self.broker_url or "", self.api_url or "")


class Defaults(Common, CodeRules, LargeManifests, CommitSigning):
    """What holds for every integration that does not say otherwise itself and whose type has the key."""

    @field_validator("secret")
    @classmethod
    def _of_one(cls, value: str | None) -> str | None:
        if value:
            raise PydanticCustomError(MISPLACED, "cannot be a default: every integration has a secret of its own")
        return value


class Untyped(Common):
    """An integration whose type is not known, so that only what every type has can be checked."""

    model_config = ConfigDict(extra="ignore")

    type: Annotated[str, one_of(CATALOGUE)] = Field(description="Which system it is", examples=["github-com"])


Key = Annotated[str, Field(pattern=f"^{KEY}$")]


class EmbeddedSettings(Model):
    """What a program says that has a network of its own; each integration is its type's model to check."""

    snyk: Snyk = Field(
        description="Where the organisation lives: `region`, or both URLs", examples=[{"region": "SNYK-EU-01"}]
    )
    defaults: Defaults = Field(
        description="What holds for every integration that does not say otherwise",
        default=Defaults(),
        examples=[{"replicas": 2}],
    )
    integrations: dict[Key, dict[str, Any]] = Field(
        description="The systems that Snyk reaches, by a name of your choice: lower-case letters, digits and hyphens",
        min_length=1,
        examples=[{"github": {"type": "github-com"}}],
    )
    roles: Roles = Field(
        description="What your organisation asks of every role that is made: one for each integration",
        default=Roles(),
        examples=[{"permissionsBoundary": "arn:aws:iam::123456789012:policy/boundary"}],
    )


class StackSettings(EmbeddedSettings):
    """Everything a stack file says under the project's own namespace."""

    network: Network = Field(
        description="Where the clients run: `create` or `existing`",
        examples=[{"create": {"cidr": "10.40.0.0/16", "zones": 2}}],
    )
