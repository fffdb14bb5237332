"""python -m ops reference: what a stack file may say, for editors and for people, made from the settings' models."""

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, cast, get_args

import typer
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from broker.catalogue import CATALOGUE
from settings import project_name
from settings.integration import CodeRules, CommitSigning, Common, LargeManifests
from settings.integration_types import MODELS
from settings.model import StackSettings
from settings.stack import ROOT

SCHEMA = ROOT / "docs" / "stack.schema.json"
DOCUMENT = ROOT / "docs" / "configuration.md"


def reference() -> None:
    """Write the JSON Schema of stack files and the table of their keys."""
    for file, text in ((SCHEMA, schema_text()), (DOCUMENT, document())):
        file.write_text(text, encoding="utf-8")
        typer.echo(f"Wrote {file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file}.")


def schema_text() -> str:
    return json.dumps(schema(), indent=2) + "\n"


def schema() -> dict[str, Any]:
    """JSON Schema of a whole stack file."""
    models: list[type[BaseModel]] = [StackSettings, *MODELS.values()]
    references, definitions = models_json_schema([(model, "validation") for model in models], by_alias=True)
    defined: dict[str, Any] = definitions["$defs"]
    stack: dict[str, Any] = defined.pop(_name(references[StackSettings, "validation"]))
    # Which keys an integration has depends on its type.
    [names] = stack["properties"]["integrations"]["patternProperties"]
    stack["properties"]["integrations"]["additionalProperties"] = False
    stack["properties"]["integrations"]["patternProperties"][names] = {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"enum": list(MODELS)}},
        "allOf": [
            {"if": {"properties": {"type": {"const": name}}}, "then": references[model, "validation"]}
            for name, model in MODELS.items()
        ],
    }
    ours = {f"{project_name()}:{key}": value for key, value in stack["properties"].items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A stack of the Snyk Broker on AWS",
        "type": "object",
        "required": ["config"],
        "properties": {
            "config": {
                "type": "object",
                "required": ["aws:region", *(f"{project_name()}:{key}" for key in stack["required"])],
                "properties": {"aws:region": {"type": "string"}, **ours},
                "patternProperties": {f"^(?!{project_name()}:)[a-z-]+:": {}},
                "additionalProperties": False,
            }
        },
        "$defs": defined,
    }


def _name(reference: Mapping[str, Any]) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def document() -> str:
    """The same in Markdown."""
    return "\n".join([*_intro(), *_stack(), *_common(), *_types()]) + "\n"


def _intro() -> Iterator[str]:
    yield "# Configuration"
    yield ""
    yield "Made from the program's own models by `make schema`. What a stack file says stands under `config:`, with the"
    yield f"project's name in front (`{project_name()}:snyk`), beside `aws:region`, which is required. Unknown keys are"
    yield "errors. Editors that read `stack.schema.json` complete and check the keys."
    yield ""


def _stack() -> Iterator[str]:
    yield from _table("The stack", StackSettings, "")
    yield from _table("Where Snyk is", *_at(StackSettings, "snyk"))
    yield from _table("A network of the stack's own", *_at(_at(StackSettings, "network")[0], "create", "network."))
    yield from _table("A network that is there", *_at(_at(StackSettings, "network")[0], "existing", "network."))
    yield from _table("Roles", *_at(StackSettings, "roles"))


def _common() -> Iterator[str]:
    yield from _table("Every integration, and `defaults`", Common, "")
    for key in ("image", "size"):
        yield from _table(f"`{key}`", *_at(Common, key))
    for key in ("inbound", "egress"):
        yield from _table(f"Each entry of `{key}`", *_at(Common, key))
    yield from _table("Source-code managers", CodeRules, "")
    yield from _table("GitHub only", LargeManifests, "")
    yield from _table("GitHub only: signed commits", *_at(CommitSigning, "commit_signing"))


def _types() -> Iterator[str]:
    shared = {name for model in (Common, CodeRules, LargeManifests, CommitSigning) for name in model.model_fields}
    for name, entry in CATALOGUE.items():
        yield f"## `{name}`: {entry.system}"
        yield ""
        yield f"The Broker token comes from {entry.token_source}."
        yield "The secret holds, besides `BROKER_TOKEN`:"
        yield ""
        for credential in entry.credentials:
            conditions = [f"with `{credential.beside}`"] if credential.beside else []
            conditions += [f"without `{credential.without}`"] if credential.without else []
            yield f"- `{credential.name}`: {credential.label}{''.join(f' ({words})' for words in conditions)}"
        yield ""
        own = [key for key in MODELS[name].model_fields if key not in shared and key != "type"]
        for key in own:
            annotation, prefix = _at(MODELS[name], key)
            if annotation is not None:
                yield from _rows(annotation, prefix)
        plain = [key for key in own if _at(MODELS[name], key)[0] is None]
        if plain:
            yield from _rows(MODELS[name], "", only=plain)


def _table(title: str, model: type[BaseModel] | None, prefix: str) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    if model is not None:
        yield from _rows(model, prefix)


def _rows(model: type[BaseModel], prefix: str, only: Collection[str] | None = None) -> Iterator[str]:
    yield "| Key | Type | Default | What it is |"
    yield "| --- | --- | --- | --- |"
    properties = model.model_json_schema(by_alias=True)
    for name, field in model.model_fields.items():
        if only is not None and name not in only:
            continue
        key = field.alias or name
        kind = _kind(properties["properties"][key], properties.get("$defs", {}))
        default = "required" if field.is_required() else _shown(field.get_default())
        yield f"| `{prefix}{key}` | {kind} | {default} | {field.description or ''} |"
    yield ""


def _shown(default: object) -> str:
    if default is None or isinstance(default, BaseModel):
        return ""
    return f"`{json.dumps(default)}`"


_KINDS = {"boolean": "`true` or `false`", "object": "mapping", "string": "text"}


def _kind(schema: Mapping[str, Any], defined: Mapping[str, Any]) -> str:
    """A property's type in words."""
    if "$ref" in schema:
        return _kind(defined[_name(schema)], defined)
    if "const" in schema or "enum" in schema:
        return " or ".join(f"`{json.dumps(option)}`" for option in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema:
        return " or ".join(_kind(option, defined) for option in schema["anyOf"] if option.get("type") != "null")
    kind = schema.get("type", "object")
    if kind == "array":
        return f"list of {_kind(schema.get('items', {}), defined)}"
    if kind == "integer":
        limits = [f"{word} {schema[key]}" for key, word in (("minimum", "from"), ("maximum", "to")) if key in schema]
        return " ".join(["number", *limits])
    return _KINDS[kind]


def _at(model: type[BaseModel] | None, field: str, prefix: str = "") -> tuple[type[BaseModel] | None, str]:
    """The model of what a field holds, if it holds one, and how its keys begin."""
    if model is None:
        return None, ""
    found = model.model_fields[field]
    name = f"{prefix}{found.alias or field}."
    return _model_in(found.annotation), name


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(cast("type[object]", annotation), BaseModel):
        return annotation
    inner = (_model_in(argument) for argument in get_args(annotation))
    return next((model for model in inner if model is not None), None)
