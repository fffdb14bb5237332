"""The tables of all resource types: those of every module here."""

import pkgutil
from importlib import import_module

from sandbox.providers.aws.resource import Resource

TABLES: dict[str, Resource] = {}
_HOMES: dict[str, str] = {}
for _found in pkgutil.iter_modules(__path__):
    _module = import_module(f"{__name__}.{_found.name}")
    for _table in _module.TABLES:
        TABLES[_table.token] = _table
        _HOMES[_table.token] = _module.__name__.replace(".", "/") + ".py"


def home(token: str) -> str:
    """The file of a resource type's table, or where one belongs."""
    area = token.split(":")[1].partition("/")[0]
    return _HOMES.get(token, f"sandbox/providers/aws/types/{area}.py")
