"""From what a stack file says to settings, or to a list of all that is wrong with it."""

import json
import re
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from settings import environment, leaks
from settings.base import MISPLACED, MISSING, Model, model_keys
from settings.integration_types import MODELS, Integration
from settings.model import Defaults, EmbeddedSettings, StackSettings, Untyped
from settings.problems import Path, Problem
from settings.rules import security_group, within

Values = Mapping[str, object]


S = typing.TypeVar("S", bound=EmbeddedSettings)


@dataclass(frozen=True)
class Parsed(typing.Generic[S]):
    """Settings that are right, as far as they could be read, and all that is wrong."""

    stack: S | None
    integrations: Mapping[str, Integration]
    problems: tuple[Problem, ...]


def parse(values: Values) -> Parsed[StackSettings]:
    """Validate the values under the project's namespace."""
    return parse_as(StackSettings, values)


def parse_as(model: type[S], values: Values) -> Parsed[S]:
    """Validate what a stack file says, or the part of it that the model takes."""
    found_leaks = list(leaks.find((), values))
    values = leaks.without_leaking_keys(values)
    stack, problems = validated(model, values, ())
    problems += environment.problems(("defaults",), mapping(values.get("defaults")))
    defaults, _ = validated(Defaults, mapping(values.get("defaults")), ())
    integrations: dict[str, Integration] = {}
    for key, own in mapping(values.get("integrations")).items():
        path = ("integrations", key)
        if not isinstance(own, dict):
            continue  # the stack's own check says that
        given = mapping(own)
        own_model = MODELS.get(str(given.get("type")), Untyped)
        # Wrong defaults are reported once, under their own path.
        below = mapping(values.get("defaults")) if defaults else {}
        merged = _merge({name: value for name, value in below.items() if name in model_keys(own_model)}, given)
        empty = [name for name in model_keys(own_model) if name in given and given[name] is None and name != "type"]
        integration, found = validated(own_model, {name: merged[name] for name in merged if name not in empty}, path)
        found += [Problem((*path, name), _EMPTY, _example(own_model, (name,))) for name in empty]
        if own_model is Untyped:
            found += [_unknown_key(own_model, (name,), path) for name in given if name not in _ANY_TYPE]
        problems += [*found, *environment.problems(path, given)]
        if isinstance(integration, Integration):
            integrations[key] = integration
            problems += [problem for problem in _placed(within(key, integration), given) if problem not in problems]
    if stack and not (problems or found_leaks):
        for key, integration in integrations.items():
            found = security_group(key, integration, stack.snyk.endpoints)
            given = mapping(mapping(values.get("integrations")).get(key))
            problems += [problem for problem in _placed(found, given) if problem not in problems]
    leaking = {problem.path for problem in found_leaks}
    # A credential in the wrong place is one problem, and not also one of shape.
    others = [problem for problem in problems if not any(problem.path[: len(path)] == path for path in leaking)]
    return Parsed(stack, integrations, (*found_leaks, *others))


def _placed(problems: Iterable[Problem], given: Values) -> Iterator[Problem]:
    """The problems of an integration, each where the value stands: one of the defaults is wrong once, for all."""
    for problem in problems:
        _, _, key, *below = problem.path
        inherited = key in ("size", "inbound", "egress") and key not in given
        yield replace(problem, path=("defaults", key, *below)) if inherited else problem


def mapping(value: Any) -> dict[str, object]:
    """The value if it is a mapping, else an empty one."""
    return typing.cast("dict[str, object]", value) if isinstance(value, dict) else {}


M = typing.TypeVar("M", bound=Model)


def validated(model: type[M], values: Values, base: Path) -> tuple[M | None, list[Problem]]:
    """The values as a model, or what is wrong with them. `base` is the path of the values."""
    try:
        # As JSON: of Python's own values the strict models would take no list for a tuple.
        return model.model_validate_json(json.dumps(values, default=str)), []
    except ValidationError as error:
        return None, [_problem(details, model, base) for details in error.errors()]


def _merge(below: Values, above: Values) -> Values:
    merged = dict(below)
    for key, value in above.items():
        under = below.get(key)
        both = isinstance(value, dict) and isinstance(under, dict)
        merged[key] = _merge(mapping(under), mapping(value)) if both else value
    return merged


_ANY_TYPE = {key for model in MODELS.values() for key in model_keys(model)}


def _problem(error: ErrorDetails, model: type[Model], base: Path) -> Problem:
    location: Path = tuple(error["loc"])
    path = location if error["type"] == "extra_forbidden" else _spelt(model, location)
    if path and path[-1] == "[key]":
        what = f"{path[-2]!r} cannot be a name: up to 32 lower-case letters, digits and hyphens, with a letter first"
        return Problem((*base, *path[:-2]), what, _example(model, path[:-2]))
    if error["type"] == "extra_forbidden":
        return _unknown_key(model, path, base)
    words = _words(error)
    fix = None if error["type"] == MISPLACED else _example(model, path)
    if isinstance(fix, str) and (near := _NEAR.search(words)):
        fix = near[1]
    given: object = error["input"]
    if error["type"] == "string_type" and isinstance(given, (bool, int, float)) and "environment" in path:
        fix = json.dumps(given)  # in quotes it is what was meant
    return Problem((*base, *path), words, fix, missing=error["type"] in ("missing", MISSING))


def _spelt(model: type[Model], location: Path) -> Path:
    """The path in the stack file's spelling, which pydantic gives up where a value is missing."""
    *parents, last = location
    owner = _type_at(model, tuple(parents))
    field = owner.model_fields.get(str(last)) if _is_model(owner) else None
    return (*parents, field.alias or last) if field else location


def _unknown_key(model: type[Model], path: Path, base: Path) -> Problem:
    *parents, last = path
    key = str(last) if str(last).isprintable() else ascii(last)
    owner = _type_at(model, tuple(parents))
    known = model_keys(owner) if _is_model(owner) else ()
    near = get_close_matches(key, known, n=1)
    if near:
        meant = (*parents, near[0])
        what = f"{key} is not a key here; did you mean {near[0]}?"
        return Problem((*base, *meant), what, _example(model, meant))
    others = [name for name, other in MODELS.items() if not parents and key in model_keys(other)]
    if others and base:
        return Problem((*base, *path), f"is a key of {', '.join(others)} only")
    what = f"is not a key here; the keys are {', '.join(known)}"
    if _CREDENTIAL.search(key):
        what += ". A credential is never written here: python -m ops secrets set stores it"
    return Problem((*base, *path), what)


_NEAR = re.compile(r"did you mean ([^ ?]+)\?")
_EMPTY = "is empty: give it a value, or leave the key out"
_CREDENTIAL = re.compile("token|password|secret|pat$|key$", re.IGNORECASE)

_WORDS = {
    "missing": "is required",
    "string_type": "must be text (in quotes where YAML would take it for something else)",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "string_too_short": "must not be empty",
    "bool_type": "must be true or false (to Pulumi, on, off, yes and no are texts)",
    "tuple_type": "must be a list",
    "model_type": "must be a mapping of keys to values",
    "model_attributes_type": "must be a mapping of keys to values",
    "dict_type": "must be a mapping of keys to values",
}


def _words(error: ErrorDetails) -> str:
    limits = error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return str(limits["error"])
        case "greater_than_equal":
            return f"must be {limits['ge']} or more"
        case "less_than_equal":
            return f"must be {limits['le']} or less"
        case "string_too_long":
            return f"must have at most {limits['max_length']} characters"
        case "too_short":
            return f"needs at least {limits['min_length']} {'entry' if limits['min_length'] == 1 else 'entries'}"
        case kind:
            return _WORDS.get(kind, error["msg"])


def _example(model: type[Model], path: Path) -> object:
    """The example of the nearest field on the path that has one, for the value at its end."""
    if not path:
        return None
    *parents, last = path
    if isinstance(last, int):
        example = _example(model, tuple(parents))
        return typing.cast("list[object]", example)[0] if isinstance(example, list) else example
    owner = _type_at(model, tuple(parents))
    if _is_model(owner):
        field = next((field for name, field in owner.model_fields.items() if last in (field.alias, name)), None)
        if field and field.examples:
            return field.examples[0]
    example = mapping(_example(model, tuple(parents)))
    return next(iter(example.values()), None)


def _is_model(annotation: object) -> typing.TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _type_at(model: type[Model], path: Path) -> object:
    """The declared type of the value at the path."""
    annotation: object = model
    for part in path:
        annotation = _plain(annotation)
        if _is_model(annotation):
            fields = annotation.model_fields
            annotation = next((field.annotation for name, field in fields.items() if part in (field.alias, name)), None)
        else:
            arguments = typing.get_args(annotation)  # of a dict, or of a tuple
            annotation = arguments[0 if isinstance(part, int) else -1] if arguments else None
    return _plain(annotation)


def _plain(annotation: object) -> object:
    """Without None and without Annotated."""
    if isinstance(annotation, types.UnionType):
        annotation = next(argument for argument in typing.get_args(annotation) if argument is not types.NoneType)
    if typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    return annotation
