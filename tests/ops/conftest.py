from collections.abc import Generator
from pathlib import Path

import pytest
import yaml

from tests.moto import reset, served
from tests.ops.console import Console
from tests.ops.played import Played
from tests.stack_files import SMALLEST

AWS = Played()


@pytest.fixture(scope="package")
def endpoint() -> Generator[str]:
    """Gives a local AWS."""
    with served(AWS.before) as endpoint:
        yield endpoint


@pytest.fixture
def aws() -> Played:
    """Gives the layer before the console's local AWS."""
    return AWS


@pytest.fixture
def console(endpoint: str, tmp_path: Path) -> Console:
    """Gives a console on an empty local AWS, with a stack of one integration."""
    reset(endpoint)
    AWS.forget()
    return Console(endpoint, tmp_path, stack_file(tmp_path, {"github": {"type": "github-com"}}))


def stack_file(folder: Path, integrations: object, **aws: object) -> Path:
    """A stack file with the integrations, and with settings of Pulumi's AWS provider."""
    file = folder / "Pulumi.test.yaml"
    config = {"aws:region": "eu-central-1", **{f"aws:{key}": value for key, value in aws.items()}}
    ours = {f"snyk-broker:{key}": value for key, value in {**SMALLEST, "integrations": integrations}.items()}
    file.write_text(yaml.safe_dump({"config": {**config, **ours}}), encoding="utf-8")
    return file
