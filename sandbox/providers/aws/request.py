"""The parameters of operations, and what is wrong with them."""

from collections.abc import Iterator
from typing import Any

from sandbox.providers.aws import models, tags
from sandbox.providers.aws.resource import CustomChange, Resource
from sandbox.providers.aws.shapes import DocumentError, UnmappedError, member, to_aws
from sandbox.providers.aws.validate import violations
from sandbox.providers.base.check import DEFAULTS
from sandbox.providers.base.contract import Problem
from sandbox.providers.base.wire import UNKNOWN, Properties, has_unknown


def parameters(resource: Resource, operation: str, inputs: Properties) -> Properties:
    """The inputs that an operation takes, in its words."""
    members = models.input_shape(resource.service, operation).members
    built: Properties = {}
    for name, value in inputs.items():
        target = member(name, members, resource.names.get(name)) if resource.is_sent(name) else None
        if target:
            built[target] = to_aws(members[target], value, resource.names, name)
    resource.encode(operation, inputs, built)
    return built


def keys(resource: Resource, operation: str, state: Properties) -> Properties:
    """The parameters that tell an operation which resource is meant."""
    members = models.input_shape(resource.service, operation).members
    built: Properties = {}
    for name, property_ in resource.keys.items():
        target = member(name, members)
        value: Any = state.get(property_)
        if target and value is not None:
            built[target] = [value] if members[target].type_name == "list" else value
    return built


def problems(resource: Resource, inputs: Properties) -> Iterator[Problem]:
    """What AWS would refuse, of the inputs that are known yet."""
    given = {name: UNKNOWN if has_unknown(value) else value for name, value in inputs.items() if name != DEFAULTS}
    for rule in resource.rules:
        yield from rule(given)
    known = {name: value for name, value in given.items() if value is not UNKNOWN}
    complete = len(known) == len(given)
    try:
        yield from _model_problems(resource, resource.create.name, known, complete=complete)
        for change in resource.changes:
            if isinstance(change, CustomChange):
                continue
            changed = {name: known[name] for name in change.properties if name in known}
            yield from _model_problems(resource, change.operation, changed, complete=False)
    except UnmappedError as unmapped:
        where = str(unmapped)
        yield Problem(where.split(".", 1)[0], f"{where} is not supported by the sandbox")
    except DocumentError as error:
        yield Problem(error.where.split(".", 1)[0], str(error))


def _model_problems(resource: Resource, operation: str, inputs: Properties, *, complete: bool) -> Iterator[Problem]:
    built = parameters(resource, operation, inputs)
    if resource.tags:
        tags.put_into(built, resource.tags, resource.service, operation, inputs.get("tags", {}))
    shape = models.input_shape(resource.service, operation)
    for violation in violations(shape, built, complete=complete):
        yield Problem(_property(resource, violation.where), str(violation))


def _property(resource: Resource, where: str) -> str:
    """The property that a parameter comes from."""
    parameter = where.split(".", 1)[0]
    for name in resource.supported:
        if member(name, [parameter], resource.names.get(name)):
            return name
    return ""
