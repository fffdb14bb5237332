"""The policies in docs/permissions.md."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.stack_files import ROOT

# Everybody may.
FREE = {"sts:GetCallerIdentity"}


def statements(policy: str) -> list[Mapping[str, Any]]:
    text = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    [found] = re.findall(rf"^```json {policy}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return json.loads(found)["Statement"]


def actions(policy: str, *, provider: bool = False) -> set[str]:
    """What a policy allows because it was called here, or because the official provider calls it, too."""
    return {
        action
        for statement in statements(policy)
        if statement["Sid"].startswith("Provider") is provider
        for action in _listed(statement["Action"])
    }


def called(calls: Iterable[Mapping[str, Any]]) -> set[str]:
    """The actions of calls that the local AWS got, as `sandbox calls --json` tells them."""
    return {f"{call['service']}:{call['action']}" for call in calls} - FREE


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
