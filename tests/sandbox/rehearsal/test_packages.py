import json
import platform
from pathlib import Path

import pytest

from sandbox.console import SandboxError
from sandbox.rehearsal import packages

NPM = """\
#!/bin/sh
echo "$*" >> {calls}
/bin/mkdir -p node_modules
if [ -e {broken} ]; then echo 'npm error canary: no space left'; exit 1; fi
"""


class Npm:
    """An `npm` that notes how it was called, and fails in the middle while it is broken."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self._calls, self._broken = folder / "calls", folder / "broken"
        npm = folder / "npm"
        npm.write_text(NPM.format(calls=self._calls, broken=self._broken))
        npm.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        return self._calls.read_text().splitlines() if self._calls.exists() else []

    def fails(self) -> None:
        self._broken.touch()

    def works(self) -> None:
        self._broken.unlink()


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Npm:
    found = Npm(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(found.folder))
    return found


@pytest.fixture(autouse=True)
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Installs into a temporary folder what a small manifest says."""
    folder = tmp_path / "manifest"
    folder.mkdir()
    for name in ("package.json", "package-lock.json"):
        (folder / name).write_text("{}")
    monkeypatch.setattr(packages, "MANIFEST", folder)
    monkeypatch.setattr(packages, "FOLDER", tmp_path / "npm")
    return folder


def test_what_is_installed_stays(npm: Npm, tmp_path: Path) -> None:
    first = packages.install()
    assert first == packages.install()
    assert first.modules == tmp_path / "npm" / "node_modules"
    [call] = npm.calls
    assert call.startswith("ci --ignore-scripts ")


def test_another_lock_file_is_installed(npm: Npm, manifest: Path) -> None:
    packages.install()
    (manifest / "package-lock.json").write_text('{"another": true}')
    packages.install()
    assert len(npm.calls) == 2


def test_half_an_installation_is_repeated(npm: Npm) -> None:
    npm.fails()
    with pytest.raises(SandboxError, match=r"npm could not install the Broker(.|\n)*no space left"):
        packages.install()
    npm.works()
    packages.install()
    assert len(npm.calls) == 2


def test_half_an_installation_of_another_lock_file_is_no_installation_of_the_first(npm: Npm, manifest: Path) -> None:
    packages.install()
    (manifest / "package-lock.json").write_text('{"another": true}')
    npm.fails()
    with pytest.raises(SandboxError):
        packages.install()
    npm.works()
    (manifest / "package-lock.json").write_text("{}")
    packages.install()
    assert len(npm.calls) == 3


def test_without_npm_there_is_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match=r"there is no npm\. Install Node\.js"):
        packages.install()


def test_without_npm_what_is_installed_is_used(npm: Npm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages.install()
    monkeypatch.setenv("PATH", str(tmp_path))
    packages.install()


@pytest.mark.parametrize(("system", "machine"), [("Darwin", "arm64"), ("Darwin", "x86_64"), ("Linux", "riscv64")])
def test_other_machines_are_named(system: str, machine: str, npm: Npm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    with pytest.raises(SandboxError, match=f"this is {system} on {machine}"):
        packages.install()
    assert npm.calls == []


def test_the_lock_file_binds_every_package_to_its_content_and_none_to_a_registry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    text = (packages.MANIFEST / "package-lock.json").read_text()
    assert '"resolved"' not in text
    locked = {name: package for name, package in json.loads(text)["packages"].items() if name}
    assert len(locked) > 100
    assert all(package["integrity"].startswith("sha512-") for package in locked.values())


def test_the_lock_file_has_what_the_manifest_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    asked = json.loads((packages.MANIFEST / "package.json").read_text())
    root = json.loads((packages.MANIFEST / "package-lock.json").read_text())["packages"][""]
    kinds = ("dependencies", "optionalDependencies")
    assert [root[kind] for kind in kinds] == [asked[kind] for kind in kinds]
