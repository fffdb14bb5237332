"""A table for a new resource type, drafted from the SDK, AWS's models and the facts.

What none of them says stands in the draft as a comment that begins with "look up".
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.providers.aws import models
from sandbox.providers.base import sdk
from sandbox.providers.base.types import ListOf, ObjectOf, Type
from sandbox.providers.scaffold import facts as known_facts
from sandbox.providers.scaffold import operations as aws
from sandbox.providers.scaffold.facts import Facts

NOT_FOUND = "LOOK-UP"
_MOST_HINTS = 3
_ELSEWHERE = {"namePrefix": "becomes the name", "region": "where the call goes", "tags": "as `tags` below says"}


@dataclass(frozen=True)
class _Parameter:
    """How a property reaches AWS."""

    operation: str
    name: str
    shape: Any


class Draft:
    """What is known of a type."""

    def __init__(self, token: str, service: str | None = None) -> None:
        self.token = token
        self.schema = sdk.resource(token)
        self.facts = known_facts.of(token)
        self.operations = aws.find(token, self.schema.inputs, service)
        self.words = aws.split(self.operations.noun)
        self.supported = sorted(set(self.schema.inputs) - sdk.deprecated(token))
        self.required = [name for name in self.supported if name in self.schema.required]
        self.creates = aws.parameters(self.operations.service, self.operations.create)
        self.create_result, self.created = self._result(self.operations.create)
        self.read_result, self.read = self._result(self.operations.read)
        self.parameters = {name: found for name in self.supported if (found := self._parameter(name))}
        self.names = dict(self._names())
        self.keys = dict(self._keys())
        self.replaces = self._replaces()

    def _result(self, operation: str | None) -> tuple[str | None, aws.Shapes]:
        return aws.result(self.operations.service, operation, self.operations.noun)

    def _called(self, name: str, members: aws.Shapes) -> str | None:
        """The member that stands for a property and for no other."""
        others = {other.lower() for other in self.schema.outputs if other != name}
        free = {called: shape for called, shape in members.items() if called.lower() not in others}
        type_ = self.schema.inputs.get(name) or self.schema.outputs[name]
        return aws.called(name, type_, free, self.words)

    def _parameter(self, name: str) -> _Parameter | None:
        """Of the create, or of the first operation that changes it."""
        if name in ("region", "namePrefix"):
            return None
        for operation in filter(None, (self.operations.create, *self.operations.updates)):
            members = aws.parameters(self.operations.service, operation)
            called = self._called(name, members)
            if called:
                return _Parameter(operation, called, members[called])
        return None

    def _names(self) -> Iterator[tuple[str, str | tuple[str, ...]]]:
        """Properties that AWS calls something else, those of nested objects too."""
        for name, type_ in self.schema.outputs.items():
            if name in ("tags", "tagsAll", "region"):
                continue
            sent = self.parameters.get(name)
            told = self._called(name, self.read)
            stated = tuple(dict.fromkeys(filter(None, (sent.name if sent else None, told))))
            if any(other.lower() != name.lower() and aws.member(name, [other]) is None for other in stated):
                yield name, stated[0] if len(stated) == 1 else stated
            elif not told and aws.member(name, self.read):
                yield name, "-"  # found by rule of thumb, and of another kind
            if sent:
                yield from self._nested_names(name, type_, sent.shape)

    def _nested_names(self, path: str, type_: Type, shape: Any) -> Iterator[tuple[str, str]]:
        for inner, inner_type, members in _members(type_, shape):
            called = aws.called(inner, inner_type, members, aws.split(path.rpartition(".")[2]))
            if called and aws.member(inner, [called]) is None:
                yield f"{path}.{inner}", called
            if called:
                yield from self._nested_names(f"{path}.{inner}", inner_type, members[called])

    def without_counterpart(self) -> list[str]:
        """Members of nested objects that AWS does not have."""
        return [
            path
            for name, found in self.parameters.items()
            for path in _without_counterpart(name, self.schema.inputs[name], found.shape)
        ]

    def unread(self) -> list[str]:
        """Properties that the answer to the read does not hold, but for those that are to look up anyway."""
        known = {*self.names, "tags", "tagsAll", "region", "namePrefix", *set(self.supported) - set(self.parameters)}
        return [name for name in self.schema.outputs if name not in known and not self._called(name, self.read)]

    def _keys(self) -> Iterator[tuple[str, str]]:
        """What the delete takes, by the property that has it."""
        by_parameter = {found.name.lower(): name for name, found in self.parameters.items()}
        taken = aws.required(self.operations.service, self.operations.delete)
        # Some take an id or a name, and require neither.
        known = aws.parameters(self.operations.service, self.operations.delete)
        taken = taken or [name for name in known if name.lower() == f"{self.operations.noun}id".lower()]
        for parameter in taken:
            name = by_parameter.get(parameter.lower(), "id")
            # What is the id already is known of a resource that is imported.
            yield parameter, "id" if len(taken) == 1 and self.id() == f'known_by("{name}")' else name

    def _replaces(self) -> list[str]:
        if self.facts:
            return [path for path in self.facts.replaces if path.split(".")[0] in self.supported]
        # A resource that is known by a property cannot get another value of it.
        identifying = {"name", "namePrefix", "region", *self.keys.values()}
        return [name for name in self.supported if name in identifying]

    def id(self) -> str:
        told = self.facts.id if self.facts else ""
        by_id = next((name for name in self.created if name.lower() == f"{self.operations.noun}id".lower()), None)
        if told.endswith("ARN"):
            return 'known_by("arn")'
        if by_id and not told.endswith("name"):
            return f'answered("{by_id}")'
        return 'known_by("name")' if "name" in self.supported else 'known_by("arn")'

    def changes(self) -> dict[str, list[str]]:
        """Properties that do not replace, by the operation that changes them."""
        found: dict[str, list[str]] = {}
        for name in self.supported:
            if name in ("tags", *(path.split(".")[0] for path in self.replaces)):
                continue
            operation = self.changed_by(name)
            if operation:
                found.setdefault(operation, []).append(name)
        return found

    def changed_by(self, name: str) -> str | None:
        updates = [*self.operations.updates]
        create = self.operations.create
        if create and create.startswith(("Put", "Set")):
            updates.append(create)  # it creates or replaces
        for operation in updates:
            members = aws.parameters(self.operations.service, operation)
            if self._called(name, members):
                return operation
        return None

    def unchanged(self) -> list[str]:
        """Properties that the create takes, that do not replace and that no operation was found to change."""
        known = {*self.provider_only(), "tags", *(name for names in self.changes().values() for name in names)}
        known |= {path.split(".")[0] for path in self.replaces}
        known |= set(self.facts.replaces_sometimes if self.facts else ())
        return [name for name in self.parameters if name not in known]

    def shape(self, name: str) -> Any:
        """The parameter's shape, if it is one."""
        found = self.parameters.get(name)
        return found.shape if found else None

    def provider_only(self) -> list[str]:
        """Switches for the provider itself, judged by their names."""
        return [
            name for name in self.supported if name not in self.parameters and re.match("force|skip|wait|retain", name)
        ]

    def at_most_one(self) -> list[tuple[str, ...]]:
        if self.facts is None:
            return [("name", "namePrefix")] if {"name", "namePrefix"} <= set(self.supported) else []
        apart = {frozenset(pair) for group in self.facts.exactly_one for pair in _pairs(group)}
        pairs = {frozenset((name, other)) for name, others in self.facts.conflicts.items() for other in others} - apart
        return sorted(tuple(sorted(pair)) for pair in pairs if pair <= set(self.supported))

    def exactly_one(self) -> list[tuple[str, ...]]:
        groups = self.facts.exactly_one if self.facts else ()
        return [tuple(name for name in group if name in self.supported) for group in groups]

    def autoname(self) -> Mapping[str, Any] | None:
        if self.facts and self.facts.autoname:
            return self.facts.autoname
        return {} if "name" in self.supported and "name" not in self.required else None

    def defaults(self) -> dict[str, Any]:
        return {
            path: value
            for path, value in (self.facts or Facts()).defaults.items()
            if path.split(".")[0] in self.supported
        }

    def where(self, name: str) -> str:
        """Tells how a property reaches AWS."""
        if name in _ELSEWHERE:
            return _ELSEWHERE[name]
        found = self.parameters.get(name)
        if found:
            return f"{found.operation}.{found.name}"
        if name in self.provider_only():
            return "look up: taken for something that AWS knows nothing of"
        inner = next(self._inner(name), None)
        if inner:
            return f"look up: {inner}, where `encode` can put it"
        similar = list(self._similar(name))[:_MOST_HINTS]
        there = f"; there is {', '.join(similar)}" if similar else ""
        return f"look up: no parameter is called like it{there}"

    def _inner(self, name: str) -> Iterator[str]:
        """Parameters inside those of the create."""
        for outer, shape in self.creates.items():
            held = shape.member if shape.type_name == "list" else shape
            if held.type_name == "structure":
                called = self._called(name, held.members)
                if called:
                    yield f"{outer}.{called}"

    def _similar(self, name: str) -> Iterator[str]:
        """Parameters with more words than the property."""
        for operation in filter(None, (self.operations.create, *self.operations.updates)):
            for candidate in aws.parameters(self.operations.service, operation):
                if name.lower() in candidate.lower():
                    yield f"{operation}.{candidate}"

    def tagging(self) -> str | Mapping[str, str] | None:
        """How tags are kept: EC2's word for the type, or the fields of a Tagging."""
        if "tags" not in self.supported:
            return None
        if "TagSpecifications" in self.creates:
            kind = "-".join(self.words).lower()
            return kind if kind in self.creates["TagSpecifications"].member.members["ResourceType"].enum else NOT_FOUND
        service, noun = self.operations.service, self.operations.noun
        add = self._one_of(f"Tag{noun}", "TagResource", "AddTags", "AddTagsToResource")
        remove = self._one_of(f"Untag{noun}", "UntagResource", "RemoveTags", "RemoveTagsFromResource")
        resource = next((name for name in aws.required(service, add) if "tag" not in name.lower()), NOT_FOUND)
        by_parameter = {found.name.lower(): name for name, found in self.parameters.items()}
        found = {
            "add": add or NOT_FOUND,
            "remove": remove or NOT_FOUND,
            "resource": resource,
            "named_by": by_parameter.get(resource.lower(), "name" if "name" in resource.lower() else "arn"),
        }
        if not any(name.lower() in ("tags", "taglist") for name in self.read):
            lists = self._one_of(f"List{noun}Tags", "ListTagsForResource", "ListTags", "DescribeTags")
            found["lists"] = lists or NOT_FOUND
        return found

    def _one_of(self, *names: str) -> str | None:
        known = models.operations(self.operations.service)
        return next((name for name in names if name in known), None)


def _pairs(group: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return ((one, other) for one in group for other in group if one < other)


def _members(type_: Type, shape: Any) -> Iterator[tuple[str, Type, Mapping[str, Any]]]:
    """The members of a nested object, if both sides have one."""
    inner = type_.item if isinstance(type_, ListOf) else type_
    held = shape.member if shape.type_name == "list" else shape
    if isinstance(inner, ObjectOf) and held.type_name == "structure":
        for name, member_type in inner.members.items():
            yield name, member_type, held.members


def _without_counterpart(path: str, type_: Type, shape: Any) -> Iterator[str]:
    for name, inner, members in _members(type_, shape):
        called = aws.called(name, inner, members, aws.split(path.rpartition(".")[2]))
        if called is None:
            yield f"{path}.{name}"
        else:
            yield from _without_counterpart(f"{path}.{name}", inner, members[called])
