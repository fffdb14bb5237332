"""The types of properties, and values that fit them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from sandbox.providers.base.wire import Properties, Unknown, path


@dataclass(frozen=True)
class Scalar:
    kind: Literal["str", "int", "float", "bool"]


@dataclass(frozen=True)
class ListOf:
    item: "Type"


@dataclass(frozen=True)
class MapOf:
    item: "Type"


@dataclass(frozen=True)
class ObjectOf:
    members: Mapping[str, "Type"]


@dataclass(frozen=True)
class Anything:
    """A type that the SDK leaves open."""


Type = Scalar | ListOf | MapOf | ObjectOf | Anything

_WORDS = {"str": "a string", "int": "a whole number", "float": "a number", "bool": "true or false"}


class MismatchError(ValueError):
    """A value does not fit its type."""


def conform(type_: Type, value: Any, where: str = "") -> Any:
    """Bring a value into its type. As the engine does, numbers and booleans may be written as strings."""
    if value is None or isinstance(value, Unknown):
        return value
    match type_:
        case Scalar():
            return _scalar(type_, value, where)
        case ListOf():
            if not isinstance(value, list):
                raise MismatchError(f"{where}: expected a list")
            items = cast("list[Any]", value)
            return [conform(type_.item, item, path(where, index)) for index, item in enumerate(items)]
        case MapOf():
            return {key: conform(type_.item, item, path(where, key)) for key, item in _object(value, where).items()}
        case ObjectOf():
            return _members(type_, _object(value, where), where)
        case Anything():
            return value


def _object(value: Any, where: str) -> Properties:
    if not isinstance(value, dict):
        raise MismatchError(f"{where}: expected an object")
    members = cast("Properties", value)
    return {key: item for key, item in members.items() if not key.startswith("__")}


def _members(type_: ObjectOf, value: Properties, where: str) -> Properties:
    unknown = sorted(set(value) - set(type_.members))
    if unknown:
        raise MismatchError(f"{path(where, unknown[0])}: there is no such property")
    conformed = {key: conform(type_.members[key], item, path(where, key)) for key, item in value.items()}
    return {key: item for key, item in conformed.items() if item is not None}


def _scalar(type_: Scalar, value: Any, where: str) -> str | int | float | bool:
    mismatch = MismatchError(f"{where}: expected {_WORDS[type_.kind]}")
    if isinstance(value, dict | list):
        raise mismatch
    match type_.kind:
        case "str":
            return str(value).lower() if isinstance(value, bool) else str(value)
        case "bool":
            words = {"true": True, "enabled": True, "false": False, "disabled": False}
            known = words.get(str(value).lower())
            if known is None:
                raise mismatch
            return known
        case "int" | "float":
            try:
                number = float(value)
            except ValueError:
                raise mismatch from None
            if type_.kind == "float" and not number.is_integer():
                return number
            if not number.is_integer():
                raise mismatch
            return int(number)
