"""Properties in Pulumi's words and parameters in AWS's, driven by the types of both."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sandbox.providers.aws.faults import TableError
from sandbox.providers.base.types import ListOf, MapOf, ObjectOf, Scalar, Type

if TYPE_CHECKING:
    from botocore.model import Shape

# By dotted property path: AWS's name, or several of which an operation has one.
Names = Mapping[str, str | tuple[str, ...]]


class UnmappedError(ValueError):
    """AWS has no such parameter, or it has another name that the table must state."""


class DocumentError(ValueError):
    """A property that holds a document holds no JSON."""

    def __init__(self, where: str, error: ValueError) -> None:
        super().__init__(f"{where}: invalid JSON: {error}")
        self.where = where


def member(name: str, members: Iterable[str], named: str | tuple[str, ...] | None = None) -> str | None:
    """The parameter that stands for a property: the stated one, or the same name whatever its case and number."""
    known = {candidate.lower(): candidate for candidate in members}
    if named is not None:
        stated = (named,) if isinstance(named, str) else named
        return next((known[candidate.lower()] for candidate in stated if candidate.lower() in known), None)
    lower = name.lower()
    return known.get(lower) or known.get(_singular(lower)) or known.get(f"{lower}s")


def _singular(name: str) -> str:
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name.removesuffix("s")


def to_aws(shape: "Shape", value: Any, names: Names, where: str = "") -> Any:
    """A parameter's value."""
    converted: Any = value
    match shape.type_name:
        case "structure" | "list" if isinstance(value, str) and value[:1] in ("{", "["):
            converted = _document(value, where)
        case "structure":
            converted = _to_structure(cast("Any", shape), value, names, where)
        case "list" if isinstance(value, dict) and _holds_pairs(cast("Any", shape).member):
            converted = _to_pairs(cast("Any", shape).member, cast("dict[str, Any]", value))
        case "list":
            items = cast("list[Any]", value) if isinstance(value, list) else [cast("Any", value)]
            converted = [to_aws(cast("Any", shape).member, item, names, where) for item in items]
        case "string" if isinstance(value, bool):
            converted = "ENABLED" if value else "DISABLED"
        case "string":
            converted = str(cast("Any", value))
        case _:
            pass
    return converted


def _document(text: str, where: str) -> Any:
    """A document is in AWS's own words already."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise DocumentError(where, error) from None


def _to_structure(shape: Any, value: Any, names: Names, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        # A bare value stands for a structure that holds nothing else.
        if "Value" not in shape.members:
            raise UnmappedError(where)
        return {"Value": value}
    parameters: dict[str, Any] = {}
    for key, item in cast("dict[str, Any]", value).items():
        path = f"{where}.{key}"
        target = member(key, shape.members, names.get(path))
        if target is None:
            raise UnmappedError(path)
        parameters[target] = to_aws(shape.members[target], item, names, path)
    return parameters


def _holds_pairs(shape: Any) -> bool:
    """Tell tags and the like from a list of one structure, which the official provider has as an object."""
    return shape.type_name == "structure" and None not in _key_and_value(shape)


def _key_and_value(shape: Any) -> tuple[str | None, str | None]:
    return member("key", shape.members, ("key", "name")), member("value", shape.members)


def _to_pairs(shape: Any, value: Mapping[str, Any]) -> list[dict[str, Any]]:
    key, content = _key_and_value(shape)
    return [{str(key): name, str(content): item} for name, item in value.items()]


def from_aws(type_: Type, value: Any, names: Names, where: str = "") -> Any:
    """A property's value, out of an answer. What the answer lacks is left out."""
    match type_:
        case ObjectOf():
            found = _only(value)
            if not isinstance(found, dict):
                return None
            return properties(type_.members, cast("dict[str, Any]", found), names, where)
        case ListOf():
            items = cast("list[Any]", value) if isinstance(value, list) else [value]
            return [from_aws(type_.item, item, names, where) for item in items]
        case MapOf() if isinstance(value, list):
            return pairs(cast("list[dict[str, Any]]", value))
        case Scalar():
            return _scalar(type_, value, where)
        case _:
            return value


def _only(value: Any) -> Any:
    """AWS has lists where the official provider has one object."""
    return next(iter(cast("list[Any]", value)), None) if isinstance(value, list) else value


def _scalar(type_: Scalar, value: Any, where: str) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict) and set(cast("dict[str, Any]", value)) == {"Value"}:
        return cast("dict[str, Any]", value)["Value"]
    if isinstance(value, dict | list):
        if type_.kind == "str":
            with suppress(TypeError):  # only what came as JSON, a document, can go as JSON
                return json.dumps(value, sort_keys=True)
        raise _misfit(where, cast("Any", value))
    return value


def _misfit(where: str, value: Any, called: str = "") -> TableError:
    kind = "a structure" if isinstance(value, dict) else "a list"
    return TableError(
        f"{where}: AWS answers with {kind}{called and f', {called}'}, and the property is none: say in `names` which"
        f' member of the answer it is, or "{where}": "-" and let `after_read` tell it'
    )


def properties(types: Mapping[str, Type], body: Mapping[str, Any], names: Names, where: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, type_ in types.items():
        path = f"{where}.{name}" if where else name
        key = member(name, body, names.get(path))
        if key is not None and body[key] is not None:
            # A plural that was found by rule of thumb is something else than one text or number.
            if (
                isinstance(type_, Scalar)
                and isinstance(body[key], list)
                and path not in names
                and key.lower() != name.lower()
            ):
                raise _misfit(path, body[key], key)
            value = from_aws(type_, body[key], names, path)
            if value is not None:
                found[name] = value
    return found


def pairs(items: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Tags, as a map."""
    plain = ({key.lower(): value for key, value in item.items()} for item in items)
    return {item.get("key", item.get("name", "")): item.get("value", "") for item in plain}
