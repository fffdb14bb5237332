"""Property values as the engine sends them: protobuf Struct, with sentinels for unknown and secret values."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from google.protobuf import struct_pb2

Properties = dict[str, Any]

_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # a marker of the protocol


class Unknown:
    """A value that is known only after the update."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN = Unknown()


def secret(value: object) -> Properties:
    """Wrap a value so that the engine encrypts it in the state and hides it in every output."""
    return {_SIGNATURE: _SECRET, "value": value}


def decode(struct: struct_pb2.Struct) -> Properties:
    """Plain values; secrets are unwrapped, nulls left out."""
    values = {key: _decode(value) for key, value in struct.fields.items()}
    return {key: value for key, value in values.items() if value is not None}


def _decode(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if value.string_value == _UNKNOWN else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_decode(item) for item in value.list_value.values]
        case "struct_value":
            return _unwrap(decode(value.struct_value))
        case _:
            return None


def _unwrap(fields: Properties) -> Any:
    signature = fields.get(_SIGNATURE)
    if signature is None:
        return fields
    if signature == _SECRET:
        return fields.get("value")
    raise ValueError(f"a value of kind {signature} (asset, archive or resource) is not supported here")


def encode(values: Mapping[str, Any]) -> struct_pb2.Struct:
    return struct_pb2.Struct(fields={key: _encode(value) for key, value in values.items() if value is not None})


def _encode(value: Any) -> struct_pb2.Value:
    match value:
        case None:
            kind: Properties = {"null_value": struct_pb2.NULL_VALUE}
        case Unknown():
            kind = {"string_value": _UNKNOWN}
        case bool():
            kind = {"bool_value": value}
        case int() | float():
            kind = {"number_value": value}
        case str():
            kind = {"string_value": value}
        case Mapping():
            kind = {"struct_value": encode(cast("Mapping[str, Any]", value))}
        case Sequence():
            items = [_encode(item) for item in cast("Sequence[Any]", value)]
            kind = {"list_value": struct_pb2.ListValue(values=items)}
        case _:
            raise TypeError(f"{type(value).__name__} is no property value")
    return struct_pb2.Value(**kind)


def has_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in cast("Mapping[str, Any]", value).values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in cast("list[Any]", value))
    return isinstance(value, Unknown)


def path(parent: str, key: str | int) -> str:
    """A property path in the engine's notation."""
    if isinstance(key, int):
        return f"{parent}[{key}]"
    if not re.fullmatch(r"[A-Za-z_]\w*", key):
        quoted = key.replace('"', '\\"')
        return f'{parent}["{quoted}"]'
    return f"{parent}.{key}" if parent else key
