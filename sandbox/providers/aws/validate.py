"""What AWS's own models say about parameters: required members, enumerations, patterns, bounds.

botocore itself checks types, required members and minima only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from botocore.model import Shape


@dataclass(frozen=True)
class Violation:
    where: str
    constraint: str

    def __str__(self) -> str:
        return self.constraint


def violations(shape: "Shape", value: Any, where: str = "", *, complete: bool = True) -> Iterator[Violation]:
    """Compare a value with its model. `complete`: members that are missing will not come later."""
    expected = _PYTHON_TYPES.get(shape.type_name)
    if expected and (not isinstance(value, expected) or isinstance(value, bool) != (expected is bool)):
        yield Violation(where, f"Invalid type for parameter {where}, value: {value}, valid type: {shape.type_name}")
        return
    match shape.type_name:
        case "structure":
            yield from _structure(cast("Any", shape), value, where, complete=complete)
        case "list":
            yield from _bounds(shape, value, len(value), "length", where)
            for index, item in enumerate(value, start=1):
                yield from violations(cast("Any", shape).member, item, f"{where}.{index}.member")
        case "map":
            yield from _bounds(shape, value, len(value), "length", where)
            for key, item in value.items():
                yield from violations(cast("Any", shape).key, key, f"{where}.{key}.key")
                yield from violations(cast("Any", shape).value, item, f"{where}.{key}.member")
        case "string":
            yield from _string(shape, value, where)
        case "integer" | "long" | "float" | "double":
            yield from _bounds(shape, value, value, "value", where)
        case _:
            pass


_PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "structure": dict,
    "list": list,
    "map": dict,
    "string": str,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "boolean": bool,
}


def _structure(shape: Any, value: Any, where: str, *, complete: bool) -> Iterator[Violation]:
    given = cast("dict[str, Any]", value)
    for name in cast("list[str]", shape.required_members if complete else []):
        if name not in given:
            path = _path(where, name)
            yield Violation(path, f"Value null at '{path}' failed to satisfy constraint: Member must not be null")
    for name, item in given.items():
        path = _path(where, name)
        if name in shape.members:
            yield from violations(shape.members[name], item, path)
        else:
            yield Violation(path, f'Unknown parameter in input: "{path}", must be one of: {", ".join(shape.members)}')


def _path(where: str, name: str) -> str:
    name = name[0].lower() + name[1:]
    return f"{where}.{name}" if where else name


def _string(shape: "Shape", value: str, where: str) -> Iterator[Violation]:
    enumeration = cast("list[str]", getattr(shape, "enum", None) or [])
    if enumeration and value not in enumeration:
        yield _violation(value, where, f"satisfy enum value set: [{', '.join(enumeration)}]")
    yield from _bounds(shape, value, len(value), "length", where)
    pattern = shape.metadata.get("pattern")
    if pattern and not _fits(pattern, value):
        yield _violation(value, where, f"satisfy regular expression pattern: {pattern}")


def _bounds(shape: "Shape", value: Any, size: float, what: str, where: str) -> Iterator[Violation]:
    smallest, largest = (cast("float | None", shape.metadata.get(key)) for key in ("min", "max"))
    if smallest is not None and size < smallest:
        yield _violation(value, where, f"have {what} greater than or equal to {smallest}")
    if largest is not None and size > largest:
        yield _violation(value, where, f"have {what} less than or equal to {largest}")


def _violation(value: Any, where: str, must: str) -> Violation:
    return Violation(where, f"Value '{value}' at '{where}' failed to satisfy constraint: Member must {must}")


def _fits(pattern: str, value: str) -> bool:
    compiled = _compiled(pattern)
    return compiled is None or compiled.fullmatch(value) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """A pattern in Python's syntax; None for one that it cannot express."""
    # Python has no classes of Unicode characters by name: these are the nearest.
    pattern = pattern.replace(r"\p{L}", r"\w").replace(r"\p{N}", r"\d").replace(r"\p{Z}", r"\s")
    try:
        return re.compile(pattern)
    except re.error:
        return None
