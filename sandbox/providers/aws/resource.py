"""The table of a resource type: its operations, its properties and what AWS calls them.

docs/sandbox.md shows how to add one. A simple type, whose id is its name:

    REPOSITORY = Resource(
        token="aws:ecr/repository:Repository",
        service="ecr",
        supported=("imageTagMutability", "name", "region", "tags"),
        replaces=("name", "region"),
        autoname=Autoname(),
        id=known_by("name"),
        keys={"repositoryName": "id"},
        create=Operation("CreateRepository", "repository"),
        read=Operation("DescribeRepositories", "repositories"),
        changes=(Change("PutImageTagMutability", ("imageTagMutability",)),),
        delete=Operation("DeleteRepository"),
        names={"arn": "repositoryArn", "name": "repositoryName", "repositoryUrl": "repositoryUri"},
        tags=tags.ECR,
    )
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.providers.aws.api import Api, Body
from sandbox.providers.aws.faults import TableError
from sandbox.providers.aws.shapes import Names
from sandbox.providers.aws.tags import Tagging
from sandbox.providers.base.contract import Contract, Problem, RefusedError
from sandbox.providers.base.wire import Properties

Rule = Callable[[Properties], Iterable[Problem]]
Find = Callable[[Api, Properties], Body | None]


@dataclass(frozen=True)
class Operation:
    """A call that is about one resource."""

    name: str
    # The part of the answer that is the resource, or a list of it. None: the answer itself.
    result: str | None = None
    # Parameters beside those that tell which resource is meant.
    constant: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Change:
    """An operation that sets some properties of a resource that is there."""

    operation: str
    properties: tuple[str, ...]
    # It sets all of them at once: what is left out is reset.
    whole: bool = False
    # What to send for a property that is no longer given.
    absent: Mapping[str, Any] = field(default_factory=dict[str, Any])
    # The operation that unsets them instead.
    unset: str | None = None


@dataclass(frozen=True)
class CustomChange:
    """A change that takes more than one operation, or one that names things in its own way."""

    # Of the live state, the inputs and the names of the properties that differ.
    make: Callable[[Api, Properties, Properties, set[str]], None]
    properties: tuple[str, ...]


_NO_PARAMETERS = ("tags", "region", "namePrefix")


def _no_more(_api: Api, _body: Body, _state: Properties) -> Properties:
    return {}


def _as_is(_operation: str, _inputs: Properties, _parameters: Properties) -> None:
    pass


def _nothing(_api: Api, _state: Properties) -> None:
    pass


def _no_wait(_api: Api, _state: Properties, _operation: str, _began: datetime) -> None:
    pass


def never(_body: Body) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Resource(Contract):
    # ── Every type: these, with `token` and `supported` ──
    service: str
    create: Operation
    # Where no operation is about one resource: a function that picks it out.
    read: Operation | Find
    delete: Operation
    # Parameters that tell an operation which resource is meant, by property. Plural ones are found too.
    keys: Mapping[str, str]
    # Of the state, which holds the answer's properties too, and the answer: see `answered` and `known_by`.
    id: Callable[[Properties, Body], str]

    # ── Most types: some of these, and `replaces`, `defaults`, `autoname`, `computed` ──
    changes: tuple[Change | CustomChange, ...] = ()
    names: Names = field(default_factory=dict[str, str | tuple[str, ...]])  # where AWS calls a property something else
    tags: Tagging | None = None
    rules: tuple[Rule, ...] = ()  # what AWS refuses and its models do not say
    # What an id to import is made of, as in "{role}:{name}", or the properties that it holds.
    import_id: str | Callable[[str], Properties] = "{id}"
    ec2_arn: str | None = None  # of EC2 resources, which AWS does not state: the part before the id

    # ── Properties with a way of their own ──
    provider_only: tuple[str, ...] = ()  # AWS knows nothing of them
    write_only: tuple[str, ...] = ()  # AWS, or the local one, never tells: the state keeps what was sent
    encoded: tuple[str, ...] = ()  # `encode` turns them into parameters

    # ── Steps, for what the fields above cannot say ──
    # Completes the parameters of an operation, from the inputs.
    encode: Callable[[str, Properties, Properties], None] = _as_is
    after_create: Callable[[Api, Properties], None] = _nothing
    # Until the resource is as it should be, after a create or an update of more than its tags that began then.
    wait: Callable[[Api, Properties, str, datetime], None] = _no_wait
    # More properties of what was found, from the answer and the properties known by then.
    after_read: Callable[[Api, Body, Properties], Properties] = _no_more
    # It may correct the state, which tells what is deleted.
    before_delete: Callable[[Api, Properties], None] = _nothing
    # AWS goes on describing some types after their end.
    gone: Callable[[Body], bool] = never

    @property
    def regional(self) -> bool:
        return "region" in self.supported

    @property
    def custom_changes(self) -> set[str]:
        """Properties that a function changes."""
        return {name for change in self.changes if isinstance(change, CustomChange) for name in change.properties}

    def is_reported(self, name: str) -> bool:
        """Tell whether AWS says what a property is. Then what it leaves out is not set."""
        return name in self.supported and name not in (*self.provider_only, *self.write_only, *_NO_PARAMETERS)

    def is_sent(self, name: str) -> bool:
        """Tell whether a property is a parameter by itself."""
        return name in self.supported and name not in (*self.provider_only, *self.encoded, *_NO_PARAMETERS)

    def parse_id(self, id_: str) -> Properties:
        """The properties that an id holds, to find a resource by its id alone."""
        if callable(self.import_id):
            return self.import_id(id_)
        # A part ends at the first separator, but for the last one, which may be an ARN.
        *firsts, last = re.split(r"(?<=})(?=[:/])", self.import_id)
        pattern = "".join(re.sub(r"\{(\w+)\}", r"(?P<\1>[^:/]+)", part) for part in firsts)
        found = re.fullmatch(pattern + re.sub(r"\{(\w+)\}", r"(?P<\1>.+)", last), id_)
        if found is None:
            raise RefusedError(f"unexpected format of the id {id_}, expected {self.import_id}")
        return {"id": id_, **found.groupdict()}


def answered(name: str) -> Callable[[Properties, Body], str]:
    """An id that is in the answer."""
    return lambda _state, body: _id(body, name, "the answer to the create or read")


def known_by(name: str) -> Callable[[Properties, Body], str]:
    """An id that is one of the properties."""
    return lambda state, _body: _id(state, name, "the state")


def _id(holder: Mapping[str, Any], name: str, what: str) -> str:
    if name not in holder:
        raise TableError(f"id: {what} has no {name}, only {', '.join(sorted(holder))}: correct `id` or `names`")
    return str(holder[name])
