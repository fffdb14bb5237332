"""What the scaffold drafts agrees with the tables that people wrote, and becomes one with little."""

import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sandbox.providers.aws import models
from sandbox.providers.aws.api import Api, Body
from sandbox.providers.aws.resource import CustomChange, Resource
from sandbox.providers.aws.shapes import member
from sandbox.providers.aws.types import TABLES
from sandbox.providers.base.wire import Properties
from sandbox.providers.scaffold import coverage, facts, render
from sandbox.providers.scaffold.cli import app
from sandbox.providers.scaffold.draft import Draft
from tests.sandbox.providers.aws import test_lifecycle as lifecycle
from tests.sandbox.providers.aws.cases import Case, World
from tests.sandbox.providers.driver import Driver, Made

each_table = pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))

PROFILE = "aws:iam/instanceProfile:InstanceProfile"
FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
NEW = [*(set(facts.tokens()) - set(TABLES)), FILTER, "aws:ecs/capacityProvider:CapacityProvider", "aws:sqs/queue:Queue"]
# Where an operation of the expected name is not the one that the official provider calls: add a type here if need be.
OTHERWISE = {"aws:ecs/taskDefinition:TaskDefinition"}


@each_table
def test_a_draft_has_the_properties_of_the_table(table: Resource) -> None:
    draft = Draft(table.token)
    assert set(table.supported) <= set(draft.supported)
    assert set(draft.required) <= set(table.supported)
    assert not set(draft.required) & set(table.required)
    assert [path for path in draft.replaces if path.split(".")[0] in table.supported] == sorted(table.replaces)


@each_table
def test_a_draft_finds_the_parameters_that_the_table_has(table: Resource) -> None:
    draft = Draft(table.token)
    found = {name: parameter for name, parameter in draft.parameters.items() if table.is_sent(name)}
    for name, parameter in found.items():
        members = models.input_shape(table.service, parameter.operation).members
        assert parameter.name == member(name, members, table.names.get(name))


@each_table
def test_an_operation_that_a_draft_finds_is_one_of_the_table(table: Resource) -> None:
    operations = Draft(table.token).operations
    assert operations.service == table.service
    assert operations.create in (table.create.name, None) or table.token in OTHERWISE
    assert operations.delete in (table.delete.name, None) or table.token in OTHERWISE


def imported(text: str, directory: Path) -> Resource:
    file = directory / "drafted.py"
    file.write_text(text)
    spec = importlib.util.spec_from_file_location("drafted", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    [table] = module.TABLES
    return table


@pytest.mark.parametrize("token", sorted(NEW))
def test_a_draft_of_a_new_type_is_a_table(token: str, tmp_path: Path) -> None:
    draft = Draft(token)
    table = imported(render.table(draft), tmp_path)
    assert (table.token, list(table.supported)) == (token, draft.supported)
    compile(render.case(draft), "case", "exec")


def test_drafts_are_in_the_form_of_this_project(tmp_path: Path) -> None:
    package = tmp_path / "sandbox"
    package.mkdir()
    (package / "__init__.py").touch()
    for token in NEW:
        (package / f"{token.split(':')[2].lower()}.py").write_text(render.table(Draft(token)))
    settings = Path(__file__).parents[4] / "pyproject.toml"
    for command in (["format", "--check"], ["check"]):
        found = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", "--config", settings, package],
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.returncode == 0, found.stdout


def test_what_nothing_tells_is_marked() -> None:
    draft = render.table(Draft(PROFILE))
    assert '"role",  # look up: no parameter is called like it; there is AddRoleToInstanceProfile.RoleName' in draft
    assert "GetInstanceProfile does not answer with uniqueId" in draft
    unknown = render.table(Draft(FILTER))
    assert "# look up: which changes replace" in unknown
    assert "DescribeMetricFilters does not take filterName" in unknown
    template = render.table(Draft("aws:ec2/launchTemplate:LaunchTemplate"))
    assert '"imageId",  # look up: LaunchTemplateData.ImageId, where `encode` can put it' in template
    assert 'read=Operation("LOOK-UP"),' in render.table(Draft("aws:cloudwatch/metricAlarm:MetricAlarm"))
    assert "look up: Moto has no UpdateCertificateOptions" in render.table(Draft("aws:acm/certificate:Certificate"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["table", "aws:nothing/like:This"], "has nothing called aws:nothing/like:This"),
        (["table", "Vpc"], "Vpc is no type such as aws:ec2/vpc:Vpc"),
        (["table", "aws:appautoscaling/policy:Policy"], "AWS has no service appautoscaling"),
    ],
)
def test_a_type_that_cannot_be_drafted_is_named(arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    assert result.exit_code == 2
    assert words in result.output


def test_the_commands_print_a_table_and_a_case() -> None:
    table = CliRunner().invoke(app, ["table", PROFILE]).output
    assert table == render.table(Draft(PROFILE))
    case = CliRunner().invoke(app, ["case", PROFILE, "--service", "iam"]).output
    assert case.startswith(f'Case(\n    "{PROFILE}",\n')


def test_a_draft_goes_straight_into_the_folder_of_the_tables() -> None:
    imports = "import sys, sandbox.providers.scaffold.cli; print('sandbox.providers.aws.types' in sys.modules)"
    # The shell makes the file before the command writes it: it must not be read.
    assert subprocess.run([sys.executable, "-c", imports], capture_output=True, check=True).stdout == b"False\n"


def set_role(api: Api, live: Properties, inputs: Properties, _changed: set[str]) -> None:
    for operation, holder in (("RemoveRoleFromInstanceProfile", live), ("AddRoleToInstanceProfile", inputs)):
        if holder.get("role"):
            api.call("iam", operation, InstanceProfileName=live["id"], RoleName=holder["role"])


def remove_role(api: Api, state: Properties) -> None:
    set_role(api, state, {}, set())


def role(_api: Api, body: Body, _state: Properties) -> Properties:
    return {"role": next((role["RoleName"] for role in body["Roles"]), None)}


def roleless(clients: Any, made: Made) -> None:
    clients("iam").remove_role_from_instance_profile(InstanceProfileName=made.id, RoleName=made.state["role"])


def metric_filter(api: Api, state: Properties) -> Body | None:
    found = api.call("logs", "DescribeMetricFilters", logGroupName=state["logGroupName"])["metricFilters"]
    return next((each for each in found if each["filterName"] == state["name"]), None)


DECIDED: dict[str, dict[str, Any]] = {
    PROFILE: {
        "names": {"name": "InstanceProfileName", "role": "-", "uniqueId": "InstanceProfileId"},
        "changes": (CustomChange(set_role, ("role",)),),
        "after_read": role,
        "before_delete": remove_role,
    },
    FILTER: {
        "defaults": {"applyOnTransformedLogs": False},
        "read": metric_filter,
        "provider_only": ("applyOnTransformedLogs",),  # Moto does not keep it
        "import_id": "{logGroupName}:{name}",
    },
}
CASES = [
    Case(
        PROFILE,
        lambda world: {"name": "one", "role": world.role().id, "tags": {"team": "one"}},
        change=lambda world: {"role": world.role("other").id, "tags": {"team": "two"}},
        replace=lambda _: {"path": "/other/"},
        drift=("role", roleless),
    ),
    Case(
        FILTER,
        lambda world: {
            "logGroupName": world.log_group(),
            "name": "one",
            "pattern": "ERROR",
            "metricTransformation": {"name": "errors", "namespace": "clients", "value": "1", "unit": "Count"},
        },
        # Nothing changes in place here: Moto adds a second filter where AWS replaces the one.
        replace=lambda _: {"name": "two"},
        import_id=lambda made: f"{made.state['logGroupName']}:{made.id}",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_draft_lives_when_the_marked_decisions_are_taken(
    case: Case, aws: Driver, world: World, clients: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = imported(render.table(Draft(case.token)), tmp_path)
    monkeypatch.setitem(TABLES, case.token, replace(table, **DECIDED[case.token]))
    lifecycle.test_create_read_update_replace_delete(case, aws, world)
    lifecycle.test_import_finds_all_inputs_by_the_id_alone(case, aws, world)
    if case.drift:
        lifecycle.test_drift_shows_in_a_refresh_and_an_update_repairs_it(case, aws, world, clients)


def test_the_list_of_what_is_supported_is_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = coverage.FILE.read_text(encoding="utf-8")
    monkeypatch.setattr(coverage, "FILE", tmp_path / "types.md")
    CliRunner().invoke(app, ["list"])
    assert kept == coverage.FILE.read_text(encoding="utf-8"), "python -m sandbox.providers.scaffold list"
