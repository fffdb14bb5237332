"""What somebody changes of the resources that the components make, without changing the components."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from inspect import getmodule
from typing import Any

import pulumi
from pulumi.runtime import rpc


@dataclass(frozen=True)
class Made:
    """A resource that is about to be registered."""

    name: str  # logical
    inputs: Mapping[str, Any]  # as Pulumi sends them, in camelCase


@dataclass(frozen=True)
class Transform:
    """Sets arguments of every resource of a class, such as aws.iam.Role.

    `change` is given the resource and an empty object of the class's own arguments, such as aws.iam.RoleArgs; what it
    sets there replaces what the component set.
    """

    resource: type[pulumi.CustomResource]
    change: Callable[[Made, Any], None]

    async def __call__(self, args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if args.type_ != getattr(self.resource, "pulumi_type", None):
            return None
        changes = await self._changes(Made(args.name, args.props))
        return pulumi.ResourceTransformResult({**args.props, **changes}, args.opts) if changes else None

    async def _changes(self, made: Made) -> Mapping[str, Any]:
        kind: type[object] = getattr(getmodule(self.resource), f"{self.resource.__name__}Args")
        given = object.__new__(kind)  # none is required here, whatever its constructor says
        self.change(made, given)
        known = [name for name, member in vars(kind).items() if isinstance(member, property)]
        for name in vars(given):
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                raise pulumi.RunError(f"{self.change.__name__}: {kind.__name__} has no {name}{hint}")
        # In Pulumi's own names, also inside of nested values.
        return rpc.deserialize_properties(await rpc.serialize_properties({"given": given}, {})).get("given", {})
