"""What a release says of itself: its version, its changelog and its licence."""

import re
import tomllib
from datetime import date
from typing import Any

import yaml

from components.deployment import CONTRACT
from tests.stack_files import ROOT
from tests.test_workflows import workflow

KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}  # of Keep a Changelog
HEADING = r"^## \[(.+?)\](?: - (\S+))?$"


def text(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def project() -> dict[str, Any]:
    return tomllib.loads(text("pyproject.toml"))["project"]


def dependabot() -> list[dict[str, Any]]:
    return yaml.safe_load(text(".github/dependabot.yml"))["updates"]


def names(rules: list[dict[str, Any]]) -> list[str]:
    return [rule["dependency-name"] for rule in rules if "update-types" not in rule]


def releases() -> list[tuple[str, str]]:
    """Version and date of each release in the changelog, newest first."""
    first, *released = re.findall(HEADING, text("CHANGELOG.md"), re.MULTILINE)
    assert first == ("Unreleased", "")
    return released


def test_the_version_is_the_newest_one_in_the_changelog() -> None:
    assert project()["version"] == releases()[0][0]


def test_releases_are_listed_newest_first_with_their_dates() -> None:
    versions = [tuple(int(part) for part in version.split(".")) for version, _ in releases()]
    dates = [date.fromisoformat(released) for _, released in releases()]
    assert versions == sorted(set(versions), reverse=True)
    assert all(len(version) == 3 for version in versions)
    assert dates == sorted(dates, reverse=True)


def test_the_changelog_has_the_usual_sections_only_and_none_is_empty() -> None:
    headings = re.findall(r"^##.*$", text("CHANGELOG.md"), re.MULTILINE)
    sections = re.split(r"^### ", text("CHANGELOG.md"), flags=re.MULTILINE)[1:]
    assert len(headings) == len(releases()) + 1 + len(sections), "a heading is neither a release nor a section"
    for section in sections:
        kind, _, entries = section.partition("\n")
        assert kind in KINDS
        assert entries.lstrip().startswith("- "), f"{kind} is empty"


def test_the_changelog_says_which_contract_the_outputs_are_of() -> None:
    """A new contract is a new major version, or a minor one before 1.0: its entry must say so."""
    said = re.findall(r"\boutputs are of contract (\d+)", text("CHANGELOG.md"))
    assert said
    assert said[0] == str(CONTRACT)


def test_the_oldest_python_is_the_same_everywhere() -> None:
    oldest = project()["requires-python"].removeprefix(">=")
    major, minor = oldest.split(".")
    assert f"sys.version_info < ({major}, {minor})" in text("Makefile")
    assert f"--python-version={oldest} " in text("Makefile")
    assert f"Python {oldest} or newer" in text("README.md")
    assert workflow("checks")["jobs"]["test"]["strategy"]["matrix"]["python"][0] == oldest
    tools = tomllib.loads(text("pyproject.toml"))["tool"]
    assert tools["pyright"]["pythonVersion"] == oldest
    assert tools["ruff"]["target-version"] == f"py{major}{minor}"


def test_the_licence_is_the_one_that_is_declared_and_has_no_blanks_to_fill_in() -> None:
    assert project()["license"] == "Apache-2.0"
    assert re.search(r"Apache License\n\s+Version 2\.0, January 2004", text("LICENSE"))
    assert "END OF TERMS AND CONDITIONS" in text("LICENSE")
    assert not re.search(r"\[(yyyy|name of copyright owner)\]", text("LICENSE"))


def test_updates_are_asked_for_wherever_packages_are_locked() -> None:
    """A folder with a lock that is missing here would grow old unseen."""
    asked = {(update["package-ecosystem"], update["directory"]) for update in dependabot()}
    npm = {("npm", f"/{file.parent.relative_to(ROOT)}") for file in (ROOT / "sandbox").rglob("package-lock.json")}
    go = {("gomod", f"/{file.parent.relative_to(ROOT)}") for file in (ROOT / "sandbox").rglob("go.mod")}
    assert asked == {("uv", "/"), ("github-actions", "/")} | npm | go


def test_the_engine_and_its_package_are_never_updated_apart() -> None:
    ignored = {update["package-ecosystem"]: names(update.get("ignore", [])) for update in dependabot()}
    assert "pulumi" in ignored["uv"]
    assert "github.com/pulumi/pulumi/*" in ignored["gomod"]
