"""What stands below a problem, and where it goes."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from settings.problems import Problem


def fixed(problem: Problem) -> Any:
    """The YAML below the problem, as a person would paste it: a config of its own."""
    _, _, snippet = problem.text("snyk-broker").partition("\n")
    return yaml.safe_load(snippet)


def at_path(value: Any, problem: Problem) -> Any:
    """What stands in the snippet where the problem is. Of a list it shows the one entry."""
    top, *below = problem.path
    value = value[f"snyk-broker:{top}"]
    for part in below:
        value = value[0 if isinstance(part, int) else part]
    return value


def put(config: Mapping[str, object], place: Sequence[str | int], value: object) -> dict[str, object]:
    """A copy of the configuration with the value at the place."""
    changed, at = _copied(config, place)
    at[place[-1]] = value
    return changed


def taken_out(config: Mapping[str, object], place: Sequence[str | int]) -> dict[str, object]:
    """A copy of the configuration with nothing at the place."""
    changed, at = _copied(config, place)
    del at[place[-1]]
    return changed


def _copied(config: Mapping[str, object], place: Sequence[str | int]) -> tuple[dict[str, object], Any]:
    """A copy, and what holds the place in it."""
    changed = copy.deepcopy(dict(config))
    at: Any = changed
    for part in place[:-1]:
        at = at[part]
    return changed, at
