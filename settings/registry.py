"""Which container registry the client's agent reads."""

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from broker.catalogue import REGISTRY_KINDS
from settings.base import MISPLACED, Model
from settings.values import ExternalId, HostAndPath, Region, RoleArn, Url, one_of

_OF_ECR = ("role_arn", "region", "external_id")


class RegistrySettings(Model):
    """One registry. ECR is read with a role, every other kind with credentials in the secret."""

    kind: Annotated[str, one_of(REGISTRY_KINDS)] = Field(description="Which registry it is", examples=["harbor-cr"])
    agent_url: Url = Field(
        description="Where Snyk's registry agent listens", examples=["http://registry-agent.acme.internal:8081"]
    )
    host: HostAndPath | None = Field(
        description="The registry's host; not for ecr",
        default=None,
        validate_default=True,
        examples=["harbor.acme.internal"],
    )
    role_arn: RoleArn | None = Field(
        description="The role that the agent assumes; ecr only",
        default=None,
        validate_default=True,
        examples=["arn:aws:iam::123456789012:role/snyk-ecr"],
    )
    region: Region | None = Field(
        description="The region; ecr only", default=None, validate_default=True, examples=["eu-central-1"]
    )
    external_id: ExternalId | None = Field(
        description="The external id in that role's trust; ecr only", default=None, examples=["0a1b2c3d-snyk"]
    )

    @field_validator("host")
    @classmethod
    def _host(cls, value: str | None, info: ValidationInfo) -> str | None:
        kind = info.data.get("kind")
        if kind == "ecr" and value:
            raise PydanticCustomError(MISPLACED, "is not for ecr, which is found by region and role")
        if kind not in ("ecr", None) and not value:
            raise ValueError(f"is required for {kind}")
        return value

    @field_validator(*_OF_ECR)
    @classmethod
    def _role(cls, value: str | None, info: ValidationInfo) -> str | None:
        kind = info.data.get("kind")
        if kind not in ("ecr", None) and value:
            raise PydanticCustomError(MISPLACED, "is for ecr only, not for {kind}", {"kind": kind})
        if kind == "ecr" and not value and info.field_name != "external_id":
            raise ValueError("is required for ecr")
        return value


class Registry(Model):
    """The key of container registries."""

    registry: RegistrySettings = Field(
        description="Which registry the client's agent reads",
        examples=[
            {
                "kind": "harbor-cr",
                "host": "harbor.acme.internal",
                "agentUrl": "http://registry-agent.acme.internal:8081",
            }
        ],
    )
