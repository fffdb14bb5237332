"""Helps mutmut, which loads this as a plugin of pytest, to know which tests can notice a mutant.

It takes what ran since the last test for what a test covers. So what a fixture of a module ran would count for the
module's first test alone, and what runs at import for the first test of all.
"""

from collections import defaultdict
from collections.abc import Generator
from typing import Any

import pytest
from mutmut.state import state

_ran_by_fixture: dict[tuple[str, str], set[str]] = defaultdict(set)


def _running() -> set[str]:
    """The functions that ran since the last test."""
    return state()._stats  # pyright: ignore[reportPrivateUsage]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Mutants come to life after the import: of what runs there alone, none can be noticed.
    _running().clear()
    # mutmut names tests in any order, so that a module's fixtures would be made again and again.
    seconds: dict[str, float] = defaultdict(float)
    for item in items:
        seconds[item.location[0]] += state().duration_by_test.get(item.nodeid, 0)
    items.sort(key=lambda item: (seconds[item.location[0]], item.location))


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
    before = set(_running())
    try:
        return (yield)
    finally:
        _ran_by_fixture[fixturedef.baseid, fixturedef.argname] |= _running() - before


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    for (where, name), ran in _ran_by_fixture.items():
        if item.nodeid.startswith(where) and name in getattr(item, "fixturenames", ()):
            _running().update(ran)
