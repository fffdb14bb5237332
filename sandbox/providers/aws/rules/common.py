"""What the rules of several services share. A rule yields what AWS would refuse and its models do not say."""

from collections.abc import Iterator
from typing import Any

from sandbox.providers.base.contract import Problem
from sandbox.providers.base.wire import Properties, Unknown


def known(inputs: Properties, name: str) -> Any:
    """A property's value, if it is given and known yet."""
    value = inputs.get(name)
    return None if isinstance(value, Unknown) else value


_MOST_TAGS, _LONGEST_KEY, _LONGEST_VALUE = 50, 128, 256


def tag_limits(inputs: Properties) -> Iterator[Problem]:
    # https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
    tags: dict[str, str] = known(inputs, "tags") or {}
    if len(tags) > _MOST_TAGS:
        yield Problem("tags", f"Tag limit exceeded: {len(tags)} tags, at most {_MOST_TAGS} are allowed")
    for key, value in tags.items():
        if key.lower().startswith("aws:"):
            yield Problem("tags", f"Tag keys starting with 'aws:' are reserved for internal use: {key}")
        if not 1 <= len(key) <= _LONGEST_KEY:
            yield Problem("tags", f"Tag key exceeds the maximum length of {_LONGEST_KEY} characters: {key}")
        if len(value) > _LONGEST_VALUE:
            yield Problem("tags", f"Tag value exceeds the maximum length of {_LONGEST_VALUE} characters: {key}")
