"""The locks: what pip installs is what requirements*.in ask for, and nothing that has not been hashed."""

import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.stack_files import ROOT

LOCKS = ["requirements.txt", "requirements-dev.txt"]
PYTHONS = ["3.11", "3.12", "3.13"]
PLATFORMS = ["linux", "darwin"]

every_lock = pytest.mark.parametrize("lock", LOCKS)


def text(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def asked(file: str) -> list[Requirement]:
    """What a file with direct requirements says, and the files that it includes."""
    found: list[Requirement] = []
    for line in text(file).splitlines():
        said = re.sub(r"(^| )#.*", "", line).strip()
        if said.startswith("-r "):
            found += asked(said.removeprefix("-r "))
        elif said and not said.startswith("-"):
            found.append(Requirement(said))
    return found


def locked(file: str) -> list[tuple[Requirement, list[str]]]:
    """Each entry of a lock, with its hashes."""
    lines = re.sub(r"^ *#.*\n", "", text(file), flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    entries = [line.split(" --hash=") for line in lines]
    return [(Requirement(entry[0]), [digest.strip() for digest in entry[1:]]) for entry in entries]


def pinned(file: str, python: str, platform: str) -> dict[str, str]:
    """The versions that a lock gives to one machine."""
    machine = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": platform,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    entries = [entry for entry, _ in locked(file) if entry.marker is None or entry.marker.evaluate(machine)]
    versions: dict[str, str] = {canonicalize_name(entry.name): str(entry.specifier) for entry in entries}
    assert len(versions) == len(entries), "a package has two versions"
    return versions


@every_lock
def test_every_entry_of_a_lock_has_one_version_and_its_hashes(lock: str) -> None:
    assert locked(lock)
    for entry, hashes in locked(lock):
        assert re.fullmatch(r"==[\w.+!]+", str(entry.specifier)), entry
        assert hashes, entry
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes), entry


@every_lock
@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_a_lock_has_the_direct_requirements_as_they_are_asked_for(lock: str, python: str, platform: str) -> None:
    versions = pinned(lock, python, platform)
    for requirement in asked(lock.replace(".txt", ".in")):
        if requirement.marker is None or requirement.marker.evaluate({"sys_platform": platform}):
            assert versions[canonicalize_name(requirement.name)] == str(requirement.specifier), "run: make lock"


@every_lock
def test_a_lock_has_no_direct_requirement_that_nobody_asks_for(lock: str) -> None:
    source = lock.replace(".txt", ".in")
    names = {canonicalize_name(requirement.name) for requirement in asked(source)}
    # uv writes under each entry what it is there for.
    blocks = re.split(r"^(?=[\w.-]+==)", text(lock), flags=re.MULTILINE)[1:]
    direct = {canonicalize_name(block.split("==")[0]) for block in blocks if "-r requirements" in block}
    assert direct == names, "run: make lock"


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_what_is_tested_is_what_runs(python: str, platform: str) -> None:
    run_time, all_of_it = (pinned(lock, python, platform) for lock in LOCKS)
    assert run_time.items() <= all_of_it.items()


@pytest.mark.parametrize("file", [*LOCKS, "requirements.in", "requirements-dev.in"])
def test_no_file_says_where_packages_come_from(file: str) -> None:
    assert "://" not in text(file)
    options = {line.split()[0] for line in text(file).splitlines() if line.startswith("-")}
    assert options <= {"-r", "-c"}


def wheel(folder: Path) -> Path:
    """A package that pip can install, without a registry."""
    file = folder / "example-1.0-py3-none-any.whl"
    with ZipFile(file, "w") as archive:
        about = "example-1.0.dist-info"
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: example\nVersion: 1.0\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return file


def test_pip_refuses_a_package_that_has_been_changed_even_when_it_is_not_told_to_check(tmp_path: Path) -> None:
    """So `pulumi install` checks too, which runs pip with nothing but the file."""
    package = wheel(tmp_path)
    requirements = tmp_path / "requirements.txt"

    def install(digest: str) -> subprocess.CompletedProcess[str]:
        requirements.write_text(f"example==1.0 \\\n    --hash=sha256:{digest}\n", encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "install", "--no-index", "--find-links", str(package.parent)]
        target = ["--target", str(tmp_path / "installed"), "--requirement", str(requirements)]
        return subprocess.run([*pip, *target], capture_output=True, text=True, check=False)

    refused = install("0" * 64)
    assert refused.returncode != 0
    assert "DO NOT MATCH THE HASHES" in refused.stderr
    good = re.search(r"Got +([0-9a-f]{64})", refused.stderr)
    assert good
    assert install(good[1]).returncode == 0
