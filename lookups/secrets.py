"""The secrets that the containers read: where they are, and the names of what they hold; never a value."""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import pulumi
from pulumi.output import UNKNOWN
from pulumi_aws.kms import GetAliasResult
from pulumi_aws.secretsmanager import GetSecretResult

from ecs.names import TAG
from lookups.ask import NotFoundError, RefusedError, ask
from lookups.problems import Problems
from settings import Settings
from settings.clients import secret_values

# The provider answers the same for both: its getSecret takes one that is on its way out for one that is not there.
_ABSENT = "does not exist, or is scheduled for deletion"


@dataclass(frozen=True)
class Secret:
    """A secret of Secrets Manager, without its value."""

    arn: pulumi.Input[str]  # unknown in the preview of a secret that is not there yet
    kms_key_arn: str | None = None  # of a customer key
    tags: Mapping[str, str] | None = None  # None: unknown


@dataclass(frozen=True)
class Secrets:
    """What the tasks of one integration read."""

    credentials: Secret
    pull_credential: Secret | None


async def look_up_secrets(settings: Settings, problems: Problems) -> Mapping[str, Secrets]:
    """By integration. A secret that several name is asked for once."""
    pulls = {key: integration.image.pull_credential for key, integration in settings.integrations.items()}
    names = list(dict.fromkeys([*map(settings.secret, settings.integrations), *filter(None, pulls.values())]))
    found = dict(zip(names, await asyncio.gather(*(_secret(name, problems) for name in names)), strict=True))
    unknown = Secret(pulumi.Output.from_input(cast("str", UNKNOWN)))
    secrets: dict[str, Secrets] = {}
    owners: dict[str, str] = {}
    for key, pull in pulls.items():
        secret = found[settings.secret(key)]
        problems.gaps += _gaps(settings, key, secret)
        if secret:
            problems.found += _foreign(settings, key, secret, owners)
        if pull and found[pull] is None:
            problems.gaps.append(
                f"integrations.{key}: the secret {pull} {_ABSENT}\n    aws secretsmanager create-secret"
                f" {settings.aws_options(settings.region_of(pull))} --name {pull}"
                " --secret-string file://username-and-password.json"
            )
        secrets[key] = Secrets(secret or unknown, (found[pull] or unknown) if pull else None)
    return secrets


async def _secret(name: str, problems: Problems) -> Secret | None:
    """None when there is no such secret."""
    # The provider looks in its own region, whatever region an ARN names.
    named = {"arn": name, "region": name.split(":")[3]} if name.startswith("arn:") else {"name": name}
    try:
        found = await ask("aws:secretsmanager/getSecret:getSecret", named, GetSecretResult)
    except NotFoundError:
        return None
    except RefusedError as error:
        problems.found.append(f"the secret {name} cannot be looked up: {error}")
        return Secret(name)
    try:
        return Secret(found.arn, await _customer_key(found.kms_key_id, found.arn), found.tags)
    except RefusedError as error:
        problems.found.append(f"the key of the secret {name} cannot be looked up: {error}")
        return Secret(found.arn, tags=found.tags)


async def _customer_key(key: str, secret_arn: str) -> str | None:
    """The ARN of the key that encrypts a secret, unless it is the account's default key, which needs no permission."""
    if not key or key.endswith("alias/aws/secretsmanager"):
        return None
    if ":key/" in key:
        return key
    _, partition, _, region, account, *_ = secret_arn.split(":")
    if "alias/" in key:
        alias = {"name": key[key.index("alias/") :], "region": region}
        return (await ask("aws:kms/getAlias:getAlias", alias, GetAliasResult)).target_key_arn
    return f"arn:{partition}:kms:{region}:{account}:key/{key}"


def _gaps(settings: Settings, key: str, secret: Secret | None) -> Iterator[str]:
    needed = {credential.name for credential in secret_values(settings.integrations[key])}
    lacks = _ABSENT if secret is None else _lacking(secret.tags or {}, needed)
    if lacks:
        yield (
            f"integrations.{key}: the secret {settings.secret(key)} {lacks}\n"
            f"    python -m ops secrets set {settings.stack} {key}"
        )


def _lacking(tags: Mapping[str, str], names: Collection[str]) -> str | None:
    # Kept by other means, a secret has no such tag and is taken as it is.
    stored = [value for tag, value in sorted(tags.items()) if tag.startswith(f"{TAG}:keys")]
    lacking = sorted(set(names) - set(" ".join(stored).split())) if stored else []
    return f"has no {', '.join(lacking)}" if lacking else None


def _foreign(settings: Settings, key: str, secret: Secret, owners: dict[str, str]) -> Iterator[str]:
    """Clients of two integrations on one Broker token take each other's connections. A secret can have two names."""
    where, arn, ours = f"integrations.{key}.secret", secret.arn, settings.tags(key)
    if isinstance(arn, str) and owners.setdefault(arn, key) != key:
        yield f"{where}: is the secret of {owners[arn]} too; each integration has a Broker token of its own"
        return
    others = [f"{tag} {value}" for tag, value in (secret.tags or {}).items() if ours.get(tag, value) != value]
    if others:
        yield f"{where}: belongs to another integration ({', '.join(others)}); each has a Broker token of its own"
