"""What is wrong with the arguments of a deployment inside of another program."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import pulumi
from pydantic.alias_generators import to_camel

from settings.model import EmbeddedSettings
from settings.parse import Parsed, mapping, parse_as
from settings.problems import Path, Problem

Given = Mapping[str, Any]

_ARGUMENTS = ("snyk", "network", "integrations", "secrets", "defaults", "roles", "tags")
BOUNDARY: Path = ("roles", "permissions_boundary")  # which may be an Output: nothing is named after it
_NETWORK = {
    "vpc_id": "vpc-0a1b2c3d4e5f67890",
    "private_subnet_ids": ["subnet-0a1b2c3d4e5f67890", "subnet-0f9e8d7c6b5a43210"],
    "public_subnet_ids": [],
}
_SECRET = {"arn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:acme/github-AbCdEf", "kms_key_arn": None}
_SECRET_ARN = re.compile(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+-[A-Za-z0-9]{6}")


def checked(given: Given) -> tuple[Parsed[EmbeddedSettings], Sequence[Problem]]:
    """The part that stands in stack files too, as far as it is right, and all that is wrong with the whole."""
    stated = {key: given[key] for key in ("snyk", "defaults", "integrations", "roles") if given.get(key) is not None}
    plain = {key: _known(value) for key, value in stated.items()}
    for part in ("snyk", "roles"):
        if isinstance(plain.get(part), dict):
            plain[part] = {to_camel(key): value for key, value in mapping(plain[part]).items()}
    parsed = parse_as(EmbeddedSettings, plain)
    others = (
        *_arguments(given),
        *(problem for key, value in stated.items() for problem in _outputs((key,), value) if problem.path != BOUNDARY),
        *_network(given),
        *_secrets(given, mapping(plain.get("integrations"))),
    )
    told = {problem.path for problem in others}
    return parsed, (*(problem for problem in parsed.problems if problem.path not in told), *others)


def _known(value: object) -> object:
    """The value as a stack file would have it: Pulumi hands over every number as a float. Outputs are left out."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, object]", value).items()
        return {key: _known(below) for key, below in entries if not isinstance(below, pulumi.Output)}
    if isinstance(value, list | tuple):
        return [_known(below) for below in cast("Sequence[object]", value) if not isinstance(below, pulumi.Output)]
    return value


def _outputs(path: Path, value: object) -> Iterator[Problem]:
    if isinstance(value, pulumi.Output):
        what = "is an Output, and decides what is made: it must be known when the program starts"
        yield Problem(path, what)
    elif isinstance(value, Mapping):
        for key, below in cast("Mapping[str, object]", value).items():
            yield from _outputs((*path, key), below)
    elif isinstance(value, list | tuple):
        for index, below in enumerate(cast("Sequence[object]", value)):
            yield from _outputs((*path, index), below)


def _arguments(given: Given) -> Iterator[Problem]:
    for key in given:
        if key not in _ARGUMENTS:
            yield Problem((key,), f"is no argument; the arguments are {', '.join(_ARGUMENTS)}")


def _network(given: Given) -> Iterator[Problem]:
    yield from _keys(("network",), given.get("network"), _NETWORK, ("vpc_id", "private_subnet_ids"))
    subnets = mapping(given.get("network")).get("private_subnet_ids")
    if isinstance(subnets, list | tuple) and len(cast("Sequence[object]", subnets)) < 2:  # noqa: PLR2004
        what = "needs two subnets or more, in different zones"
        yield Problem(("network", "private_subnet_ids"), what, _NETWORK["private_subnet_ids"])


def _secrets(given: Given, integrations: Mapping[str, object]) -> Iterator[Problem]:
    secrets = given.get("secrets")
    named: Mapping[str, object] = mapping(secrets)
    owners: dict[str, str] = {}
    if secrets is not None and not isinstance(secrets, Mapping):
        yield Problem(
            ("secrets",), "must be a mapping of integrations to secrets", dict.fromkeys(integrations, _SECRET)
        )
        return
    for key, integration in integrations.items():
        yield from _keys(("secrets", key), named.get(key), _SECRET, ("arn",))
        arn = mapping(named.get(key)).get("arn")
        if isinstance(arn, str):
            if not _SECRET_ARN.fullmatch(arn):
                yield Problem(("secrets", key, "arn"), "must be a secret's full ARN", _SECRET["arn"])
            elif owners.setdefault(arn, key) != key:
                what = f"is the secret of {owners[arn]} too; each integration has a Broker token of its own"
                yield Problem(("secrets", key, "arn"), what)
        if mapping(integration).get("secret"):
            yield Problem(("integrations", key, "secret"), f"stands at secrets.{key}.arn here: take it out")
        pull = mapping(mapping(integration).get("image")).get("pullCredential")
        if isinstance(pull, str) and not _SECRET_ARN.fullmatch(pull):
            what = "must be a secret's full ARN here: nothing is looked up"
            yield Problem(("integrations", key, "image", "pullCredential"), what, _SECRET["arn"])
    for key in named:
        if key not in integrations:
            yield Problem(("secrets", key), f"is of no integration; there are {', '.join(integrations) or 'none'}")


def _keys(path: Path, value: object, example: Mapping[str, object], required: Sequence[str]) -> Iterator[Problem]:
    """Whether a mapping has the keys that it must have, and no others."""
    if not isinstance(value, Mapping):
        what = "is required" if value is None else "must be a mapping of keys to values"
        yield Problem(path, what, {key: example[key] for key in required})
        return
    given = cast("Mapping[str, object]", value)
    for key in required:
        if given.get(key) is None:
            yield Problem((*path, key), "is required", example[key])
    for key in given:
        if key not in example:
            yield Problem((*path, key), f"is not a key here; the keys are {', '.join(example)}")
