import pytest

from sandbox.providers.base.check import Naming, check
from sandbox.providers.base.contract import Autoname, Contract, Problem
from sandbox.providers.base.protocol import provider_pb2 as pb
from sandbox.providers.base.sdk import Schema
from sandbox.providers.base.types import ListOf, ObjectOf, Scalar
from sandbox.providers.base.wire import UNKNOWN, Properties

TEXT = Scalar("str")
TYPES = {
    **dict.fromkeys(("cidr", "name", "namePrefix", "prefixList", "role", "unsupported"), TEXT),
    "size": Scalar("int"),
    "rules": ListOf(ObjectOf({"weight": Scalar("int"), "base": Scalar("int")})),
}
SCHEMA = Schema(inputs=TYPES, required=frozenset({"role"}), outputs=TYPES)
CONTRACT = Contract(
    token="aws:test/thing:Thing",
    supported=("cidr", "name", "namePrefix", "prefixList", "role", "rules", "size"),
    required=("size",),
    at_most_one=(("name", "namePrefix"),),
    exactly_one=(("cidr", "prefixList"),),
    defaults={"rules.base": 0, "size": 1},
    autoname=Autoname(max_length=20),
)
VALID: Properties = {"role": "r", "size": 2, "cidr": "10.0.0.0/8"}


def checked(
    inputs: Properties,
    old: Properties | None = None,
    resource: str = "thing",
    seed: bytes = b"seed",
    configured: pb.CheckRequest.AutonamingOptions | None = None,
) -> tuple[Properties, list[Problem]]:
    return check(CONTRACT, SCHEMA, "types/test.py", old or {}, inputs, Naming(resource, seed, configured))


def test_all_problems_come_at_once() -> None:
    wrong = {
        "size": "many",
        "unsupported": "x",
        "nonsense": "y",
        "name": "a",
        "namePrefix": "b",
        "cidr": "c",
        "prefixList": "d",
    }
    _, problems = checked(wrong)
    assert {(problem.property, problem.reason) for problem in problems} == {
        ("size", "size: expected a whole number"),
        ("unsupported", "not supported by the sandbox: add it to types/test.py"),
        ("nonsense", "there is no such property"),
        ("role", "Missing required property"),
        ("name", 'Conflicting properties: only one of "name", "namePrefix" can be given'),
        ("cidr", 'exactly one of "cidr", "prefixList" is required, "cidr", "prefixList" were given'),
    }


def test_none_of_a_group_that_needs_one() -> None:
    _, problems = checked({"role": "r", "size": 1})
    assert problems == [Problem("cidr", 'exactly one of "cidr", "prefixList" is required, none was given')]


def test_what_is_unknown_yet_counts_as_given() -> None:
    _, problems = checked({**VALID, "role": UNKNOWN, "cidr": UNKNOWN})
    assert problems == []


def test_defaults_are_filled_in_and_listed() -> None:
    inputs, problems = checked({"role": "r", "cidr": "x", "rules": [{"weight": "2"}, {"base": 1}]})
    assert problems == [Problem("size", "Missing required property")]
    assert inputs["size"] == 1
    assert inputs["rules"] == [{"weight": 2, "base": 0}, {"base": 1}]
    assert inputs["__defaults"] == ["name", "size"]


def test_an_automatic_name_is_kept_as_long_as_it_is_automatic() -> None:
    first, _ = checked(VALID)
    assert first["name"].startswith("thing-")
    assert len(first["name"]) == len("thing-") + 7
    again, _ = checked(VALID, first, seed=b"another")
    assert again["name"] == first["name"]
    replaced, _ = checked(VALID, {}, seed=b"another")
    assert replaced["name"] != first["name"]
    explicit, _ = checked({**VALID, "name": "mine"}, first)
    assert explicit["name"] == "mine"
    assert "name" not in explicit["__defaults"]
    automatic_again, _ = checked(VALID, explicit)
    assert automatic_again["name"] == first["name"]  # the same seed


def test_a_prefix_makes_the_name() -> None:
    inputs, _ = checked({**VALID, "namePrefix": "mine"})
    assert inputs["name"].startswith("mine")
    assert len(inputs["name"]) == len("mine") + 7
    later, _ = checked({**VALID, "namePrefix": UNKNOWN})
    assert later["name"] is UNKNOWN


def test_a_name_that_would_be_too_long_is_refused_not_shortened() -> None:
    _, problems = checked(VALID, resource="a-rather-long-name")
    assert problems == [
        Problem("name", "name 'a-rather-long-name-' plus 7 random chars is longer than maximum length 20")
    ]


@pytest.mark.parametrize(
    ("mode", "proposed", "name", "reason"),
    [
        ("PROPOSE", "proposed", "proposed", None),
        ("ENFORCE", "enforced-whatever-its-length", "enforced-whatever-its-length", None),
        ("PROPOSE", "x" * 21, None, f"name '{'x' * 21}' is longer than maximum length 20"),
        ("DISABLE", "", None, "automatic naming is disabled: give name"),
    ],
)
def test_autonaming_settings_of_the_stack(mode: str, proposed: str, name: str | None, reason: str | None) -> None:
    modes = pb.CheckRequest.AutonamingOptions
    configured = modes(proposed_name=proposed, mode=modes.Mode.Value(mode))
    inputs, problems = checked(VALID, configured=configured)
    assert inputs.get("name") == name
    assert [problem.reason for problem in problems] == ([reason] if reason else [])
