import shutil
from collections.abc import Callable, Generator

import pytest

from sandbox import engine
from tests.checkout import Checkout


@pytest.fixture(scope="session")
def make_checkout(tmp_path_factory: pytest.TempPathFactory) -> Generator[Callable[[], Checkout]]:
    """Gives what makes a fresh copy of the checkout, for tests that break what they run on."""
    made: list[Checkout] = []

    def make() -> Checkout:
        made.append(Checkout.copied_to(tmp_path_factory.mktemp("checkout")))
        return made[-1]

    yield make
    for checkout in made:
        checkout.sandbox("down")


@pytest.fixture(scope="session")
def pulumi_engine() -> None:
    """Skips tests that need the engine where none can be had."""
    if engine.find() is None and shutil.which("go") is None:
        pytest.skip("there is no Pulumi engine, and no Go to build it")


@pytest.fixture(scope="module")
def checkout(make_checkout: Callable[[], Checkout], pulumi_engine: None) -> Checkout:
    """Gives a copy of the checkout with a local AWS of its own, shared by the tests of one module."""
    return make_checkout()
