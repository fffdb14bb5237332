from collections.abc import Generator
from http.client import HTTPConnection
from pathlib import Path

import pytest
import yaml
from moto.server import ThreadedMotoServer

from tests.ops.console import Console
from tests.stack_files import SMALLEST


@pytest.fixture(scope="package")
def server() -> Generator[tuple[str, int]]:
    """Gives host and port of a local AWS."""
    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    yield moto.get_host_and_port()
    moto.stop()


@pytest.fixture
def console(server: tuple[str, int], tmp_path: Path) -> Console:
    """Gives a console on an empty local AWS, with a stack of one integration."""
    connection = HTTPConnection(*server)
    connection.request("POST", "/moto-api/reset")
    assert connection.getresponse().status == 200
    connection.close()
    return Console("http://{}:{}".format(*server), tmp_path, stack_file(tmp_path, {"github": {"type": "github-com"}}))


def stack_file(folder: Path, integrations: object) -> Path:
    file = folder / "Pulumi.test.yaml"
    ours = {f"snyk-broker:{key}": value for key, value in {**SMALLEST, "integrations": integrations}.items()}
    file.write_text(yaml.safe_dump({"config": {"aws:region": "eu-central-1", **ours}}), encoding="utf-8")
    return file
