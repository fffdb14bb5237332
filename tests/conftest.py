import functools
import os
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
from botocore import loaders

from sandbox import engine
from sandbox.console import SandboxError
from sandbox.rehearsal import packages
from tests.checkout import Checkout
from tests.deployment import Deployment
from tests.stack_files import ROOT

# No deadline: the machine may be busy. No database: a failing example is printed, and the same examples run everywhere.
hypothesis.settings.register_profile("steady", deadline=None, database=None, derandomize=True)
# Other examples in each run.
hypothesis.settings.register_profile("random", deadline=None, database=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests that need the engine, and puts them first: the others, which are short, fill up the end."""
    for item in items:
        if "pulumi_engine" in getattr(item, "fixturenames", ()):
            item.add_marker("engine")
    items.sort(key=lambda item: item.get_closest_marker("engine") is None)


@pytest.fixture(scope="session", autouse=True)
def aws_models() -> Generator[None]:
    """Reads AWS's descriptions of its services once: each session of boto3 reads them for itself, for half a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", functools.cache(loaders.create_loader))
        yield


@pytest.fixture(scope="session")
def pulumi_engine() -> None:
    """Skips tests that need the engine where none can be had."""
    if engine.find() is None and shutil.which("go") is None:
        pytest.skip("there is no Pulumi engine, and no Go to build it")


@contextmanager
def copied(tmp_path_factory: pytest.TempPathFactory) -> Generator[Checkout]:
    checkout = Checkout.copied_to(tmp_path_factory.mktemp("checkout"))
    yield checkout
    checkout.sandbox("down")


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Generator[Checkout]:
    """Gives a copy of the checkout, for a test that breaks what it runs on."""
    with copied(tmp_path_factory) as checkout:
        yield checkout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, pulumi_engine: None) -> Generator[Checkout]:
    """Gives a copy of the checkout with a local AWS of its own, shared by the tests of one module."""
    with copied(tmp_path_factory) as checkout:
        yield checkout


@pytest.fixture(scope="module")
def deployment(checkout: Checkout, request: pytest.FixtureRequest) -> Deployment:
    return Deployment(checkout, request.session.testsfailed)


@pytest.fixture
def deployed(deployment: Deployment, request: pytest.FixtureRequest) -> Checkout:
    """Gives the copy with its stack deployed as the stack file says, whatever the test before has done to it."""
    deployment.restore(request.session.testsfailed)
    return deployment.checkout


@pytest.fixture(scope="session")
def broker_home() -> Path:
    """Gives the folder with the Broker's own rules and defaults, and skips tests that need it where there is none."""
    folder = Path(os.environ.get("BROKER_HOME") or ROOT.parent / "shared" / "broker-home").expanduser().resolve()
    if not (folder / "client-templates").is_dir():
        pytest.skip("there are no rules and defaults of the Broker here: BROKER_HOME names no copy of its source")
    return folder


@pytest.fixture(scope="session")
def rehearsable(broker_home: Path) -> Mapping[str, str]:
    """Gives the environment of a rehearsal, and skips tests that need one where the published Broker cannot be had."""
    try:
        packages.install()
    except SandboxError as error:
        pytest.skip(str(error))
    return {"BROKER_HOME": str(broker_home)}
