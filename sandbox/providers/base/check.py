"""Checking the inputs of a resource: types, required and conflicting properties, defaults, automatic names."""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from sandbox.providers.base.contract import Autoname, Contract, Problem
from sandbox.providers.base.protocol import provider_pb2 as pb
from sandbox.providers.base.sdk import Schema
from sandbox.providers.base.types import MismatchError, conform
from sandbox.providers.base.wire import UNKNOWN, Properties, Unknown

DEFAULTS = "__defaults"  # the bridge's name for the list of inputs that the program did not give

_RANDOM_CHARACTERS = 7


@dataclass(frozen=True)
class Naming:
    """What the engine says about the name of a resource."""

    resource: str
    seed: bytes
    configured: pb.CheckRequest.AutonamingOptions | None


def check(
    contract: Contract, schema: Schema, where: str, old: Properties, new: Properties, naming: Naming
) -> tuple[Properties, list[Problem]]:
    """Complete the inputs, with every problem at once. `where`: the file that supports this type."""
    problems: list[Problem] = []
    inputs: Properties = {}
    for name, value in new.items():
        if name.startswith("__"):
            continue
        if name not in schema.inputs:
            problems.append(Problem(name, "there is no such property"))
        elif name not in contract.supported:
            problems.append(Problem(name, f"not supported by the sandbox: add it to {where}"))
        else:
            try:
                inputs[name] = conform(schema.inputs[name], value, name)
            except MismatchError as mismatch:
                problems.append(Problem(name, str(mismatch)))
    given = {problem.property for problem in problems} | set(inputs)
    problems += _missing_and_conflicting(contract, schema, given)
    defaulted = _complete(contract, inputs, given)
    if contract.autoname and contract.autoname.property not in given:
        name = _name(inputs, contract.autoname, old, naming)
        if isinstance(name, Problem):
            problems.append(name)
        else:
            inputs[contract.autoname.property] = name
            defaulted.append(contract.autoname.property)
    inputs[DEFAULTS] = sorted(defaulted)
    return inputs, problems


def _missing_and_conflicting(contract: Contract, schema: Schema, given: set[str]) -> Iterator[Problem]:
    for name in sorted({*schema.required, *contract.required} - given):
        yield Problem(name, "Missing required property")
    for group in contract.at_most_one:
        present = [name for name in group if name in given]
        if len(present) > 1:
            yield Problem(present[0], f"Conflicting properties: only one of {_listed(present)} can be given")
    for group in contract.exactly_one:
        present = [name for name in group if name in given]
        if len(present) != 1:
            found = f"{_listed(present)} were" if present else "none was"
            supported = [name for name in group if name in contract.supported]
            yield Problem((present or supported)[0], f"exactly one of {_listed(supported)} is required, {found} given")


def _listed(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _complete(contract: Contract, inputs: Properties, given: set[str]) -> list[str]:
    """Fill in defaults. Returns the names of top-level properties that got one."""
    defaulted: list[str] = []
    for path, default in contract.defaults.items():
        parent, _, name = path.rpartition(".")
        if not parent:
            if name not in given:
                inputs[name] = default
                defaulted.append(name)
            continue
        for holder in _objects(inputs, parent.split(".")):
            holder.setdefault(name, default)
    return defaulted


def _objects(value: Any, path: list[str]) -> Iterator[Properties]:
    if isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from _objects(item, path)
    elif isinstance(value, dict):
        members = cast("Properties", value)
        if path:
            yield from _objects(members.get(path[0]), path[1:])
        else:
            yield members


def _name(inputs: Properties, autoname: Autoname, old: Properties, naming: Naming) -> str | Unknown | Problem:
    """The name of a resource whose program gives none: the one it has, if it has one."""
    name = autoname.property
    if name in old.get(DEFAULTS, []):
        return old[name]
    prefix: str | Unknown = inputs.get("namePrefix", f"{naming.resource}-")
    if isinstance(prefix, Unknown):
        return UNKNOWN
    if naming.configured and "namePrefix" not in inputs:
        return _configured_name(autoname, naming.configured)
    if len(prefix) + _RANDOM_CHARACTERS > autoname.max_length:
        # The bridge does not shorten names either.
        reason = f"plus {_RANDOM_CHARACTERS} random chars is longer than maximum length {autoname.max_length}"
        return Problem(name, f"name '{prefix}' {reason}")
    seed = naming.seed or secrets.token_bytes(16)
    return prefix + hashlib.sha256(seed).hexdigest()[:_RANDOM_CHARACTERS]


def _configured_name(autoname: Autoname, configured: pb.CheckRequest.AutonamingOptions) -> str | Problem:
    """The name that the stack's autonaming settings make."""
    modes, proposed = pb.CheckRequest.AutonamingOptions, configured.proposed_name
    if configured.mode == modes.DISABLE:
        return Problem(autoname.property, f"automatic naming is disabled: give {autoname.property}")
    if configured.mode == modes.PROPOSE and len(proposed) > autoname.max_length:
        return Problem(autoname.property, f"name '{proposed}' is longer than maximum length {autoname.max_length}")
    return proposed
