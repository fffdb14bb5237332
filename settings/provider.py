"""Pulumi's AWS provider as the stack file configures it: aws:profile, aws:assumeRoles and so on.

The program leaves it to Pulumi. The commands reach AWS without Pulumi, so they have to know whom it would be there.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Annotated, cast

from pydantic import BeforeValidator, Field
from pydantic.alias_generators import to_camel

from settings.base import Model, model_keys
from settings.leaks import ENCRYPTED
from settings.parse import validated
from settings.problems import Problem
from settings.values import AccountId, Duration, ExternalId, Region, RoleArn, Web


def _truth(value: object) -> object:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


Name = Annotated[str, Field(min_length=1)]
Flag = Annotated[bool, BeforeValidator(_truth)]  # a text, as all of the provider's single values


class AssumedRole(Model):
    """A role that the calls go out under. Of several, each is assumed with the one before."""

    role_arn: RoleArn = Field(description="The role", examples=["arn:aws:iam::123456789012:role/deployer"])
    session_name: Name | None = Field(description="Name of the session", default=None, examples=["snyk-broker"])
    external_id: ExternalId | None = Field(description="What its trust asks for", default=None, examples=["acme-1"])
    duration: Duration | None = Field(description="How long a session lasts", default=None, examples=["1h30m"])
    policy: Name | None = Field(description="A policy that restricts the session", default=None, examples=["{}"])
    policy_arns: tuple[Name, ...] = Field(
        description="Policies that restrict the session",
        default=(),
        examples=[["arn:aws:iam::123456789012:policy/broker"]],
    )
    source_identity: Name | None = Field(description="Who it is for", default=None, examples=["jane"])
    tags: dict[str, str] = Field(description="Tags of the session", default={}, examples=[{"team": "security"}])
    transitive_tag_keys: tuple[Name, ...] = Field(
        description="Which of them stay in further sessions", default=(), examples=[["team"]]
    )


class Provider(Model):
    """What says in which account calls are made, as whom and to which address. The commands do the same."""

    profile: Name | None = Field(description="A profile of the AWS configuration", default=None, examples=["prod"])
    shared_config_files: tuple[Name, ...] = Field(
        description="In place of ~/.aws/config", default=(), examples=[["~/.aws/config"]]
    )
    shared_credentials_files: tuple[Name, ...] = Field(
        description="In place of ~/.aws/credentials", default=(), examples=[["~/.aws/credentials"]]
    )
    assume_roles: tuple[AssumedRole, ...] = Field(
        description="Roles to assume, one after the other",
        default=(),
        examples=[[{"roleArn": "arn:aws:iam::123456789012:role/deployer"}]],
    )
    allowed_account_ids: tuple[AccountId, ...] = Field(
        description="No other account is touched", default=(), examples=[["123456789012"]]
    )
    forbidden_account_ids: tuple[AccountId, ...] = Field(
        description="These accounts are not touched", default=(), examples=[["123456789012"]]
    )
    endpoints: tuple[dict[str, Web], ...] = Field(
        description="Addresses of services in place of AWS's own",
        default=(),
        examples=[[{"secretsmanager": "https://secretsmanager.acme.internal"}]],
    )
    sts_region: Region | None = Field(description="Where roles are assumed", default=None, examples=["eu-central-1"])
    custom_ca_bundle: Name | None = Field(
        description="A file with certificate authorities", default=None, examples=["/etc/ssl/acme.pem"]
    )
    use_fips_endpoint: Flag = Field(description="Endpoints with FIPS", default=False, examples=[True])
    use_dualstack_endpoint: Flag = Field(description="Endpoints with IPv6", default=False, examples=[True])
    skip_metadata_api_check: Flag = Field(
        description="No credentials of the machine are used", default=False, examples=[True]
    )

    def __hash__(self) -> int:
        return hash(self.model_dump_json())  # maps have no hash of their own


# What the commands do not do, and what does the same for them and for Pulumi.
NOT_FOLLOWED: Mapping[str, str] = {
    **dict.fromkeys(
        ("accessKey", "secretKey", "token"),
        "is a credential, and the commands decrypt none: leave it to the environment, or to a profile with aws:profile",
    ),
    "assumeRoleWithWebIdentity": "AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE in the environment say the same",
    "insecure": "credentials would go where nobody has verified; name the authority with aws:customCaBundle",
    "httpProxy": "HTTP_PROXY in the environment says the same",
    "httpsProxy": "HTTPS_PROXY in the environment says the same",
    "noProxy": "NO_PROXY in the environment says the same",
    "ec2MetadataServiceEndpoint": "AWS_EC2_METADATA_SERVICE_ENDPOINT in the environment says the same",
    "ec2MetadataServiceEndpointMode": "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE in the environment says the same",
}

# What changes neither account nor caller nor address, so that it is Pulumi's alone.
OF_PULUMI_ALONE = frozenset(
    {
        "defaultTags",
        "ignoreTags",
        "maxRetries",
        "retryMode",
        "s3UsEast1RegionalEndpoint",
        "s3UsePathStyle",
        "skipCredentialsValidation",
        "skipRegionValidation",
        "skipRequestingAccountId",
        "tagPolicyCompliance",
        "tokenBucketRateLimiterCapacity",
        "userAgents",
        # Of the engine, for every provider.
        "version",
        "pluginDownloadURL",
    }
)

_KNOWN = ("region", *model_keys(Provider), *NOT_FOLLOWED, *OF_PULUMI_ALONE)
_PREFIX = "aws:"


@dataclass(frozen=True)
class ReadProvider:
    settings: Provider | None
    not_followed: tuple[str, ...]  # what keeps the commands from being the same as Pulumi, and what to do
    problems: tuple[Problem, ...]


def read_provider(config: Mapping[str, object]) -> ReadProvider:
    """The provider of a whole configuration, whose structured values are structured."""
    ours = {key.removeprefix(_PREFIX): value for key, value in config.items() if key.startswith(_PREFIX)}
    encrypted = {key for key, value in ours.items() if _encrypted(value)}
    values = {key: _handed_over(ours[key]) for key in model_keys(Provider) if key in ours and key not in encrypted}
    settings, problems = validated(Provider, values, ())
    placed = (replace(problem, path=(_PREFIX + str(problem.path[0]), *problem.path[1:])) for problem in problems)
    return ReadProvider(settings, tuple(_not_followed(ours, encrypted, settings)), (*placed, *_unknown(ours)))


def _unknown(ours: Mapping[str, object]) -> Iterator[Problem]:
    """The provider refuses them too, when it is configured: after the program has begun."""
    for key in ours:
        if key not in _KNOWN:
            shown = key if key.isprintable() else ascii(key)
            near = get_close_matches(key, _KNOWN, n=1)
            hint = f"; did you mean {_PREFIX}{near[0]}?" if near else ""
            yield Problem((_PREFIX + shown,), f"is no setting of Pulumi's AWS provider{hint}")


def _not_followed(ours: Mapping[str, object], encrypted: set[str], settings: Provider | None) -> Iterator[str]:
    for key, value in ours.items():
        if key in NOT_FOLLOWED and value not in (False, "false"):
            yield f"{_PREFIX}{key}: {NOT_FOLLOWED[key]}"
        elif key in encrypted and key not in OF_PULUMI_ALONE:
            yield f"{_PREFIX}{key}: is encrypted, and the commands decrypt nothing; it is no secret: write it in plain"
    for name in ("shared_config_files", "shared_credentials_files"):
        if len(getattr(settings, name, ())) > 1:
            yield f"{_PREFIX}{to_camel(name)}: the commands read one file, so put all into one"


def _encrypted(value: object) -> bool:
    if isinstance(value, dict):
        inner = cast("dict[str, object]", value)
        return ENCRYPTED in inner or any(map(_encrypted, inner.values()))
    return isinstance(value, list) and any(map(_encrypted, cast("list[object]", value)))


def _handed_over(value: object) -> object:
    """Single values as Pulumi hands them to the provider: as texts."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def seconds(duration: str) -> int:
    """The seconds of a duration such as 1h30m."""
    units = {"h": 3600, "m": 60, "s": 1}
    return sum(int(count) * units[unit] for count, unit in re.findall(r"(\d+)([hms])", duration))
