"""How AWS is asked: by Pulumi's provider, with its account, region and credentials."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import TypeVar

import pulumi
from pulumi.runtime import invoke_async

T = TypeVar("T")

_VERSION = version("pulumi-aws")  # of the provider that the SDK's own functions ask for

# The provider's words for what is not there. Its functions answer with a text and no code: for a secret
# `couldn't find resource` (tfresource.ErrEmptyResult), or AWS's own code.
_NOT_FOUND = ("couldn't find resource", "ResourceNotFoundException")


class RefusedError(Exception):
    """AWS or the provider did not answer; the message is its own."""


class NotFoundError(RefusedError):
    """What was asked for is not there."""


async def ask(function: str, arguments: Mapping[str, object], answer: type[T]) -> T:
    """The answer of a function of the provider, which takes its arguments in camelCase.

    Raises NotFoundError or RefusedError. The SDK's own functions answer one after the other, or with an Output, whose
    failure ends the program.
    """
    try:
        return await invoke_async(function, dict(arguments), pulumi.InvokeOptions(version=_VERSION), typ=answer)
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing more exact
        kind = NotFoundError if any(words in str(error) for words in _NOT_FOUND) else RefusedError
        raise kind(str(error)) from None
