"""What the stack uses and does not make, looked up before anything is registered, so that a gap stops an update."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import pulumi
import pulumi_aws as aws
from pulumi.output import UNKNOWN

from broker.catalogue import credentials
from settings.model import ExistingNetwork
from settings.stack import TAG, Settings


@dataclass(frozen=True)
class Secret:
    """A secret of Secrets Manager, without its value."""

    arn: pulumi.Input[str]  # unknown in the preview of a secret that is not there yet
    kms_key_arn: str | None  # of a customer key


@dataclass(frozen=True)
class Found:
    partition: str  # of AWS: aws, aws-cn, …
    account_id: str
    zones: tuple[str, ...]  # of the region, in order
    secrets: Mapping[str, Secret]  # by the name or ARN in the settings


class MissingError(Exception):
    """Something that the stack needs is missing."""


def look_up(settings: Settings) -> Found:
    """Look up what the settings name.

    What is missing is a warning in a preview, since a pull request may come before the token, and one error in an
    update. Raises MissingError with all of it.
    """
    caller = aws.get_caller_identity()
    secrets: dict[str, Secret] = {}
    missing: list[str] = []
    for key, integration in settings.integrations.items():
        names = [credential.name for credential in credentials(integration.type)]
        command = f"python -m ops secrets set {settings.stack} {key}"
        wanted = {settings.secret(key): (names, command)}
        if integration.image.pull_credential:
            wanted[integration.image.pull_credential] = (
                [],
                "aws secretsmanager create-secret (username, password)",
            )
        for name, (keys, remedy) in wanted.items():
            secret, gap = _secret(name, keys)
            secrets[name] = secret
            if gap:
                missing.append(f"integrations.{key}: {gap}\n    {remedy}")
    _refuse_shared(settings, secrets)
    _report("secrets that the containers need are not there", missing)
    if settings.network.existing:
        _check_network(settings.network.existing)
    # Not only available ones: a zone in trouble must not move the subnets of the others.
    zones = aws.get_availability_zones(filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}]).names
    create = settings.network.create
    if create and create.zones > len(zones):
        raise MissingError(f"network.create.zones: {settings.region} has only {len(zones)}: {', '.join(zones)}")
    return Found(caller.arn.split(":")[1], caller.account_id, tuple(sorted(zones)), secrets)


def _refuse_shared(settings: Settings, secrets: Mapping[str, Secret]) -> None:
    """One secret can have two names: its own, and its ARN."""
    owners: dict[str, str] = {}
    for key in settings.integrations:
        arn = secrets[settings.secret(key)].arn
        if isinstance(arn, str) and owners.setdefault(arn, key) != key:
            raise MissingError(
                f"integrations.{key}.secret: is the secret of {owners[arn]} too; each integration has a Broker token of"
                " its own"
            )


def _report(what: str, gaps: list[str]) -> None:
    if not gaps:
        return
    listed = "\n".join(f"  {n}. {gap}" for n, gap in enumerate(gaps, start=1))
    if not pulumi.runtime.is_dry_run():
        raise MissingError(
            f"{what}; nothing was changed. Type the command below each, then repeat the update.\n{listed}"
        )
    pulumi.log.warn(f"{what}: an update would stop. Type the command below each before it.\n{listed}")


def _secret(name: str, keys: list[str]) -> tuple[Secret, str | None]:
    """The secret, and what it lacks."""
    is_arn = name.startswith("arn:")
    try:
        found = aws.secretsmanager.get_secret(arn=name if is_arn else None, name=None if is_arn else name)
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing more exact
        if not any(words in str(error) for words in ("couldn't find resource", "ResourceNotFoundException")):
            raise MissingError(f"the secret {name} cannot be looked up: {error}") from None
        unknown = pulumi.Output.from_input(cast("str", UNKNOWN))
        return Secret(unknown, None), f"the secret {name} does not exist"
    secret = Secret(found.arn, _customer_key(found.kms_key_id, found.arn))
    # Kept by other means, a secret has no such tag and is taken as it is.
    stored = [value for tag, value in sorted(found.tags.items()) if tag.startswith(f"{TAG}:keys")]
    lacking = sorted(set(keys) - set(" ".join(stored).split())) if stored else []
    return secret, f"the secret {name} has no {', '.join(lacking)}" if lacking else None


def _customer_key(key: str, secret_arn: str) -> str | None:
    """The ARN of the key that encrypts a secret, unless it is the account's default key, which needs no permission."""
    if not key or key.endswith("alias/aws/secretsmanager"):
        return None
    if ":key/" in key:
        return key
    if "alias/" in key:
        return aws.kms.get_alias(name=key[key.index("alias/") :]).target_key_arn
    _, partition, _, region, account, *_ = secret_arn.split(":")
    return f"arn:{partition}:kms:{region}:{account}:key/{key}"


def _check_network(network: ExistingNetwork) -> None:
    subnets = {name: aws.ec2.get_subnet(id=name) for name in (*network.private_subnet_ids, *network.public_subnet_ids)}
    foreign = [name for name, subnet in subnets.items() if subnet.vpc_id != network.vpc_id]
    if foreign:
        raise MissingError(f"network.existing: {', '.join(foreign)} are not in {network.vpc_id}")
    if len({subnets[name].availability_zone_id for name in network.private_subnet_ids}) == 1:
        raise MissingError(
            "network.existing.privateSubnetIds: all are in one availability zone, so its failure would stop every"
            " client; name subnets of two zones or more"
        )
