"""A mistake in a table says which type and property it is about, and what to do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.providers.aws.faults import TableError
from sandbox.providers.aws.models import input_shape
from sandbox.providers.aws.resource import Operation, Resource, answered, known_by
from sandbox.providers.aws.shapes import DocumentError, properties, to_aws
from sandbox.providers.aws.tags import Tagging
from sandbox.providers.aws.types import TABLES
from sandbox.providers.base.types import Scalar
from sandbox.providers.base.wire import Properties
from tests.sandbox.providers.aws.cases import TRUST
from tests.sandbox.providers.driver import Driver, RefusalError

TOKEN = "aws:iam/role:Role"


def test_a_property_that_is_taken_for_a_plural_is_named() -> None:
    body = {"Roles": [{"RoleName": "one", "CreateDate": datetime(2026, 1, 2, tzinfo=UTC)}]}
    with pytest.raises(TableError, match=r'^role: AWS answers with a list, Roles, .*"role": "-" and let `after_read`'):
        properties({"role": Scalar("str")}, body, {})


def test_a_text_that_is_taken_for_a_structure_is_named() -> None:
    body = {"Role": {"CreateDate": datetime(2026, 1, 2, tzinfo=UTC)}}
    with pytest.raises(TableError, match=r"^profile\.role: AWS answers with a structure"):
        properties({"role": Scalar("str")}, body, {}, "profile")


def test_a_document_that_is_no_json_is_named() -> None:
    shape = input_shape("ecs", "RegisterTaskDefinition").members["volumes"]
    with pytest.raises(DocumentError, match=r"^volumes: invalid JSON: "):
        to_aws(shape, "[{", {}, "volumes")


def lost(_api: Any, body: Any, _state: Properties) -> Properties:
    return {"description": body["Lost"]}


def wrong(_api: Any, _body: Any, _state: Properties) -> Properties:
    return {"maxSessionDuration": "long"}


def broken(**fields: Any) -> Callable[[Resource], Resource]:
    return lambda table: replace(table, **fields)


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        (
            broken(names={"name": "RoleName", "maxSessionDuration": "AssumeRolePolicyDocument"}),
            "maxSessionDuration: AWS answers with a structure",
        ),
        (broken(id=answered("RoleNumber")), "id: the answer to the create or read has no RoleNumber, only Arn, "),
        (broken(id=known_by("title")), "id: the state has no title, only arn, "),
        (broken(after_read=lost), "KeyError: 'Lost', in lost, tests/sandbox/providers/aws/test_faults.py:"),
        (broken(after_read=wrong), "maxSessionDuration: expected a whole number: correct `names` or `after_read`"),
        (broken(keys={"Role": "id"}), 'Missing required parameter in input: "RoleName"'),
        (broken(read=Operation("ReadRole", "Role")), "LookupError: iam has no operation ReadRole, in "),
        (
            broken(tags=Tagging(add="TagRole", remove="UntagRole", resource="RoleName", named_by="title")),
            "tags: the state has no title, which names what is tagged: correct `names`",
        ),
    ],
)
def test_every_kind_of_mistake_names_the_type_and_its_file(
    mistake: Callable[[Resource], Resource], words: str, aws: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = aws.create(TOKEN, {"assumeRolePolicy": TRUST, "tags": {"team": "one"}})
    with monkeypatch.context() as patch:
        patch.setitem(TABLES, TOKEN, mistake(TABLES[TOKEN]))
        with pytest.raises(RefusalError) as refusal:
            aws.update(made, {"assumeRolePolicy": TRUST, "tags": {"team": "two"}})
    aws.delete(made)
    assert str(refusal.value).startswith(f"{TOKEN}: ")
    assert words in str(refusal.value)
    assert str(refusal.value).endswith("(its table is in sandbox/providers/aws/types/iam.py)")


def test_what_aws_refuses_is_told_in_its_own_words(aws: Driver) -> None:
    aws.create(TOKEN, {"name": "taken", "assumeRolePolicy": TRUST})
    with pytest.raises(RefusalError, match=r"^An error occurred \(EntityAlreadyExists\)"):
        aws.create(TOKEN, {"name": "taken", "assumeRolePolicy": TRUST})
