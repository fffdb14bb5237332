"""What the official provider does with a type's properties, and neither the SDK nor AWS's models say.

Kept in facts.json. Where Pulumi and the official plugin are installed it is brought up to date by

    pulumi package get-schema aws > schema.json
    python -m sandbox.providers.scaffold facts schema.json
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

from sandbox.providers.base import sdk

FILE = Path(__file__).parents[1] / "aws" / "facts.json"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Of one type. Properties are dotted paths; a parent in `replaces` covers all below it."""

    id: str = ""
    replaces: tuple[str, ...] = ()
    replaces_sometimes: Mapping[str, str] = field(default_factory=dict[str, str])
    # Of these it is not known whether they replace.
    unknown: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    autoname: Mapping[str, Any] = field(default_factory=dict[str, Any])
    delete_before_replace: bool = False
    exactly_one: tuple[tuple[str, ...], ...] = ()
    conflicts: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    deprecated: tuple[str, ...] = ()


@cache
def _stored() -> dict[str, Any]:
    return json.loads(FILE.read_text(encoding="utf-8"))


def version() -> str:
    """The version of pulumi-aws that the facts are of."""
    return str(_stored()["source"]["version"])


def of(token: str) -> Facts | None:
    stored = _stored()["types"].get(token)
    return None if stored is None else Facts(**{name: _frozen(value) for name, value in stored.items()})


def tokens() -> list[str]:
    return list(_stored()["types"])


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in cast("list[Any]", value))
    return value


def updated(stored: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as a schema of the official provider has them, for the types that are kept.

    A schema says nothing of most defaults, of conditions and of names, nor of replacement where a type is written with
    Terraform's newer framework. What it does not say is kept as it was.
    """
    return {
        "source": {**stored["source"], "version": schema["version"]},
        "types": {token: _updated(token, facts, schema) for token, facts in stored["types"].items()},
    }


def _updated(token: str, facts: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    inputs = schema["resources"][token]["inputProperties"]
    said = list(_walk(inputs, schema))
    replaces = sorted(path for path, property_ in said if property_.get("willReplaceOnChanges"))
    defaults = {path: property_["default"] for path, property_ in said if "default" in property_}
    found = {
        **facts,
        "replaces": _without_children(replaces) or facts.get("replaces", []),
        "defaults": dict(sorted({**facts.get("defaults", {}), **defaults}.items())),
        "deprecated": sorted(path for path, property_ in said if "deprecationMessage" in property_ and "." not in path),
    }
    if replaces:
        found["unknown"] = []
    return {name: value for name, value in found.items() if value}


def _walk(
    properties: Mapping[str, Any], schema: Mapping[str, Any], parent: str = "", above: tuple[str, ...] = ()
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every property, those of nested objects too."""
    for name, property_ in properties.items():
        path = f"{parent}.{name}" if parent else name
        yield path, property_
        reference = property_.get("$ref") or property_.get("items", {}).get("$ref") or ""
        if reference.startswith("#/types/") and reference not in above:  # some types contain themselves
            nested = schema["types"][reference.removeprefix("#/types/").replace("%2F", "/")]
            yield from _walk(nested.get("properties", {}), schema, path, (*above, reference))


def _without_children(paths: list[str]) -> list[str]:
    return [path for path in paths if not any(path.startswith(f"{other}.") for other in paths)]


def deprecated(token: str) -> list[str]:
    """Deprecated inputs, which the SDK marks."""
    return sorted(sdk.deprecated(token))


def written(facts: Mapping[str, Any]) -> str:
    """A file in which a change of one fact is a change of one line."""

    def lines(values: Mapping[str, Any], indent: str) -> str:
        return ",\n".join(f"{indent}{json.dumps(name)}: {json.dumps(value)}" for name, value in values.items())

    types = ",\n".join(
        f'    "{token}": {{\n{lines(of_type, "      ")}\n    }}' for token, of_type in facts["types"].items()
    )
    return f'{{\n  "source": {{\n{lines(facts["source"], "    ")}\n  }},\n  "types": {{\n{types}\n  }}\n}}\n'
