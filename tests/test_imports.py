"""Who may import whom, and whether every test is run."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack_files import ROOT

MAY_IMPORT: dict[str, set[str]] = {
    "broker": set(),
    "ecs": {"broker"},
    "settings": {"broker", "ecs"},
    "images": {"broker", "settings"},
    "lookups": {"ecs", "images", "settings"},
    "components": {"broker", "ecs"},
    "program.py": {"components", "lookups", "settings"},
    "snyk_broker": {"components", "program", "settings"},
    "__main__.py": {"components", "ecs", "lookups", "program", "settings"},
    "ops": {"broker", "ecs", "images", "settings"},
    "pipelines": set(),
    "sandbox": set(),
}
OURS = {name.removesuffix(".py") for name in MAY_IMPORT}


def files(part: str) -> list[Path]:
    return [ROOT / part] if part.endswith(".py") else sorted((ROOT / part).rglob("*.py"))


def imported(file: Path) -> Iterator[str]:
    """The top-level packages that the file imports."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively, which this test does not follow"
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_a_part_imports_those_below_it_only(part: str) -> None:
    assert files(part)
    for file in files(part):
        assert set(imported(file)) & OURS - {part.removesuffix(".py")} <= MAY_IMPORT[part], file


@pytest.mark.parametrize("part", ["broker", "ecs", "images", "settings"])
def test_what_is_asked_and_required_is_told_without_pulumi_and_aws(part: str) -> None:
    for file in files(part):
        assert not set(imported(file)) & {"pulumi", "pulumi_aws", "boto3", "botocore"}, file


def test_no_component_makes_up_its_own_settings_or_talks_to_aws() -> None:
    for file in files("components"):
        assert not set(imported(file)) & {"boto3", "os", "yaml"}, file


def test_every_file_with_tests_is_collected() -> None:
    for file in sorted((ROOT / "tests").rglob("*.py")):
        if re.search(r"^\s*(async )?def test_", file.read_text(encoding="utf-8"), re.MULTILINE):
            assert file.name.startswith("test_"), file
