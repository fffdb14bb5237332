"""The JSON Schema and the table of keys, which are made from the models."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ops import reference
from settings import yaml_file
from tests.settings.corpus import UNWISE, WRONG, header
from tests.stack_files import STACK_FILES


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = reference.schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_what_is_committed_is_what_the_models_say() -> None:
    assert reference.SCHEMA.read_text() == reference.schema_text(), "run make schema"
    assert reference.DOCUMENT.read_text() == reference.document(), "run make schema"


@pytest.mark.parametrize("file", [*STACK_FILES, *UNWISE], ids=lambda file: file.stem)
def test_the_schema_accepts_every_stack_file(validator: Any, file: Path) -> None:
    assert [error.message for error in validator.iter_errors(yaml_file.load(file.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize("file", WRONG, ids=lambda file: file.stem)
def test_the_schema_refuses_a_mistake_unless_the_file_says_why_it_cannot(validator: Any, file: Path) -> None:
    seen = list(validator.iter_errors(yaml_file.load(file.read_text(encoding="utf-8"))))
    assert bool(seen) == (header(file).unseen is None)
