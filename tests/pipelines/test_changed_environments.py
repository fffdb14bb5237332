import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.changed_environments import changed, environments, role_variable
from tests.stack_files import ROOT

ROLE = "arn:aws:iam::123456789012:role/preview-prod"


def test_stacks_of_the_local_aws_are_no_environments() -> None:
    names = {file.name for file in (ROOT / "stacks").glob("Pulumi.*.yaml")}
    assert {"Pulumi.sandbox.yaml", "Pulumi.showcase.yaml"} <= names
    assert environments(ROOT / "stacks") == ["dev", "prod"]


@pytest.mark.parametrize("name", ["sandbox", "showcase", "showcase-ec2", "showcase-images"])
def test_a_stack_that_shows_a_part_of_the_program_is_no_environment(name: str, tmp_path: Path) -> None:
    (tmp_path / f"Pulumi.{name}.yaml").touch()
    assert environments(tmp_path) == []


@pytest.mark.parametrize("name", ["showcased", "showcases-eu", "sandbox-eu", "sandboxed", "my-showcase", "Showcase"])
def test_an_environment_whose_name_only_begins_alike_is_one(name: str, tmp_path: Path) -> None:
    (tmp_path / f"Pulumi.{name}.yaml").touch()
    assert environments(tmp_path) == [name]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([], []),
        (["stacks/Pulumi.prod.yaml"], ["prod"]),
        (["stacks/Pulumi.prod.yaml", "stacks/Pulumi.dev.yaml", "README.md"], ["dev", "prod"]),
        (["stacks/Pulumi.showcase.yaml", "stacks/Pulumi.sandbox.yaml"], []),
        (["stacks/Pulumi.gone.yaml"], []),
        (["README.md", "docs/pipelines.md", "Makefile", "requirements-dev.txt", "pyproject.toml"], []),
        (["requirements.in", "requirements-dev.in", "LICENSE", "CHANGELOG.md", ".pre-commit-config.yaml"], []),
        (["ops/check.py", "sandbox/aws.py", "tests/test_program.py", ".github/workflows/deploy.yml"], []),
        (["__main__.py"], ["dev", "prod"]),
        (["broker/catalogue.py", "stacks/Pulumi.dev.yaml"], ["dev", "prod"]),
        (["requirements.txt"], ["dev", "prod"]),
        (["Pulumi.yaml"], ["dev", "prod"]),
        (["something-new/data.json"], ["dev", "prod"]),
        (["stacks/code-for-all-of-them.py"], ["dev", "prod"]),
        (["components/tests/README.md"], ["dev", "prod"]),
    ],
)
def test_an_environment_is_changed_by_its_stack_file_and_by_the_program(files: list[str], expected: list[str]) -> None:
    assert changed(["dev", "prod"], files) == expected


@pytest.mark.parametrize("part", ["__main__.py", "broker", "components", "settings", "Pulumi.yaml", "requirements.txt"])
def test_every_part_of_the_program_counts(part: str) -> None:
    path = ROOT / part
    files = [path] if path.is_file() else [file for file in path.rglob("*.py") if file.is_file()]
    assert files
    for file in files:
        assert changed(["dev"], [str(file.relative_to(ROOT))]) == ["dev"], file


def test_a_variable_has_a_name_that_github_allows() -> None:
    assert role_variable("AWS_DEPLOY_ROLE", "prod-eu.1") == "AWS_DEPLOY_ROLE_PROD_EU_1"


def run(files: str, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipelines.changed_environments", "AWS_PREVIEW_ROLE"],
        cwd=ROOT,
        env={"VARIABLES": json.dumps(variables)},
        input=files,
        capture_output=True,
        text=True,
        check=True,
    )


def test_an_environment_without_a_role_is_left_out_with_a_notice() -> None:
    done = run("requirements.txt\0", {"AWS_PREVIEW_ROLE_PROD": ROLE, "AWS_DEPLOY_ROLE_DEV": "arn:of-another-kind"})
    name, _, matrix = done.stdout.partition("=")
    assert name == "environments"
    assert json.loads(matrix) == [{"environment": "prod", "role": ROLE, "region": "eu-central-1"}]
    assert "::notice title=dev is skipped::The repository has no variable AWS_PREVIEW_ROLE_DEV." in done.stderr
    assert "prod" not in done.stderr


def test_a_clone_without_variables_skips_everything() -> None:
    assert run("requirements.txt\0", {}).stdout == "environments=[]\n"  # which the workflows compare with


def test_a_push_is_compared_with_the_commit_before_it(tmp_path: Path) -> None:
    """The deploy workflow's own shell, in a repository with a history."""
    from tests.test_workflows import workflow  # noqa: PLC0415

    script = next(step["run"] for step in workflow("deploy")["jobs"]["check"]["steps"] if step.get("id") == "changed")

    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=T", "-c", "user.email=t@example.com"]
        done = subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    for folder in ("stacks", "pipelines"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".gitignore", tmp_path)
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "first")
    first = git("rev-parse", "HEAD")
    (tmp_path / "stacks" / "Pulumi.dev.yaml").rename(tmp_path / "stacks" / "Pulumi.test.yaml")
    git("add", ".")
    git("commit", "--quiet", "--message", "second")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
    (tmp_path / ".venv" / "bin" / "python").chmod(0o755)

    def selected(before: str, chosen: str) -> list[str]:
        output = tmp_path / ".venv" / "output"
        output.unlink(missing_ok=True)
        variables = {f"AWS_DEPLOY_ROLE_{name}": ROLE for name in ("DEV", "TEST", "PROD")}
        subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "BEFORE": before,
                "CHOSEN": chosen,
                "GITHUB_OUTPUT": str(output),
                "VARIABLES": json.dumps(variables),
            },
            check=True,
        )
        matrix = json.loads(output.read_text(encoding="utf-8").removeprefix("environments="))
        return [entry["environment"] for entry in matrix]

    assert selected(first, "") == ["test"]
    assert selected(first, "prod") == ["prod"]
    (tmp_path / "Pulumi.yaml").write_text("name: snyk-broker\n", encoding="utf-8")
    git("add", ".")
    git("commit", "--quiet", "--message", "third")
    third = git("rev-parse", "HEAD")
    assert selected("0" * 40, "") == ["prod", "test"]  # a new branch
    (tmp_path / "Pulumi.yaml").rename(tmp_path / "notes.md")
    git("add", ".")
    git("commit", "--quiet", "--message", "fourth")
    assert selected(third, "") == ["prod", "test"]  # what the program lost counts, too
