"""What is read in the SDK's source is what the SDK itself says."""

import importlib
import inspect
import re
import typing
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from pulumi import _types as sdk_types  # pyright: ignore[reportPrivateUsage]

from sandbox.providers.aws.functions import FUNCTIONS
from sandbox.providers.aws.types import TABLES
from sandbox.providers.base import sdk
from sandbox.providers.base.types import Anything, ListOf, MapOf, ObjectOf, Scalar, Type

RESOURCES = (
    *TABLES,
    "random:index/randomPassword:RandomPassword",
    # Types with deep and unusual properties.
    "aws:autoscaling/group:Group",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:lb/listener:Listener",
    "aws:sns/topicSubscription:TopicSubscription",
)


def module(token: str) -> Any:
    package, member, _ = token.split(":")
    area, name = member.split("/")
    snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
    parent = importlib.import_module(".".join([f"pulumi_{package}", *([] if area == "index" else [area])]))
    # The SDK loads a package when something of it is used. If the module came first, it would hide the function of the
    # same name from every later test.
    hasattr(parent, snake)
    return importlib.import_module(f"{parent.__name__}.{snake}")


def described(hint: Any) -> Type:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Union:
        return described(next(argument for argument in arguments if argument is not type(None)))
    if origin in (list, Sequence):
        return ListOf(described(arguments[0]))
    if origin in (dict, Mapping):
        return MapOf(described(arguments[1]))
    if isinstance(hint, type) and sdk_types.is_output_type(hint):
        return ObjectOf({name: described(item) for name, item in sdk_types.output_type_types(hint).items()})
    scalars: dict[Any, Type] = {
        str: Scalar("str"),
        int: Scalar("int"),
        float: Scalar("float"),
        bool: Scalar("bool"),
    }
    return Scalar("str") if hasattr(hint, "__members__") else scalars.get(hint, Anything())


@pytest.mark.parametrize("token", RESOURCES)
def test_resource(token: str) -> None:
    name = token.split(":")[2]
    schema = sdk.resource(token)
    outputs = sdk_types.resource_types(getattr(module(token), name))
    assert schema.outputs == {name: described(hint) for name, hint in outputs.items()}

    arguments = getattr(module(token), f"{name}Args")
    parameters = inspect.signature(arguments.__init__).parameters
    properties = sdk_types._py_properties(arguments)  # pyright: ignore[reportPrivateUsage]
    assert set(schema.inputs) == {wire_name for _, wire_name, _ in properties}
    assert schema.required == {
        wire_name for name, wire_name, _ in properties if parameters[name].default is inspect.Parameter.empty
    }


@pytest.mark.parametrize("token", FUNCTIONS)
def test_function(token: str) -> None:
    name = token.split(":")[2]
    class_ = getattr(module(token), f"{name[0].upper()}{name[1:]}Result")
    assert sdk.result(token) == {key: described(hint) for key, hint in sdk_types.output_type_types(class_).items()}


def test_a_class_that_the_sdk_lacks() -> None:
    with pytest.raises(LookupError, match="has no class Vpn"):
        sdk.resource("aws:ec2/vpc:Vpn")
