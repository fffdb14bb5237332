import json
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.ops.conftest import stack_file
from tests.ops.console import Console
from tests.registry import Registry, served

NOWHERE = "http://127.0.0.1:1"  # an AWS that cannot be reached: it is not asked


@pytest.fixture
def acme() -> Generator[Registry]:
    """Gives a registry with one image."""
    with served(Registry(has={"client:7.1.0-rhel-ubi-nexus"})) as acme:
        yield acme


def console(folder: Path, acme: Registry, **images: dict[str, str]) -> Console:
    own = {"repository": acme.image("client"), "version": "7.1.0"}
    integrations = {
        key: {"type": "nexus", "host": "nexus.acme.internal", "image": {**own, **image}}
        for key, image in images.items()
    }
    return Console(NOWHERE, folder, stack_file(folder, integrations))


def test_a_machine_reads_what_the_registry_has(acme: Registry, tmp_path: Path) -> None:
    asked = console(tmp_path, acme, based={"base": "rhel-ubi"}, plain={}, secret={"pullCredential": "acme/pull"})
    done = asked.run("images", "check", str(asked.stack_file), "--json")
    assert (done.returncode, done.stderr) == (3, "")
    report = json.loads(done.stdout)
    assert report["stack"] == "test"
    plain = f"{acme.host}/client:7.1.0-nexus"
    hidden = "it may show more to somebody with the pull credential"
    assert report["images"] == [
        {
            "integration": "based",
            "image": f"{acme.host}/client:7.1.0-rhel-ubi-nexus",
            "result": "exists",
            "reason": None,
        },
        {"integration": "plain", "image": plain, "result": "missing", "reason": None},
        {"integration": "secret", "image": plain, "result": "unknown", "reason": hidden},
    ]


def test_a_person_reads_a_table(acme: Registry, tmp_path: Path) -> None:
    asked = console(tmp_path, acme, based={"base": "rhel-ubi"}, plain={})
    done = asked.run("images", "check", str(asked.stack_file))
    assert (done.returncode, done.stderr) == (3, "")
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in done.stdout.splitlines() if "│" in line]
    assert rows == [
        ["based", f"{acme.host}/client:7.1.0-rhel-ubi-nexus", "exists", "-"],
        ["plain", f"{acme.host}/client:7.1.0-nexus", "missing", "-"],
    ]


@pytest.mark.parametrize("status", [None, 500])
def test_nothing_missing_is_no_failure_even_where_nothing_is_known(
    acme: Registry, tmp_path: Path, status: int | None
) -> None:
    acme.status = status
    asked = console(tmp_path, acme, based={"base": "rhel-ubi"})
    assert asked.run("images", "check", str(asked.stack_file)).returncode == 0


def test_a_stack_that_is_not_there_is_an_error(acme: Registry, tmp_path: Path) -> None:
    done = console(tmp_path, acme, based={}).run("images", "check", "nowhere")
    assert (done.returncode, acme.asked) == (1, [])
    assert "There is no stack file" in done.stderr
