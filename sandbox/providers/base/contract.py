"""What a resource type accepts, and what a change of it means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.providers.base.wire import Properties


class RefusedError(Exception):
    """The request cannot be carried out, and nothing was changed."""


class PartialError(Exception):
    """Something was created or changed before the failure. The engine must know, or it is orphaned."""

    def __init__(self, id_: str, state: Properties, reason: str) -> None:
        super().__init__(reason)
        self.id = id_
        self.state = state


@dataclass(frozen=True)
class Problem:
    """A reason to refuse a resource's inputs."""

    property: str
    reason: str


@dataclass(frozen=True)
class Autoname:
    """The property that gets a name made from the resource's when the program gives none."""

    property: str = "name"
    max_length: int = 255


Condition = Callable[[Properties, Properties], bool]


@dataclass(frozen=True, kw_only=True)
class Contract:
    # ── Every type ──
    token: str
    supported: tuple[str, ...]

    # ── Most types, as the official provider has it ──
    # Dotted paths; a parent covers all below it.
    replaces: tuple[str, ...] = ()
    # Dotted paths; those below a nested object hold where that is given.
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    autoname: Autoname | None = None
    # The cloud chooses a value for these when none is given: leaving them out is no change.
    computed: tuple[str, ...] = ()

    # ── Properties that depend on each other ──
    # Beyond what the SDK requires.
    required: tuple[str, ...] = ()
    at_most_one: tuple[tuple[str, ...], ...] = ()
    exactly_one: tuple[tuple[str, ...], ...] = ()

    # ── Properties whose values are compared in a way of their own ──
    # Lists whose order matters.
    ordered: tuple[str, ...] = ()
    # By property: to a form in which values that mean the same are equal.
    canonical: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict[str, Callable[[Any], Any]])
    # What the cloud adds to these is a difference, too.
    exact: tuple[str, ...] = ()

    # ── Rare: changes with a meaning of their own ──
    # By property: old inputs and new inputs to whether the change replaces.
    replaces_when: Mapping[str, Condition] = field(default_factory=dict[str, Condition])
    # Old inputs and new inputs to a reason why the change is impossible.
    impossible: Callable[[Properties, Properties], str | None] = lambda _old, _new: None
    delete_before_replace: bool = False
