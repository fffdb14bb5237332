from collections.abc import Generator
from pathlib import Path
from typing import Any

import boto3
import pytest

from sandbox.moto_server import SandboxLayer
from sandbox.providers.aws.provider import AwsProvider
from tests.moto import served
from tests.sandbox.providers.aws.cases import REGION, World
from tests.sandbox.providers.driver import Driver


@pytest.fixture(scope="session")
def creates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gives the directory for records of creates."""
    return tmp_path_factory.mktemp("creates")


@pytest.fixture(scope="session")
def endpoint(creates: Path) -> Generator[str]:
    """Gives a real Moto server, as the sandbox has it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
        with served(lambda aws: SandboxLayer(aws, "test", creates)) as endpoint:
            yield endpoint


@pytest.fixture(autouse=True)
def _local(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.delenv("SANDBOX_CREATES", raising=False)


@pytest.fixture(scope="module")
def aws(endpoint: str) -> Generator[Driver]:
    """Gives the provider, over gRPC."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", endpoint)
        driver = Driver(AwsProvider(), {"region": REGION})
    yield driver
    driver.close()


@pytest.fixture(scope="module")
def world(aws: Driver) -> World:
    return World(aws)


@pytest.fixture(scope="session")
def clients(endpoint: str) -> Any:
    """Gives boto3 clients by service, to look at AWS and to change it behind the provider's back."""

    def client(service: str, region: str = REGION) -> Any:
        make: Any = boto3.client
        return make(
            service,
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    return client
