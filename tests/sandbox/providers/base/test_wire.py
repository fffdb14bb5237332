import pytest
from google.protobuf import struct_pb2

from sandbox.providers.base.wire import UNKNOWN, Properties, decode, encode, has_unknown, path, secret


def test_values_survive_the_wire() -> None:
    values: Properties = {
        "text": "a",
        "whole": 3,
        "part": 1.5,
        "yes": True,
        "list": [1, "b", {"c": []}],
        "later": UNKNOWN,
        "nested": {"later": UNKNOWN},
    }
    assert decode(encode(values)) == values


def test_whole_numbers_are_integers_and_booleans_stay_booleans() -> None:
    decoded = decode(encode({"number": 2.0, "yes": True}))
    assert repr(decoded) == "{'number': 2, 'yes': True}" or repr(decoded) == "{'yes': True, 'number': 2}"


def test_secrets_are_unwrapped_and_nulls_left_out() -> None:
    struct = encode({"password": secret("hunter2")})
    struct.fields["nothing"].CopyFrom(struct_pb2.Value(null_value=struct_pb2.NULL_VALUE))
    assert decode(struct) == {"password": "hunter2"}


def test_assets_are_refused() -> None:
    asset = {"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", "text": "x"}
    with pytest.raises(ValueError, match="not supported"):
        decode(encode({"file": asset}))


def test_unknowns_are_found_at_any_depth() -> None:
    assert has_unknown({"a": [{"b": UNKNOWN}]})
    assert not has_unknown({"a": [{"b": "c"}]})


@pytest.mark.parametrize(
    ("parent", "key", "expected"),
    [
        ("", "tags", "tags"),
        ("tags", "team", "tags.team"),
        ("tags", "a/b", 'tags["a/b"]'),
        ("tags", 'a"b', 'tags["a\\"b"]'),
        ("subnets", 0, "subnets[0]"),
    ],
)
def test_property_paths(parent: str, key: str | int, expected: str) -> None:
    assert path(parent, key) == expected
