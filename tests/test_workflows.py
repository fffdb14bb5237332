"""The workflows in .github, as far as it can be seen without GitHub."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.changed_environments import environments
from tests.stack_files import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ENVIRONMENTS = environments(ROOT / "stacks")

every_workflow = pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)


def read(file: Path) -> dict[Any, Any]:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def workflow(name: str) -> dict[Any, Any]:
    return read(ROOT / ".github" / "workflows" / f"{name}.yml")


def steps(file: Path) -> list[dict[str, Any]]:
    return [step for job in read(file)["jobs"].values() for step in job["steps"]]


def test_there_are_workflows() -> None:
    assert [file.stem for file in WORKFLOWS] == ["deploy", "preview"]


@every_workflow
def test_actions_are_pinned_by_commit_with_the_version_beside(file: Path) -> None:
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert len(lines) == sum("uses" in step for step in steps(file))
    for line in lines:
        assert re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


@every_workflow
def test_a_job_has_no_permission_that_it_does_not_name(file: Path) -> None:
    assert read(file)["permissions"] == {}
    for name, job in read(file)["jobs"].items():
        assert (
            job["permissions"].items()
            <= {
                "contents": "read",
                "id-token": "write",
                "pull-requests": "write",
            }.items()
        ), name


@every_workflow
def test_only_the_job_that_takes_a_role_can_ask_for_an_identity(file: Path) -> None:
    for name, job in read(file)["jobs"].items():
        takes_role = any("configure-aws-credentials" in step.get("uses", "") for step in job["steps"])
        assert ("id-token" in job["permissions"]) == takes_role, name


@every_workflow
def test_nothing_from_outside_becomes_part_of_a_shell_command(file: Path) -> None:
    for step in steps(file):
        assert "${{" not in step.get("run", ""), step


@every_workflow
def test_no_checkout_leaves_its_token_behind(file: Path) -> None:
    checkouts = [step for step in steps(file) if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@every_workflow
def test_a_failure_before_a_pipe_fails_the_step(file: Path) -> None:
    for step in steps(file):
        if re.search(r"(?<!\|)\|(?!\|)", step.get("run", "")):
            assert step.get("shell") == "bash", step


@every_workflow
def test_stack_files_are_checked_before_anything_takes_a_role(file: Path) -> None:
    jobs = read(file)["jobs"]
    assert any(step.get("run", "").endswith("-m ops check") for step in jobs["check"]["steps"])
    assert all(job["needs"] == "check" for name, job in jobs.items() if name != "check")


@every_workflow
def test_the_engine_has_the_version_of_the_python_package(file: Path) -> None:
    pinned = re.search(r"^pulumi==(\S+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert pinned
    engines = [step["with"]["pulumi-version"] for step in steps(file) if "pulumi/actions" in step.get("uses", "")]
    assert engines == [pinned[1]]


def test_the_environments_to_choose_from_are_those_in_stacks() -> None:
    triggers = workflow("deploy")[True]  # as YAML 1.1 reads the key "on"
    assert triggers["workflow_dispatch"]["inputs"]["environment"]["options"] == ENVIRONMENTS == ["dev", "prod"]
    assert triggers["push"] == {"branches": ["main"]}


def test_an_update_waits_for_its_environment_and_is_never_cancelled_by_the_next() -> None:
    deploy = workflow("deploy")["jobs"]["deploy"]
    assert deploy["environment"] == "${{ matrix.environment }}"
    assert deploy["concurrency"] == {"group": "deploy-${{ matrix.environment }}", "cancel-in-progress": False}
    assert "github.ref == 'refs/heads/main'" in deploy["if"]


def test_a_fork_gets_no_credentials() -> None:
    preview = workflow("preview")
    assert list(preview[True]) == ["pull_request"]
    assert "github.event.pull_request.head.repo.full_name == github.repository" in preview["jobs"]["preview"]["if"]
    assert preview["jobs"]["check"]["permissions"] == {"contents": "read"}
    assert "secrets." not in str(preview["jobs"]["check"])
