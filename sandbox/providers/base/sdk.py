"""The names and types of properties, read in the source of the installed SDK, one resource type or function at a time.

What the SDK cannot parse crashes the program and stays in the state, so nothing is written down twice. The source is
generated and regular; importing it instead would take the better part of a second in every command.
"""

import ast
import importlib.util
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sandbox.providers.base.types import Anything, ListOf, MapOf, ObjectOf, Scalar, Type


@dataclass(frozen=True)
class Schema:
    inputs: Mapping[str, Type]
    required: frozenset[str]
    outputs: Mapping[str, Type]


def version(package: str) -> str:
    from importlib.metadata import version as installed  # noqa: PLC0415 - slow, and the server must listen first

    return installed(f"pulumi-{package}")


@cache
def resource(token: str) -> Schema:
    """The schema of a resource type, such as aws:ec2/vpc:Vpc."""
    module, name = _module(token), token.split(":")[2]
    outputs = _members(module, name)
    arguments = {getter.python_name: getter.name for getter in _getters(_class(module, f"{name}Args"))}
    return Schema(
        inputs={wire_name: outputs.get(wire_name, Anything()) for wire_name in arguments.values()},
        required=frozenset(arguments[python_name] for python_name in _required(_class(module, f"{name}Args"))),
        outputs=outputs,
    )


def deprecated(token: str) -> frozenset[str]:
    """The inputs of a resource type that are deprecated."""
    source = _class(_module(token), f"{token.split(':')[2]}Args")
    marked = {
        found[1] for found in re.finditer(r"@_utilities\.deprecated\(.*?\n    def (\w+)\(self\)", source, re.DOTALL)
    }
    return frozenset(getter.name for getter in _getters(source) if getter.python_name in marked)


@cache
def result(token: str) -> Mapping[str, Type]:
    """The result of a function, such as aws:ec2/getVpc:getVpc."""
    name = token.split(":")[2]
    return _members(_module(token), f"{name[0].upper()}{name[1:]}Result")


def _module(token: str) -> Path:
    matched = re.fullmatch(r"(\w+):(\w+)/(\w+):\w+", token)
    if matched is None:
        raise LookupError(f"{token} is no type such as aws:ec2/vpc:Vpc")
    package, area, name = matched.groups()
    spec = importlib.util.find_spec(f"pulumi_{package}")
    if spec is None or spec.origin is None:
        raise LookupError(f"pulumi-{package} is not installed")
    snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
    folder = "" if area == "index" else f"{area}_" if keyword.iskeyword(area) else area
    module = Path(spec.origin).parent / folder / f"{snake}.py"
    if not module.is_file():
        raise LookupError(f"pulumi-{package} {version(package)} has nothing called {token}")
    return module


@cache
def _source(module: Path) -> str:
    return module.read_text(encoding="utf-8")


def _class(module: Path, name: str) -> str:
    """The source of a class."""
    found = re.search(rf"^class {name}\b.*?(?=^\S)", _source(module) + "\nend", re.MULTILINE | re.DOTALL)
    if found is None:
        raise LookupError(f"{module.name} has no class {name}")
    return found[0]


@dataclass(frozen=True)
class _Getter:
    name: str
    python_name: str
    annotation: str


def _getters(source: str) -> Iterator[_Getter]:
    pattern = r'@pulumi\.getter(?:\(name="(\w+)"\))?\n.*?def (\w+)\(self\) -> ([^\n]+):\n'
    for wire_name, python_name, annotation in re.findall(pattern, source, re.DOTALL):
        yield _Getter(wire_name or python_name, python_name, annotation)


def _required(source: str) -> list[str]:
    """Parameters of the constructor without a default."""
    signature = re.search(r"def __init__\(__self__, \*,(.*?)\):\n", source, re.DOTALL)
    parameters = signature[1].split("\n") if signature else []
    return [line.split(":")[0].strip() for line in parameters if ":" in line and "= None" not in line]


def _members(module: Path, name: str) -> dict[str, Type]:
    return {
        getter.name: _type(ast.parse(getter.annotation, mode="eval").body, module)
        for getter in _getters(_class(module, name))
    }


_SCALARS: dict[str, Type] = {
    "str": Scalar("str"),
    "int": Scalar("int"),
    "float": Scalar("float"),
    "bool": Scalar("bool"),
}


def _type(annotation: ast.expr, module: Path) -> Type:
    match annotation:
        case ast.Subscript(ast.Name("Sequence"), item):
            type_: Type = ListOf(_type(item, module))
        case ast.Subscript(ast.Name("Mapping"), ast.Tuple([_, item])):
            type_ = MapOf(_type(item, module))
        case ast.Subscript(_, ast.Tuple([first, *_]) | first):  # Optional, Output, Union
            type_ = _type(first, module)
        case ast.Constant(str(quoted)):
            type_ = _type(ast.parse(quoted, mode="eval").body, module)
        case ast.Attribute(ast.Name("outputs"), name):
            type_ = _object(module.with_name("outputs.py"), name)
        case ast.Attribute(ast.Name("_builtins"), name):
            type_ = _SCALARS.get(name, Anything())
        case ast.Name("Any"):
            type_ = Anything()
        case _:  # an enumeration
            type_ = Scalar("str")
    return type_


@cache
def _object(module: Path, name: str) -> Type:
    return ObjectOf(_members(module, name))
