"""Credentials in a stack file, wherever they stand. They are never repeated."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from broker.leaks import URL, UUID, looks_like
from settings.problems import Path, Problem

# How Pulumi marks an encrypted value in a stack file.
ENCRYPTED = "secure"

# Keys whose values are ids: UUIDs and colons are at home in them.
_UUID_LENGTH = 36
_IDS = ("externalId", "secret", "pullCredential", "roleArn")

# Keys of Pulumi's AWS provider.
_AWS = ("aws:accessKey", "aws:secretKey", "aws:token")

_WHERE_TO = (
    "Credentials are kept outside the stack file: python -m ops secrets set stores them. If it is one, take it back"
    " where it was issued: it may be in the history already"
)


def find(path: Path, value: object, *, may_encrypt: bool = False) -> Iterator[Problem]:
    """Problems of the values of this program, which encrypts none."""
    if isinstance(value, dict):
        inner = cast("dict[str, object]", value)
        if ENCRYPTED in inner:
            what = "is an encrypted value. Credentials are kept outside Pulumi: python -m ops secrets set stores them"
            if not may_encrypt:
                yield Problem(path, what)
            return
        for key, below in inner.items():
            if kind := looks_like(key):
                yield Problem((*path, "(a key)"), f"looks like {kind}. {_WHERE_TO}")
            else:
                yield from find((*path, key), below, may_encrypt=may_encrypt)
    elif isinstance(value, list):
        for index, below in enumerate(cast("list[object]", value)):
            yield from find((*path, index), below, may_encrypt=may_encrypt)
    elif isinstance(value, str) and (kind := looks_like(value)) and not _is_an_id(path[-1], value, kind):
        yield Problem(path, f"holds what looks like {kind}. {_WHERE_TO}")


def _is_an_id(key: str | int, value: str, kind: str) -> bool:
    """Whether what looks like a credential is at home where it stands."""
    if key not in _IDS:
        return False
    if kind == URL:
        return True  # an ARN or a name with @ and colons
    # One that is nothing but a UUID, in the place of a secret's name, is a Broker token.
    return kind == UUID and (key == "externalId" or len(value) > _UUID_LENGTH)


def find_elsewhere(values: Mapping[str, object]) -> Iterator[Problem]:
    """Problems of the values of other programs and of providers, which may be encrypted."""
    for key, value in values.items():
        if key in _AWS and isinstance(value, str):
            yield Problem((key,), "is a credential of AWS: leave it to the environment or to a profile")
        else:
            yield from find((key,), value, may_encrypt=True)


def without_leaking_keys(value: Any) -> Any:
    """The value without the keys that look like credentials, so that no other message repeats them."""
    if isinstance(value, dict):
        kept = cast("dict[str, object]", value).items()
        return {key: without_leaking_keys(below) for key, below in kept if not looks_like(key)}
    if isinstance(value, list):
        return [without_leaking_keys(below) for below in cast("list[object]", value)]
    return value
