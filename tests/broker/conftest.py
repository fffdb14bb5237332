from pathlib import Path

import pytest

from sandbox.console import SandboxError
from sandbox.rehearsal import packages
from tests.broker.real_client import RealClient


@pytest.fixture(scope="package")
def real_client(broker_home: Path, tmp_path_factory: pytest.TempPathFactory) -> RealClient:
    """Gives the published client with the data of its images."""
    try:
        return RealClient(packages.install(), broker_home, tmp_path_factory.mktemp("homes"))
    except SandboxError as error:
        pytest.skip(str(error))
