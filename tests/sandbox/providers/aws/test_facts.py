"""The tables say what the official provider does, as far as facts.json knows it."""

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sandbox.providers.aws.resource import Resource
from sandbox.providers.aws.types import TABLES
from sandbox.providers.base import sdk
from sandbox.providers.base.contract import Autoname
from sandbox.providers.scaffold import facts
from sandbox.providers.scaffold.cli import app
from sandbox.providers.scaffold.facts import Facts

KNOWN = [(table, facts.of(token) or Facts()) for token, table in TABLES.items()]
each_table = pytest.mark.parametrize(("table", "known"), KNOWN, ids=list(TABLES))

# Defaults that no table has, and why.
LEFT_OUT = {
    # AWS has no port 0: the official provider does not send it.
    "volumes.efsVolumeConfiguration.transitEncryptionPort",
    # Not in AWS's model yet.
    "volumes.s3filesVolumeConfiguration.rootDirectory",
    "volumes.s3filesVolumeConfiguration.transitEncryptionPort",
}


def supported(table: Resource, paths: Any) -> set[str]:
    return {path for path in paths if path.split(".")[0] in table.supported}


def test_the_facts_are_of_the_installed_provider() -> None:
    assert facts.version() == sdk.version("aws"), f"see {facts.__file__} for how to bring the facts up to date"


def test_there_are_facts_about_every_type() -> None:
    assert set(TABLES) <= set(facts.tokens())


@pytest.mark.parametrize("token", facts.tokens())
def test_the_facts_are_about_properties_that_exist(token: str) -> None:
    known, inputs = facts.of(token), sdk.resource(token).inputs
    assert known
    paths = [*known.replaces, *known.replaces_sometimes, *known.defaults, *known.unknown, *known.conflicts]
    groups = [name for group in known.exactly_one for name in group]
    assert {path.split(".")[0] for path in [*paths, *groups, *known.deprecated]} <= set(inputs)
    assert list(known.deprecated) == facts.deprecated(token)


@each_table
def test_the_same_changes_replace(table: Resource, known: Facts) -> None:
    assert set(table.replaces) == supported(table, known.replaces)
    assert set(table.replaces_when) == supported(table, known.replaces_sometimes)
    assert table.delete_before_replace == known.delete_before_replace


@each_table
def test_the_defaults_are_the_same(table: Resource, known: Facts) -> None:
    expected = {path: known.defaults[path] for path in supported(table, known.defaults) - LEFT_OUT}
    assert table.defaults == expected


@each_table
def test_names_are_made_in_the_same_way(table: Resource, known: Facts) -> None:
    optional_name = "name" in table.supported and "name" not in sdk.resource(table.token).required
    expected = Autoname(**known.autoname) if known.autoname else Autoname() if optional_name else None
    assert table.autoname == expected


@each_table
def test_the_same_properties_exclude_each_other(table: Resource, known: Facts) -> None:
    def pairs(groups: Any) -> set[frozenset[str]]:
        return {frozenset(pair) for group in groups for pair in combinations(supported(table, group), 2)}

    assert pairs(table.exactly_one) == pairs(known.exactly_one)
    one_of_them = {frozenset((name, other)) for name, others in known.conflicts.items() for other in others}
    expected = {pair for pair in one_of_them if pair <= set(table.supported)} - pairs(known.exactly_one)
    assert pairs(table.at_most_one) == expected


@each_table
def test_nothing_is_supported_that_is_deprecated_or_not_known_enough(table: Resource, known: Facts) -> None:
    assert not {*known.deprecated, *known.unknown} & set(table.supported)


SCHEMA: dict[str, Any] = {
    "version": "8.0.0",
    "resources": {
        "aws:a/b:B": {
            "inputProperties": {
                "name": {"type": "string", "willReplaceOnChanges": True},
                "comment": {"type": "string", "default": "Managed by Pulumi"},
                "old": {"type": "string", "deprecationMessage": "use new"},
                "one": {"$ref": "#/types/aws:a%2FOne:One"},
                "many": {"type": "array", "items": {"$ref": "#/types/aws:a%2FOne:One"}, "willReplaceOnChanges": True},
            }
        },
        "aws:a/c:C": {"inputProperties": {"name": {"type": "string"}}},
    },
    "types": {
        "aws:a/One:One": {
            "properties": {
                "fixed": {"type": "string", "willReplaceOnChanges": True},
                "same": {"$ref": "#/types/aws:a%2FOne:One"},
            }
        }
    },
}


def test_a_schema_brings_the_facts_up_to_date_and_what_it_does_not_say_stays() -> None:
    stored = {
        "source": {"package": "pulumi-aws", "version": "7.0.0"},
        "types": {
            "aws:a/b:B": {"id": "name", "replaces": ["comment"], "unknown": ["name"], "defaults": {"size": 1}},
            "aws:a/c:C": {"replaces": ["name"]},
        },
    }
    assert facts.updated(stored, SCHEMA) == {
        "source": {"package": "pulumi-aws", "version": "8.0.0"},
        "types": {
            "aws:a/b:B": {
                "id": "name",
                "replaces": ["many", "name", "one.fixed"],
                "defaults": {"comment": "Managed by Pulumi", "size": 1},
                "deprecated": ["old"],
            },
            "aws:a/c:C": {"replaces": ["name"]},
        },
    }


def test_the_file_is_written_as_the_command_writes_it() -> None:
    text = facts.FILE.read_text(encoding="utf-8")
    assert facts.written(json.loads(text)) == text


def test_the_command_takes_a_schema_and_writes_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, schema = tmp_path / "facts.json", tmp_path / "schema.json"
    file.write_text(json.dumps({"source": {"version": "7.0.0"}, "types": {"aws:a/c:C": {"replaces": ["name"]}}}))
    schema.write_text(json.dumps(SCHEMA))
    monkeypatch.setattr(facts, "FILE", file)
    result = CliRunner().invoke(app, ["facts", str(schema)])
    assert result.output == "1 types, as in pulumi-aws 8.0.0\n"
    assert json.loads(file.read_text()) == {
        "source": {"version": "8.0.0"},
        "types": {"aws:a/c:C": {"replaces": ["name"]}},
    }
