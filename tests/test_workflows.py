"""The workflows in .github, as far as it can be seen without GitHub."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.changed_environments import environments
from tests.stack_files import ROOT

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
WITH_CREDENTIALS = [FOLDER / "deploy.yml", FOLDER / "preview.yml"]
ENVIRONMENTS = environments(ROOT / "stacks")

every_workflow = pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
every_workflow_with_credentials = pytest.mark.parametrize("file", WITH_CREDENTIALS, ids=lambda file: file.stem)


def read(file: Path) -> dict[Any, Any]:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def workflow(name: str) -> dict[Any, Any]:
    return read(FOLDER / f"{name}.yml")


def jobs(file: Path) -> dict[str, dict[str, Any]]:
    """Those that run on this file's behalf; a call of another workflow is none of them."""
    return {name: job for name, job in read(file)["jobs"].items() if "steps" in job}


def steps(file: Path) -> list[dict[str, Any]]:
    return [step for job in jobs(file).values() for step in job["steps"]]


def test_there_are_workflows() -> None:
    assert [file.stem for file in WORKFLOWS] == ["checks", "deploy", "nightly", "preview"]


@every_workflow
def test_actions_are_pinned_by_commit_with_the_version_beside(file: Path) -> None:
    lines = [
        line for line in file.read_text(encoding="utf-8").splitlines() if "uses:" in line and "uses: ./" not in line
    ]
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
    for name, job in jobs(file).items():
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


@every_workflow_with_credentials
def test_stack_files_are_checked_before_anything_takes_a_role(file: Path) -> None:
    assert any(step.get("run", "").endswith("-m ops check") for step in jobs(file)["check"]["steps"])
    assert all("check" in job["needs"] for name, job in jobs(file).items() if name != "check")


@every_workflow
def test_no_job_runs_for_hours(file: Path) -> None:
    assert all(job["timeout-minutes"] <= 60 for job in jobs(file).values())


@every_workflow
def test_no_failure_is_overlooked(file: Path) -> None:
    assert "continue-on-error" not in file.read_text(encoding="utf-8")


@every_workflow
def test_credentials_are_given_to_no_workflow_but_those_that_take_a_role(file: Path) -> None:
    if file not in WITH_CREDENTIALS:
        assert not re.search(r"secrets\b|id-token|github\.token", file.read_text(encoding="utf-8"))


@every_workflow_with_credentials
def test_a_job_with_credentials_runs_only_packages_whose_hashes_are_locked(file: Path) -> None:
    for name, job in jobs(file).items():
        commands = " ".join(step.get("run", "") for step in job["steps"]).replace("\\\n", " ")
        installs = re.findall(r"pip install [^\n]*", commands)
        assert installs, name
        # A package that has to be built would fetch what builds it, without a hash.
        assert all("--require-hashes --only-binary :all:" in " ".join(install.split()) for install in installs), name
        # Without the option it begins with `pip install --upgrade pip`.
        assert commands.count("pulumi install") == commands.count("pulumi install --no-dependencies"), name


@every_workflow
def test_the_engine_has_the_version_of_the_python_package(file: Path) -> None:
    pinned = re.search(r"^pulumi==(\S+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert pinned
    engines = [step["with"]["pulumi-version"] for step in steps(file) if "pulumi/actions" in step.get("uses", "")]
    assert set(engines) <= {pinned[1]}
    assert engines or file not in WITH_CREDENTIALS


def test_the_environments_to_choose_from_are_those_in_stacks() -> None:
    triggers = workflow("deploy")[True]  # as YAML 1.1 reads the key "on"
    assert triggers["workflow_dispatch"]["inputs"]["environment"]["options"] == ENVIRONMENTS == ["dev", "prod"]
    assert triggers["push"] == {"branches": ["main"]}


def test_nothing_is_deployed_before_lint_and_tests_of_that_very_commit_have_passed() -> None:
    deploy = read(FOLDER / "deploy.yml")["jobs"]
    calls = {name for name, job in deploy.items() if job.get("uses") == "./.github/workflows/checks.yml"}
    assert calls == {"checks"}
    # A call with a condition could be skipped; one with another ref would check another commit.
    assert deploy["checks"].keys() == {"name", "permissions", "uses"}
    for name, job in deploy.items():
        if any("configure-aws-credentials" in step.get("uses", "") for step in job.get("steps", [])):
            assert set(job["needs"]) == {"checks", "check"}, name
            # Any of these would let the job run although one that it needs has failed.
            assert not re.search(r"(always|failure|cancelled|success)\s*\(", job["if"]), name
    assert not any("ref" in step.get("with", {}) for step in steps(FOLDER / "deploy.yml"))


def test_the_checks_are_lint_and_all_tests_on_the_oldest_and_the_newest_python() -> None:
    checks = workflow("checks")
    assert checks[True].keys() == {"pull_request", "workflow_call"}
    assert checks["jobs"].keys() == {"lint", "test"}
    assert checks["jobs"]["test"]["strategy"]["matrix"] == {"python": ["3.11", "3.13"]}
    for name, job in checks["jobs"].items():
        assert f"make {name}" in [step.get("run") for step in job["steps"]]
        assert "if" not in job, "a skipped job does not hold up a deployment"
        assert not any("if" in step or "ref" in step.get("with", {}) for step in job["steps"])


def test_a_deployment_cannot_be_cancelled_by_the_checks_of_another() -> None:
    """The group of a call that equalled one of its caller would make GitHub cancel the run."""
    concurrency = workflow("checks")["concurrency"]
    assert concurrency["group"] == "checks-${{ github.event.pull_request.number || github.run_id }}"
    assert "concurrency" not in workflow("deploy")


def test_every_night_other_examples_are_tried() -> None:
    nightly = workflow("nightly")
    assert nightly[True].keys() == {"schedule", "workflow_dispatch"}
    (job,) = nightly["jobs"].values()
    assert job["steps"][-1]["run"] == "make test-fast"
    assert job["steps"][-1]["env"] == {"HYPOTHESIS_PROFILE": "random"}


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
