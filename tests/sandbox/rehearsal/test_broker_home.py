import os
import threading
from pathlib import Path

import pytest

from sandbox.console import SandboxError
from sandbox.rehearsal import broker_home

IMAGE = "snyk/broker:4.0.0-github-com"
RULES, TEMPLATE = '{"rules": "of the default"}', '{"rules": "of the template"}'

DOCKER = """\
#!/bin/sh
echo "$1" >> {folder}/calls
[ ! -e {folder}/no-$1 ] || {{ echo "canary: no $1 today" >&2; exit 1; }}
case $1 in
  create) sleep 0.2; echo made-from-$2 ;;
  inspect) [ "$4" = made-from-{image} ] && echo /home/acme ;;
  cp) [ "$2" = made-from-{image}:/home/acme/. ] && cp -R {folder}/image/. "$3" ;;
  rm) [ "$2" = made-from-{image} ] ;;
esac
"""


def source(folder: Path) -> Path:
    """A copy of the Broker's source, as far as the rehearsal reads it."""
    templates = folder / "client-templates" / "github-com"
    templates.mkdir(parents=True)
    (templates / "accept.json.sample").write_text(TEMPLATE)
    (templates / ".env.sample").write_text("NAME=value")
    (folder / "client-templates" / "github-server-app").mkdir()
    (folder / "client-templates" / "github-server-app" / "accept.json.sample").write_text(TEMPLATE)
    data(folder)
    return folder


def data(folder: Path) -> None:
    (folder / "defaultFilters" / "apprisk").mkdir(parents=True)
    (folder / "defaultFilters" / "github.json").write_text(RULES)
    (folder / "defaultFilters" / "apprisk" / "github.json").write_text(RULES)
    (folder / "config.default.json").write_text("{}")


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The source in a folder with a blank in its name, named by the variable."""
    folder = source(tmp_path / "the source")
    monkeypatch.setenv(broker_home.VARIABLE, str(folder))
    return folder


class Docker:
    """A `docker` with one image, that notes how it was called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "image" / "node_modules" / "snyk-broker").mkdir(parents=True)
        (folder / "image" / "accept.json").write_text(TEMPLATE)
        data(folder / "image")
        docker = folder / "docker"
        docker.write_text(DOCKER.format(folder=folder, image=IMAGE))
        docker.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()

    def fails(self, command: str) -> None:
        (self.folder / f"no-{command}").touch()


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Docker:
    folder = tmp_path / "docker"
    folder.mkdir()
    monkeypatch.delenv(broker_home.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setattr(broker_home, "_IMAGES", tmp_path / "images")
    return Docker(folder)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_home_out_of_the_source(named: Path, tmp_path: Path) -> None:
    home = tmp_path / "homes" / "github-1"
    broker_home.lay_out(IMAGE, "github-com", home)
    filters = {"defaultFilters/github.json", "defaultFilters/apprisk/github.json"}
    assert files(home) == {"accept.json", ".env", "config.default.json"} | filters
    assert (home / "accept.json").read_text() == TEMPLATE
    assert broker_home.source() == str(named)


def test_a_type_without_an_environment_of_its_own(named: Path, tmp_path: Path) -> None:
    broker_home.lay_out(IMAGE, "github-server-app", tmp_path / "home")
    assert not (tmp_path / "home" / ".env").exists()


def test_a_home_of_a_server_has_defaults_alone(named: Path, tmp_path: Path) -> None:
    broker_home.lay_out_server(IMAGE, tmp_path / "home")
    assert {path.name for path in (tmp_path / "home").iterdir()} == set(broker_home.DATA)


def test_any_user_can_read_a_home_whatever_the_umask(named: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    before = os.umask(0o077)
    try:
        broker_home.lay_out(IMAGE, "github-com", home)
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in (home, *home.rglob("*")) if path.is_dir()}
    assert modes == {0o755}
    assert {path.stat().st_mode & 0o777 for path in home.rglob("*") if path.is_file()} == {0o644}


def test_a_type_that_the_source_does_not_have(named: Path, tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match=rf"{IMAGE}: {named} has no client-templates/gitlab"):
        broker_home.lay_out(IMAGE, "gitlab", tmp_path / "home")


def test_a_folder_that_is_not_the_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(broker_home.VARIABLE, str(tmp_path))
    (tmp_path / "defaultFilters").mkdir()
    words = rf"BROKER_HOME is {tmp_path}, where there is no config\.default\.json, client-templates\."
    with pytest.raises(SandboxError, match=words) as refused:
        broker_home.source()
    assert broker_home.HOW_TO_GET in str(refused.value)


def test_a_folder_that_does_not_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(broker_home.VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(SandboxError, match="nowhere, where there is no"):
        broker_home.source()


@pytest.mark.parametrize("value", [None, ""])
def test_without_source_and_docker_it_is_told_how_to_get_one(
    value: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(broker_home.VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(broker_home.VARIABLE, value)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match="git clone"):
        broker_home.source()


def test_a_docker_that_does_not_run_is_no_source(docker: Docker) -> None:
    docker.fails("info")
    with pytest.raises(SandboxError, match="git clone"):
        broker_home.source()


def test_a_home_out_of_the_image(docker: Docker, tmp_path: Path) -> None:
    assert broker_home.source() == "the Broker's image"
    broker_home.lay_out(IMAGE, "github-com", tmp_path / "home")
    broker_home.lay_out_server(IMAGE, tmp_path / "server")
    assert files(tmp_path / "home") == files(docker.folder / "image")
    assert not (tmp_path / "home" / "node_modules").exists()
    assert {path.name for path in (tmp_path / "server").iterdir()} == set(broker_home.DATA)
    assert docker.calls == ["info", "create", "inspect", "cp", "rm"]


def test_several_replicas_at_once_take_it_out_of_the_image_once(docker: Docker, tmp_path: Path) -> None:
    homes = [tmp_path / f"home-{number}" for number in range(4)]
    threads = [threading.Thread(target=broker_home.lay_out, args=(IMAGE, "github-com", home)) for home in homes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert docker.calls == ["create", "inspect", "cp", "rm"]
    assert all((home / "accept.json").read_text() == TEMPLATE for home in homes)


@pytest.mark.parametrize(
    ("command", "calls"),
    [
        ("create", ["create"]),
        ("inspect", ["create", "inspect", "rm"]),
        ("cp", ["create", "inspect", "cp", "rm"]),
    ],
)
def test_what_docker_complains_about_is_told_and_nothing_half_stays(
    docker: Docker, tmp_path: Path, command: str, calls: list[str]
) -> None:
    docker.fails(command)
    with pytest.raises(SandboxError, match=rf"`docker {command} (.|\n)*canary: no {command} today"):
        broker_home.lay_out(IMAGE, "github-com", tmp_path / "home")
    assert docker.calls == calls
    assert list((tmp_path / "images").iterdir()) == []
