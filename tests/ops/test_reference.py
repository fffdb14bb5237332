"""The JSON Schema and the table of keys, which are made from the models."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ops import reference
from settings import yaml_file
from tests.stack_files import STACK_FILES


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = reference.schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_what_is_committed_is_what_the_models_say() -> None:
    assert reference.SCHEMA.read_text() == reference.schema_text(), "run make schema"
    assert reference.DOCUMENT.read_text() == reference.document(), "run make schema"


@pytest.mark.parametrize("file", STACK_FILES, ids=lambda file: file.stem)
def test_the_schema_accepts_every_stack_file(validator: Any, file: Any) -> None:
    assert [error.message for error in validator.iter_errors(yaml_file.load(file.read_text()))] == []


@pytest.mark.parametrize(
    "integration",
    [
        {},
        {"type": "github"},
        {"type": "github-com", "replicas": "2"},
        {"type": "github-com", "replicas": 5},
        {"type": "github-com", "host": "x"},
        {"type": "gitlab"},
        {"type": "jira", "host": "j.acme", "infrastructureAsCode": ["tf"]},
        {"type": "github-com", "size": {"cpu": 300}},
    ],
)
def test_the_schema_refuses_wrong_integrations(validator: Any, integration: object) -> None:
    config: Any = {
        "aws:region": "eu-central-1",
        "snyk-broker:snyk": {"region": "SNYK-EU-01"},
        "snyk-broker:network": {"create": {"cidr": "10.40.0.0/16"}},
        "snyk-broker:integrations": {"it": integration},
    }
    assert list(validator.iter_errors({"config": config}))
