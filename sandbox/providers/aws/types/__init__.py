"""The tables of all resource types."""

from sandbox.providers.aws.resource import Resource
from sandbox.providers.aws.types import (
    cloudwatch,
    ecs_cluster,
    ecs_service,
    ecs_task_definition,
    iam,
    routing,
    security_group,
    vpc,
)

_MODULES = (vpc, routing, security_group, iam, cloudwatch, ecs_cluster, ecs_task_definition, ecs_service)

TABLES: dict[str, Resource] = {}
_HOMES: dict[str, str] = {}
for _module in _MODULES:
    for _table in _module.TABLES:
        TABLES[_table.token] = _table
        _HOMES[_table.token] = _module.__name__.replace(".", "/") + ".py"


def home(token: str) -> str:
    """The file of a resource type's table, or where one belongs."""
    area = token.split(":")[1].partition("/")[0]
    return _HOMES.get(token, f"sandbox/providers/aws/types/{area}.py")
