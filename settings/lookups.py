"""What the stack uses and does not make, looked up before anything is registered, so that a gap stops an update."""

import functools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

import pulumi
import pulumi_aws as aws
from pulumi.output import UNKNOWN

from settings.network import ExistingNetwork
from settings.stack import TAG, Settings
from settings.wishes import secret_values

T = TypeVar("T")


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
    """Something that the stack needs is missing, or is not what the settings take it for."""


def look_up(settings: Settings) -> Found:
    """Look up what the settings name.

    A missing secret is a warning in a preview, since a pull request may come before the token, and an error in an
    update. What is wrong is an error in both. Raises MissingError with all of it.
    """
    problems = _Problems()
    caller = problems.caught("the AWS account", aws.get_caller_identity)
    secrets, gaps = _secrets(settings, problems)
    if settings.network.existing:
        _check_network(settings.network.existing, problems)
    zones = _zones(settings, problems)
    update = not pulumi.runtime.is_dry_run()
    wrong = [*problems.found, *(gaps if update else [])]
    if wrong or caller is None:
        raise MissingError(f"{len(wrong)} things stand in the way; nothing was changed.\n{_listed(wrong)}")
    if gaps:
        pulumi.log.warn(
            f"Secrets that the containers need are not there: an update would stop. Before it, type:\n{_listed(gaps)}"
        )
    return Found(caller.arn.split(":")[1], caller.account_id, zones, secrets)


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"  {n}. {line}" for n, line in enumerate(lines, start=1))


class _Problems:
    """What cannot be looked up, or is wrong."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def caught(self, what: str, look_up: Callable[[], T]) -> T | None:
        try:
            return look_up()
        except Exception as error:  # noqa: BLE001 - the SDK raises nothing more exact
            self.found.append(f"{what} cannot be looked up: {error}")
            return None


def _zones(settings: Settings, problems: _Problems) -> tuple[str, ...]:
    # Not only available ones: a zone in trouble must not move the subnets of the others.
    usual = aws.GetAvailabilityZonesFilterArgs(name="opt-in-status", values=["opt-in-not-required"])
    found = problems.caught("the availability zones", lambda: aws.get_availability_zones(filters=[usual]))
    zones = tuple(sorted(found.names)) if found else ()
    create = settings.network.create
    if found and create and create.zones > len(zones):
        problems.found.append(f"network.create.zones: {settings.region} has only {len(zones)}: {', '.join(zones)}")
    return zones


def _secrets(settings: Settings, problems: _Problems) -> tuple[Mapping[str, Secret], list[str]]:
    """The secrets by their names in the settings, and what they lack."""
    secrets: dict[str, Secret] = {}
    gaps: list[str] = []
    owners: dict[str, str] = {}
    for key, integration in settings.integrations.items():
        names = {credential.name for credential in secret_values(integration)}
        name, pull = settings.secret(key), integration.image.pull_credential
        found = _secret(name, problems)
        secrets[name] = found.secret
        lacks = "does not exist" if found.tags is None else _lacking(found.tags, names)
        if lacks:
            gaps.append(
                f"integrations.{key}: the secret {name} {lacks}\n    python -m ops secrets set {settings.stack} {key}"
            )
        if found.tags is not None:
            problems.found += _foreign(f"integrations.{key}.secret", found, settings.tags(key), owners, key)
        if pull:
            credential = _secret(pull, problems)
            secrets[pull] = credential.secret
            if credential.tags is None:
                gaps.append(
                    f"integrations.{key}: the secret {pull} does not exist\n    aws secretsmanager create-secret"
                    f" --region {settings.region} --name {pull} --secret-string file://username-and-password.json"
                )
    return secrets, gaps


@dataclass(frozen=True)
class _Looked:
    secret: Secret
    tags: Mapping[str, str] | None  # None when there is no such secret


def _secret(name: str, problems: _Problems) -> _Looked:
    is_arn = name.startswith("arn:")
    try:
        found = aws.secretsmanager.get_secret(arn=name if is_arn else None, name=None if is_arn else name)
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing more exact
        missing = any(words in str(error) for words in ("couldn't find resource", "ResourceNotFoundException"))
        if not missing:
            problems.found.append(f"the secret {name} cannot be looked up: {error}")
        unknown = pulumi.Output.from_input(cast("str", UNKNOWN))
        return _Looked(Secret(unknown, None), None if missing else {})
    key = problems.caught(f"the key of the secret {name}", lambda: _customer_key(found.kms_key_id, found.arn))
    return _Looked(Secret(found.arn, key), found.tags)


def _lacking(tags: Mapping[str, str], names: Collection[str]) -> str | None:
    # Kept by other means, a secret has no such tag and is taken as it is.
    stored = [value for tag, value in sorted(tags.items()) if tag.startswith(f"{TAG}:keys")]
    lacking = sorted(set(names) - set(" ".join(stored).split())) if stored else []
    return f"has no {', '.join(lacking)}" if lacking else None


def _foreign(where: str, found: _Looked, ours: Mapping[str, str], owners: dict[str, str], key: str) -> Iterator[str]:
    """Clients of two integrations on one Broker token take each other's connections. A secret can have two names."""
    arn = found.secret.arn
    if isinstance(arn, str) and owners.setdefault(arn, key) != key:
        yield f"{where}: is the secret of {owners[arn]} too; each integration has a Broker token of its own"
        return
    others = [f"{tag} {value}" for tag, value in (found.tags or {}).items() if ours.get(tag, value) != value]
    if others:
        yield f"{where}: belongs to another integration ({', '.join(others)}); each has a Broker token of its own"


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


def _check_network(network: ExistingNetwork, problems: _Problems) -> None:
    zones: set[str] = set()
    for name in (*network.private_subnet_ids, *network.public_subnet_ids):
        subnet = problems.caught(f"network.existing: the subnet {name}", functools.partial(aws.ec2.get_subnet, id=name))
        if subnet is None:
            continue
        if subnet.vpc_id != network.vpc_id:
            problems.found.append(f"network.existing: the subnet {name} is not in {network.vpc_id}")
        if name in network.private_subnet_ids:
            zones.add(subnet.availability_zone_id)
    if len(zones) == 1:
        problems.found.append(
            "network.existing.privateSubnetIds: all are in one availability zone, so its failure would stop every"
            " client; name subnets of two zones or more"
        )
