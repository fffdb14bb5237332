"""What a change of inputs means: detailed differences, and whether they replace the resource."""

import re
from collections.abc import Iterator
from typing import Any, cast

from sandbox.providers.base.check import DEFAULTS
from sandbox.providers.base.contract import Contract, RefusedError
from sandbox.providers.base.equality import applied, is_empty, same
from sandbox.providers.base.protocol import provider_pb2 as pb
from sandbox.providers.base.wire import Properties, has_unknown, path

Kind = pb.PropertyDiff.Kind

_REPLACING = {Kind.ADD: Kind.ADD_REPLACE, Kind.DELETE: Kind.DELETE_REPLACE, Kind.UPDATE: Kind.UPDATE_REPLACE}


def diff(
    contract: Contract, old: Properties, new: Properties, ignored: list[str], state: Properties | None = None
) -> pb.DiffResponse:
    """Compare new inputs with the old ones, and with the state: what is there may differ from what was asked for."""
    refusal = contract.impossible(old, new)
    if refusal:
        raise RefusedError(refusal)
    details: dict[str, pb.PropertyDiff] = {}
    for name in sorted({*old, *new} - {DEFAULTS}):
        before, after = applied(contract, name, old, state or {}, new), new.get(name)
        if _top(name) in map(_top, ignored) or same(contract, name, before, after):
            continue
        if is_empty(after) and name in contract.computed:
            continue
        condition = contract.replaces_when.get(name)
        always = condition is not None and condition(old, new)
        for where, kind in _walk(name, before, after, ordered=name in contract.ordered):
            replaces = always or _replaces(contract, where)
            of_inputs = before == old.get(name)
            details[where] = pb.PropertyDiff(kind=_REPLACING[kind] if replaces else kind, inputDiff=of_inputs)
    replacing = sorted({_top(where) for where, detail in details.items() if detail.kind in _REPLACING.values()})
    return pb.DiffResponse(
        changes=pb.DiffResponse.DIFF_SOME if details else pb.DiffResponse.DIFF_NONE,
        hasDetailedDiff=True,
        detailedDiff=details,
        diffs=sorted({_top(where) for where in details}),
        replaces=replacing,
        deleteBeforeReplace=bool(replacing) and (contract.delete_before_replace or _name_is_taken(contract, old, new)),
    )


def _name_is_taken(contract: Contract, old: Properties, new: Properties) -> bool:
    """Two resources cannot have the same explicit name, so the old one has to go first."""
    if not contract.autoname:
        return False
    name = contract.autoname.property
    return name not in new.get(DEFAULTS, []) and old.get(name) == new.get(name)


def _top(where: str) -> str:
    return re.split(r"[.\[]", where, maxsplit=1)[0]


def _replaces(contract: Contract, where: str) -> bool:
    plain = re.sub(r"\[[^\]]*\]", "", where)
    return any(
        plain == name or plain.startswith(f"{name}.") or name.startswith(f"{plain}.") for name in contract.replaces
    )


def _walk(where: str, before: Any, after: Any, *, ordered: bool) -> Iterator[tuple[str, Kind.ValueType]]:
    if isinstance(before, dict) and isinstance(after, dict):
        old, new = cast("Properties", before), cast("Properties", after)
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                yield from _walk(path(where, key), old.get(key), new.get(key), ordered=ordered)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _walk_list(where, cast("list[Any]", before), cast("list[Any]", after), ordered=ordered)
    else:
        kind = Kind.ADD if before is None else Kind.DELETE if after is None else Kind.UPDATE
        yield where, kind


def _walk_list(where: str, old: list[Any], new: list[Any], *, ordered: bool) -> Iterator[tuple[str, Kind.ValueType]]:
    """In a set, an element that is on both sides has not changed, wherever it stands."""
    for index in range(max(len(old), len(new))):
        before = old[index] if index < len(old) else None
        after = new[index] if index < len(new) else None
        if not ordered:
            before = None if before in new else before
            after = None if after in old and not has_unknown(after) else after
        if before != after:
            yield from _walk(path(where, index), before, after, ordered=ordered)
