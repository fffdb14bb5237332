"""Every table says all that its type needs, and nothing that is not so."""

from typing import Any

import pytest

from sandbox.providers.aws import models
from sandbox.providers.aws.resource import Change, Operation, Resource
from sandbox.providers.aws.shapes import member
from sandbox.providers.aws.types import TABLES, home
from sandbox.providers.base import sdk

each_table = pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))


def changes(table: Resource) -> list[Change]:
    return [change for change in table.changes if isinstance(change, Change)]


@each_table
def test_every_property_is_one_of_the_sdk(table: Resource) -> None:
    schema = sdk.resource(table.token)
    assert set(table.supported) <= set(schema.inputs)
    assert schema.required <= set(table.supported)
    mentioned: list[Any] = [
        *table.required,
        *table.replaces_when,
        *table.computed,
        *table.canonical,
        *table.ordered,
        *table.provider_only,
        *table.write_only,
        *table.encoded,
        *(path.split(".")[0] for path in (*table.replaces, *table.defaults)),
        *(name for change in table.changes for name in change.properties),
        *(name for group in table.at_most_one for name in group),
        *([table.autoname.property] if table.autoname else []),
    ]
    assert set(mentioned) <= set(table.supported)


@each_table
def test_every_property_reaches_aws(table: Resource) -> None:
    for name in table.supported:
        if not table.is_sent(name) or name in table.custom_changes:
            continue
        operations = [table.create.name, *(change.operation for change in changes(table) if name in change.properties)]
        shapes = [models.input_shape(table.service, operation) for operation in operations]
        assert any(member(name, shape.members, table.names.get(name)) for shape in shapes), name


@each_table
def test_every_property_that_does_not_replace_can_be_changed(table: Resource) -> None:
    changeable = {
        *table.provider_only,
        *table.replaces,
        *table.replaces_when,
        *(name for change in table.changes for name in change.properties),
        *(["tags"] if table.tags else []),
    }
    assert set(table.supported) <= changeable


@each_table
def test_what_is_regional_and_tagged_says_so(table: Resource) -> None:
    inputs = sdk.resource(table.token).inputs
    assert table.regional == ("region" in inputs)
    assert ("region" in table.replaces) == table.regional
    assert (table.tags is not None) == ("tags" in inputs)
    assert (table.autoname is None) or table.autoname.property in table.supported


@each_table
def test_the_operations_exist(table: Resource) -> None:
    operations = [table.create.name, table.delete.name, *(change.operation for change in changes(table))]
    operations += [change.unset for change in changes(table) if change.unset]
    operations += [table.read.name] if isinstance(table.read, Operation) else []
    for operation in operations:
        assert models.operation(table.service, operation)


def test_the_file_to_add_a_type_to() -> None:
    assert home("aws:ec2/vpc:Vpc") == "sandbox/providers/aws/types/vpc.py"
    assert home("aws:lb/listener:Listener") == "sandbox/providers/aws/types/lb.py"
