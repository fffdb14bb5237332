from typing import Any

import pytest

from sandbox.providers.base.types import Anything, ListOf, MapOf, MismatchError, ObjectOf, Scalar, Type, conform
from sandbox.providers.base.wire import UNKNOWN

OBJECT = ObjectOf({"name": Scalar("str"), "size": Scalar("int")})


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        (Scalar("str"), 3, "3"),
        (Scalar("str"), True, "true"),
        (Scalar("int"), "3", 3),
        (Scalar("float"), "1.5", 1.5),
        (Scalar("bool"), "true", True),
        (Scalar("bool"), "DISABLED", False),
        (ListOf(Scalar("int")), ["1", 2], [1, 2]),
        (MapOf(Scalar("str")), {"a": 1}, {"a": "1"}),
        (OBJECT, {"name": "x", "__defaults": []}, {"name": "x"}),
        (OBJECT, UNKNOWN, UNKNOWN),
        (ListOf(Scalar("int")), [UNKNOWN], [UNKNOWN]),
        (Anything(), {"x": [1]}, {"x": [1]}),
    ],
)
def test_values_are_brought_into_their_type(type_: Type, value: Any, expected: Any) -> None:
    assert conform(type_, value) == expected


@pytest.mark.parametrize(
    ("type_", "value", "message"),
    [
        (Scalar("int"), "many", "thing: expected a whole number"),
        (Scalar("int"), 1.5, "thing: expected a whole number"),
        (Scalar("bool"), "perhaps", "thing: expected true or false"),
        (Scalar("str"), ["a"], "thing: expected a string"),
        (ListOf(Scalar("str")), "a", "thing: expected a list"),
        (OBJECT, "a", "thing: expected an object"),
        (ListOf(OBJECT), [{"nmae": "x"}], r"thing\[0\]\.nmae: there is no such property"),
    ],
)
def test_what_does_not_fit_is_refused_by_path(type_: Type, value: Any, message: str) -> None:
    with pytest.raises(MismatchError, match=message):
        conform(type_, value, "thing")
