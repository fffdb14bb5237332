import json
from typing import Any

import pytest

from sandbox.providers.base.contract import Autoname, Contract, RefusedError
from sandbox.providers.base.diff import diff
from sandbox.providers.base.equality import matches, written_as
from sandbox.providers.base.wire import UNKNOWN, Properties
from tests.sandbox.providers.driver import kinds


def contract(**settings: Any) -> Contract:
    return Contract(token="aws:test/thing:Thing", supported=(), **settings)


def details(old: Properties, new: Properties, ignored: list[str] | None = None, **settings: Any) -> dict[str, str]:
    return kinds(diff(contract(**settings), old, new, ignored or []))


def test_added_changed_removed() -> None:
    old = {"a": 1, "b": {"c": 1, "d": 2}, "e": "x"}
    new = {"a": 2, "b": {"c": 1, "d": 3, "f g": 4}, "h": "y"}
    assert details(old, new) == {"a": "UPDATE", "b.d": "UPDATE", 'b["f g"]': "ADD", "e": "DELETE", "h": "ADD"}


def test_nothing_given_and_empty_are_the_same() -> None:
    assert details({"a": [], "b": {}, "c": ""}, {}) == {}


def test_order_matters_only_where_the_table_says_so() -> None:
    old, new = {"a": ["x", "y"]}, {"a": ["y", "x"]}
    assert details(old, new) == {}
    assert details(old, new, ordered=("a",)) == {"a[0]": "UPDATE", "a[1]": "UPDATE"}


def test_a_set_shows_only_the_elements_that_differ() -> None:
    assert details({"a": ["x", "y"]}, {"a": ["y", "x", "z"]}) == {"a[2]": "ADD"}
    assert details({"a": ["x", "y"]}, {"a": ["y"]}) == {"a[0]": "DELETE"}
    assert details({"a": [{"n": 1}, {"n": 2}]}, {"a": [{"n": 1}, {"n": 3}]}) == {"a[1].n": "UPDATE"}


def test_documents_are_compared_as_documents() -> None:
    old, new = json.dumps({"a": 1, "b": 2}), json.dumps({"b": 2, "a": 1}, indent=2)
    assert details({"policy": old}, {"policy": new}) == {}
    assert details({"policy": old}, {"policy": json.dumps({"a": 2})}) == {"policy": "UPDATE"}


def test_canonical_forms() -> None:
    assert details({"name": "A"}, {"name": "a"}, canonical={"name": str.lower}) == {}


def test_replacing_properties() -> None:
    answer = diff(contract(replaces=("name", "options.kind")), {"name": "a"}, {"name": "b", "options": {"x": 1}}, [])
    assert kinds(answer) == {"name": "UPDATE_REPLACE", "options": "ADD_REPLACE"}
    assert list(answer.replaces) == ["name", "options"]
    nested = details(
        {"options": {"x": 1, "kind": 2}, "rules": [{"kind": 1}]},
        {"options": {"x": 2, "kind": 3}, "rules": [{"kind": 2}]},
        replaces=("options.kind", "rules.kind"),
    )
    assert nested == {"options.kind": "UPDATE_REPLACE", "options.x": "UPDATE", "rules[0].kind": "UPDATE_REPLACE"}


def test_what_replaces_sometimes() -> None:
    grows = {"size": lambda old, new: new["size"] < old["size"]}  # pyright: ignore[reportUnknownLambdaType, reportUnknownVariableType]
    assert details({"size": 1}, {"size": 2}, replaces_when=grows) == {"size": "UPDATE"}
    assert details({"size": 2}, {"size": 1}, replaces_when=grows) == {"size": "UPDATE_REPLACE"}


def test_leaving_out_what_the_cloud_chooses_is_no_change() -> None:
    assert details({"zone": "a"}, {}, computed=("zone",)) == {}
    assert details({"zone": "a"}, {"zone": "b"}, computed=("zone",)) == {"zone": "UPDATE"}


def test_unknown_values_are_changes() -> None:
    assert details({"vpc": "a", "l": ["x"]}, {"vpc": UNKNOWN, "l": [UNKNOWN]}, replaces=("vpc",)) == {
        "vpc": "UPDATE_REPLACE",
        "l[0]": "UPDATE",
    }


def test_ignored_changes() -> None:
    assert details({"a": 1, "b": {"c": 1}}, {"a": 2, "b": {"c": 2}}, ["a", "b.c"]) == {}


def test_an_impossible_change_is_refused() -> None:
    with pytest.raises(RefusedError, match="cannot shrink"):
        details({"a": 1}, {"a": 2}, impossible=lambda _old, _new: "cannot shrink")  # pyright: ignore[reportUnknownLambdaType]


@pytest.mark.parametrize(
    ("old", "new", "first"),
    [
        # The name stays taken until the old resource is gone.
        ({"name": "a", "path": "/"}, {"name": "a", "path": "/b/"}, True),
        ({"name": "a", "path": "/"}, {"name": "b", "path": "/b/"}, False),
        (
            {"name": "a", "path": "/", "__defaults": ["name"]},
            {"name": "b", "path": "/b", "__defaults": ["name"]},
            False,
        ),
    ],
)
def test_an_explicit_name_makes_delete_come_first(old: Properties, new: Properties, *, first: bool) -> None:
    answer = diff(contract(replaces=("path", "name"), autoname=Autoname()), old, new, [])
    assert answer.deleteBeforeReplace is first


def test_what_is_live_may_say_more_than_what_was_written() -> None:
    table = contract()
    assert matches(table, "a", {"weight": 1}, {"weight": 1, "base": 0})
    assert matches(table, "a", [{"n": 1}, {"n": 2}], [{"n": 2, "m": 0}, {"n": 1}])
    assert not matches(table, "a", [{"n": 1}], [{"n": 1}, {"n": 2}])
    assert not matches(table, "a", [{"n": 1}, {"n": 1}], [{"n": 1}, {"n": 2}])
    assert written_as(table, "a", ["x", "y"], ["y", "x"]) == ["x", "y"]
    assert written_as(table, "a", ["x"], ["y"]) == ["y"]
    assert written_as(table, "a", {"b": 1}, {"b": 2, "c": ""}) == {"b": 2}
