"""From what a stack file says to settings, or to a list of all that is wrong with it."""

import json
import re
import types
import typing
from collections.abc import Mapping
from difflib import get_close_matches

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from settings.model import Defaults, StackSettings
from settings.problems import Path, Problem

Values = Mapping[str, object]


def parse(values: Values) -> tuple[StackSettings | None, list[Problem]]:
    """Validate the values under the project's namespace: either settings, or problems."""
    try:
        return StackSettings.model_validate_json(json.dumps(_with_defaults(values), default=str)), []
    except ValidationError as error:
        return None, [_problem(details) for details in error.errors()]


def _with_defaults(values: Values) -> Values:
    """Put the defaults under each integration, unless they are wrong themselves: once is enough to say that."""
    defaults, integrations = values.get("defaults"), values.get("integrations")
    if not isinstance(defaults, dict) or not isinstance(integrations, dict):
        return values
    try:
        Defaults.model_validate_json(json.dumps(defaults, default=str))
    except ValidationError:
        return values
    merged = {
        key: _merge(typing.cast("Values", defaults), typing.cast("Values", own)) if isinstance(own, dict) else own
        for key, own in typing.cast("Values", integrations).items()
    }
    return {**values, "integrations": merged}


def _merge(below: Values, above: Values) -> Values:
    merged = dict(below)
    for key, value in above.items():
        under = below.get(key)
        both = isinstance(value, dict) and isinstance(under, dict)
        merged[key] = _merge(typing.cast("Values", under), typing.cast("Values", value)) if both else value
    return merged


def _problem(error: ErrorDetails) -> Problem:
    path: Path = tuple(error["loc"])
    if path[-1] == "[key]":
        what = f"{path[-2]!r} cannot be a name: up to 32 lower-case letters, digits and hyphens, with a letter first"
        return Problem(path[:-2], what, _example(path[:-2]))
    if error["type"] == "extra_forbidden":
        return _unknown_key(path)
    return Problem(path, _words(error), _example(path))


def _unknown_key(path: Path) -> Problem:
    *parents, last = path
    key = str(last) if str(last).isprintable() else ascii(last)
    model = _type_at(tuple(parents))
    known = [field.alias or name for name, field in model.model_fields.items()] if _is_model(model) else []
    near = get_close_matches(key, known, n=1)
    if near:
        meant = (*parents, near[0])
        return Problem(meant, f"{key} is not a key here; did you mean {near[0]}?", _example(meant))
    what = f"is not a key here; the keys are {', '.join(known)}"
    if _CREDENTIAL.search(key):
        what += ". A credential is never written here: python -m ops secrets set stores it"
    return Problem(path, what)


_CREDENTIAL = re.compile("token|password|secret|pat$|key$", re.IGNORECASE)


_WORDS = {
    "missing": "is required",
    "string_type": "must be text (in quotes where YAML would take it for something else)",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "string_too_short": "must not be empty",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "model_type": "must be a mapping of keys to values",
    "model_attributes_type": "must be a mapping of keys to values",
    "dict_type": "must be a mapping of names to integrations",
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


def _example(path: Path) -> object:
    """The example of the nearest field on the path that has one, for the value at its end."""
    *parents, last = path
    if isinstance(last, int):
        example = _example(tuple(parents))
        return typing.cast("list[object]", example)[0] if isinstance(example, list) else example
    model = _type_at(tuple(parents))
    if _is_model(model):
        field = next((field for name, field in model.model_fields.items() if last in (field.alias, name)), None)
        if field and field.examples:
            return field.examples[0]
    example = _example(tuple(parents)) if parents else None
    return next(iter(typing.cast("Values", example).values())) if isinstance(example, dict) else example


def _is_model(annotation: object) -> typing.TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _type_at(path: Path) -> object:
    """The declared type of the value at the path."""
    annotation: object = StackSettings
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
