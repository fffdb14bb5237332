"""What AWS calls the operations and parameters of a resource type, as far as their names tell."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.providers.aws import models
from sandbox.providers.aws.shapes import member
from sandbox.providers.base.types import Scalar, Type

# Where Pulumi's modules and AWS's services have different names.
_SERVICES = {
    "cloudwatch": ("logs", "events", "cloudwatch"),
    "lb": ("elbv2",),
    "sfn": ("stepfunctions",),
    "vpc": ("ec2",),
}
CREATE = ("Create", "Put", "Register", "Allocate", "Request", "Set")
READ = ("Get", "Describe")
DELETE = ("Delete", "Deregister", "Remove", "Release")
_UPDATE = ("Update", "Modify", "Put", "Set", "Replace", "Add", "Associate", "Attach")

_MOST_ALIKE = 5

Shapes = Mapping[str, Any]


@dataclass(frozen=True)
class Operations:
    """None: no operation has such a name."""

    service: str
    noun: str
    create: str | None
    read: str | None
    delete: str | None
    # Others that seem to change one, by the order in which they are looked at.
    updates: tuple[str, ...]


def find(token: str, properties: Iterable[str], service: str | None = None) -> Operations:
    area, name = token.split(":")[1].partition("/")[0], token.split(":")[2]
    candidates = (service,) if service else _SERVICES.get(area, (area,))
    known = [candidate for candidate in candidates if candidate in models.services()]
    if not known:
        raise LookupError(f"{token}: AWS has no service {', '.join(candidates)}: say which with --service")
    for noun in _nouns(name):
        for candidate in known:
            for called in (noun, models.words_of(candidate) + noun):
                create = _first(candidate, CREATE, called)
                if create:
                    return _about(candidate, called, create, properties)
    return _about(known[0], name, None, properties)


def _about(service: str, noun: str, create: str | None, properties: Iterable[str]) -> Operations:
    read = _first(service, READ, noun) or _first(service, (*READ, "List"), f"{noun}Attributes", noun)
    lower = {name.lower() for name in properties}
    updates = [
        name
        for name in models.operations(service)
        if name.startswith(_UPDATE)
        and name != create
        and _is_about(_plain(name), noun, lower)
        and (_plain(name) == noun or _names_one(service, name, noun))
    ]
    # An operation that is about the resource and no more comes first.
    updates.sort(key=lambda name: (len(name), name))
    return Operations(service, noun, create, read, _first(service, DELETE, noun), tuple(updates))


def _is_about(plain: str, noun: str, properties: set[str]) -> bool:
    """As in ModifySubnetAttribute, AddRoleToInstanceProfile, PutRolePermissionsBoundary, PutImageTagMutability."""
    after = plain.removeprefix(noun).lower() if plain.startswith(noun) else plain.lower()
    return plain.endswith(noun) or after in {"attribute", "attributes", "options", "settings", *properties}


def _names_one(service: str, operation: str, noun: str) -> bool:
    """Tell whether a parameter says which one is meant, as in RepositoryName."""
    return any(name.lower().startswith(noun.lower()) for name in parameters(service, operation))


def _nouns(name: str) -> Iterator[str]:
    """The whole name, and what is left of it without the first words."""
    words = split(name)
    for start in range(len(words)):
        yield "".join(words[start:])


def split(name: str) -> list[str]:
    return re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)


def _plain(operation: str) -> str:
    """What follows the verb, whatever its number."""
    return "".join(split(operation)[1:])


def _first(service: str, verbs: Iterable[str], *nouns: str) -> str | None:
    known = {name.lower(): name for name in models.operations(service)}
    wanted = (f"{verb}{form}".lower() for noun in nouns for verb in verbs for form in (noun, plural(noun)))
    return next((known[name] for name in wanted if name in known), None)


def plural(noun: str) -> str:
    if noun.endswith("s"):
        return f"{noun}es"
    return f"{noun[:-1]}ies" if re.search("[^aeiou]y$", noun) else f"{noun}s"


def alike(operations: Operations, verbs: Iterable[str]) -> list[str]:
    """Operations that may be the one that was not found: about something of the same last word."""
    last = split(operations.noun)[-1]
    known = models.operations(operations.service)
    return sorted((name for name in known if last in name and name.startswith(tuple(verbs))), key=len)[:_MOST_ALIKE]


def parameters(service: str, operation: str | None) -> Shapes:
    shape = models.operation(service, operation).input_shape if operation else None
    return shape.members if shape else {}


def required(service: str, operation: str | None) -> list[str]:
    shape = models.operation(service, operation).input_shape if operation else None
    return list(shape.required_members) if shape else []


_BESIDE = ("tags", "failures")  # what answers have beside the resource


def result(service: str, operation: str | None, noun: str) -> tuple[str | None, Shapes]:
    """The part of an answer that is the resource, and its members."""
    shape = models.operation(service, operation).output_shape if operation else None
    members: dict[str, Any] = dict(shape.members) if shape else {}
    holders = {name: _structure(held) for name, held in members.items() if name.lower() not in _BESIDE}
    holders = {name: held for name, held in holders.items() if held is not None}
    named = [name for name in holders if name.lower() in (noun.lower(), plural(noun).lower())]
    # One with another name, such as KeyMetadata.
    chosen = named or [name for name in holders if members[name].type_name == "structure"]
    if len(chosen) == 1:
        return chosen[0], holders[chosen[0]].members
    return None, members


def _structure(shape: Any) -> Any:
    held = shape.member if shape.type_name == "list" else shape
    return held if held.type_name == "structure" else None


def called(name: str, type_: Type, members: Shapes, words: list[str]) -> str | None:
    """The member that stands for a property. It may have some of the words of what it belongs to before the name."""
    direct = member(name, members)
    if direct and not (isinstance(type_, Scalar) and _is_collection(members[direct])):
        return direct
    # All of them first, then the last ones, as in FilterName of a MetricFilter.
    starts = ["".join(words[start:end]) for end in range(len(words), 0, -1) for start in range(end)]
    known = {candidate.lower(): candidate for candidate in members}
    return next((known[f"{start}{name}".lower()] for start in starts if f"{start}{name}".lower() in known), None)


def _is_collection(shape: Any) -> bool:
    return shape.type_name == "list" and shape.member.type_name == "structure"
