"""The table of a resource type: its operations, its properties and what AWS calls them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.providers.aws.api import Api, Body
from sandbox.providers.aws.shapes import Names
from sandbox.providers.aws.tags import Tagging
from sandbox.providers.base.contract import Contract, Problem
from sandbox.providers.base.wire import Properties

Rule = Callable[[Properties], Iterable[Problem]]


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


_NO_PARAMETERS = ("tags", "region", "namePrefix")


def _no_more(_api: Api, _body: Body, _state: Properties) -> Properties:
    return {}


def _as_is(_operation: str, _inputs: Properties, _parameters: Properties) -> None:
    pass


def _nothing(_api: Api, _state: Properties) -> None:
    pass


def _no_change(_api: Api, _live: Properties, _inputs: Properties, _changed: set[str]) -> None:
    pass


def never(_body: Body) -> bool:
    return False


def by_id(id_: str) -> Properties:
    return {"id": id_}


@dataclass(frozen=True, kw_only=True)
class Resource(Contract):
    service: str
    # Of the state, which holds the answer's properties too, and the answer.
    id: Callable[[Properties, Body], str]
    # Parameters that tell AWS which resource is meant, by property. Plural ones are found too.
    keys: Mapping[str, str]
    create: str
    created: str | None = None  # what holds the resource in the answer
    read: str = ""
    found: str | None = None
    read_also: Mapping[str, Any] = field(default_factory=dict[str, Any])
    # Instead of `read`: what an operation that is not about this one resource knows of it.
    find: Callable[[Api, Properties], Body | None] | None = None
    gone: Callable[[Body], bool] = never
    changes: tuple[Change, ...] = ()
    delete: str
    delete_also: Mapping[str, Any] = field(default_factory=dict[str, Any])
    names: Names = field(default_factory=dict[str, str | tuple[str, ...]])
    # Properties that AWS knows nothing of.
    local: tuple[str, ...] = ()
    # Properties that AWS, or the local one, never tells: the state keeps what was sent.
    unreported: tuple[str, ...] = ()
    # Properties that `request` turns into parameters.
    custom: tuple[str, ...] = ()
    # Properties that `converge` sets.
    converges: tuple[str, ...] = ()
    tags: Tagging | None = None
    arn: str | None = None  # of EC2 resources, which AWS does not state: the part before the id
    regional: bool = True
    rules: tuple[Rule, ...] = ()
    # Operation, inputs and parameters, which it completes.
    request: Callable[[str, Properties, Properties], None] = _as_is
    # After the create.
    settle: Callable[[Api, Properties], None] = _nothing
    # Live state, inputs and the properties that differ.
    converge: Callable[[Api, Properties, Properties, set[str]], None] = _no_change
    # More properties of what was found, from the answer and the properties known by then.
    describe: Callable[[Api, Body, Properties], Properties] = _no_more
    # It may correct the state, which tells what is deleted.
    prepare_delete: Callable[[Api, Properties], None] = _nothing
    # The properties that an id holds, to find a resource by its id alone.
    identify: Callable[[str], Properties] = by_id

    def is_reported(self, name: str) -> bool:
        """Tell whether AWS says what a property is. Then what it leaves out is not set."""
        return name in self.supported and name not in (*self.local, *self.unreported, *_NO_PARAMETERS)

    def is_sent(self, name: str) -> bool:
        """Tell whether a property is a parameter by itself."""
        return name in self.supported and name not in (*self.local, *self.custom, *_NO_PARAMETERS)


def answered(name: str) -> Callable[[Properties, Body], str]:
    """An id that is in the answer."""
    return lambda _state, body: str(body[name])


def known_by(name: str) -> Callable[[Properties, Body], str]:
    """An id that is one of the properties."""
    return lambda state, _body: str(state[name])
