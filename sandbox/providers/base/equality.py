"""When two values of a property mean the same."""

import json
from collections.abc import Mapping
from typing import Any, cast

from sandbox.providers.base.contract import Contract
from sandbox.providers.base.wire import UNKNOWN, Properties, Unknown, has_unknown


def is_empty(value: Any) -> bool:
    return value is None or value in ([], {}, "")


def same(contract: Contract, name: str, one: Any, other: Any) -> bool:
    """Compare two values that were written."""
    if is_empty(one) and is_empty(other):
        return True
    if has_unknown(one) or has_unknown(other):
        return False
    return _canonical(contract, name, one) == _canonical(contract, name, other)


def applied(contract: Contract, name: str, old: Properties, state: Properties, new: Properties) -> Any:
    """What a new input is compared with: the old one, unless the state tells otherwise, as it does after a failure."""
    was, wanted, live = old.get(name), new.get(name), state.get(name)
    if is_empty(wanted) or is_empty(live):
        return was
    if same(contract, name, live, wanted):
        return live
    return live if same(contract, name, was, wanted) and not matches(contract, name, wanted, live) else was


def matches(contract: Contract, name: str, written: Any, live: Any) -> bool:
    """Compare what was written with what is there, which may say more: members that were left out do not count."""
    if is_empty(written) and is_empty(live):
        return True
    if name in contract.exact:
        return _canonical(contract, name, written) == _canonical(contract, name, live)
    return _covers(_canonical(contract, name, written), _canonical(contract, name, live))


def written_as(contract: Contract, name: str, written: Any, live: Any) -> Any:
    """Look at what is there through what was written: the same members, and the same spelling where it matches."""
    if isinstance(written, Unknown) or matches(contract, name, written, live):
        return written
    if isinstance(written, dict) and isinstance(live, dict):
        old, new = cast("Properties", written), cast("Properties", live)
        return {key: value for key, value in new.items() if key in old or not is_empty(value)}
    return live


def _canonical(contract: Contract, name: str, value: Any) -> Any:
    if name in contract.canonical and value is not None:
        value = contract.canonical[name](value)
    return _order(_parse(value), ordered=name in contract.ordered)


def _parse(value: Any) -> Any:
    """Let JSON documents be equal whatever their white space and order of members."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _order(value: Any, *, ordered: bool) -> Any:
    if isinstance(value, dict):
        return {key: _order(item, ordered=ordered) for key, item in cast("Properties", value).items()}
    if isinstance(value, list):
        items = [_order(item, ordered=ordered) for item in cast("list[Any]", value)]
        return items if ordered else sorted(items, key=_sort_key)
    return value


def _sort_key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


def _covers(written: Any, live: Any) -> bool:
    if isinstance(written, Mapping) and isinstance(live, Mapping):
        members, actual = cast("Properties", written), cast("Properties", live)
        return all(
            _covers(item, actual.get(key)) or (is_empty(item) and is_empty(actual.get(key)))
            for key, item in members.items()
        )
    if isinstance(written, list) and isinstance(live, list):
        items, left = cast("list[Any]", written), list(cast("list[Any]", live))
        if len(items) != len(left):
            return False
        for item in items:
            found = next((candidate for candidate in left if _covers(item, candidate)), UNKNOWN)
            if found is UNKNOWN:
                return False
            left.remove(found)
        return True
    return written == live
