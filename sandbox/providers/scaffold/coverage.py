"""The list of what the stand-ins support, for people who write programs."""

import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from sandbox.providers.aws.functions import FUNCTIONS
from sandbox.providers.aws.resource import Change, Operation, Resource
from sandbox.providers.aws.types import TABLES
from sandbox.providers.base import sdk
from sandbox.providers.scaffold import emulation

FILE = Path(__file__).parents[3] / "docs" / "sandbox-types.md"

_HEAD = """\
# What the sandbox supports

`python -m sandbox.providers.scaffold list` writes this page from the tables in `sandbox/providers/aws/types/`. What is
not here is refused, with the file to add it to: see
[Add a type to the stand-ins](sandbox.md#add-a-type-to-the-stand-ins).
"""


def text() -> str:
    types = "".join(_type(TABLES[token]) for token in sorted(TABLES))
    functions = "".join(_function(token) for token in sorted(FUNCTIONS))
    return f"{_HEAD}\n## Resource types\n{types}\n## Functions\n\n{functions}"


def _type(table: Resource) -> str:
    inputs = sdk.resource(table.token).inputs
    missing = sorted(set(inputs) - set(table.supported))
    lines = {
        "properties": f"{len(table.supported)} of {len(inputs)}" + (f", not {_listed(missing)}" if missing else ""),
        "create": _operation(table, table.create),
        "read, refresh": _operation(table, table.read) if isinstance(table.read, Operation) else "by a function",
        "update": "; ".join(_changes(table)) or "nothing changes in place",
        "replace": f"on a change of {_listed(sorted([*table.replaces, *table.replaces_when]))}",
        "delete": _operation(table, table.delete),
        "import": f"by `{_import_id(table)}`",
    }
    return f"\n### {table.token}\n\n" + "".join(_line(f"**{name}** {line}") for name, line in lines.items())


def _operation(table: Resource, operation: Operation) -> str:
    return f"`{table.service}:{operation.name}`{_lack(table, operation.name)}"


def _lack(table: Resource, operation: str) -> str:
    return " (not in Moto)" if emulation.lacks(table.service, operation) else ""


def _changes(table: Resource) -> Iterator[str]:
    for change in table.changes:
        if isinstance(change, Change):
            operations = [change.operation, *([change.unset] if change.unset else [])]
            called = " or ".join(f"`{name}`{_lack(table, name)}" for name in operations)
            yield f"{_listed(change.properties)} by {called}"
        else:
            yield f"{_listed(change.properties)} by a function"
    if table.tags:
        yield f"`tags` by `{table.tags.add}` and `{table.tags.remove}`"
    if table.provider_only:
        yield f"{_listed(table.provider_only)} in the state only"


def _import_id(table: Resource) -> str:
    return str(table.import_id.__doc__ if callable(table.import_id) else table.import_id)


def _function(token: str) -> str:
    arguments = FUNCTIONS[token].arguments
    return _line(f"`{token}`" + (f" with {_listed(arguments)}" if arguments else ""))


def _line(said: str) -> str:
    return textwrap.fill(said, 120, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False) + "\n"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
