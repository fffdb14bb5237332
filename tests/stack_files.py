"""Stack configurations as Pulumi hands them over."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from settings import yaml_file

ROOT = Path(__file__).parent.parent
STACK_FILES = sorted((ROOT / "stacks").glob("Pulumi.*.yaml"))


SMALLEST: Mapping[str, object] = {
    "snyk": {"region": "SNYK-EU-01"},
    "network": {"create": {"cidr": "10.40.0.0/16"}},
    "integrations": {"github": {"type": "github-com"}},
}


def configuration(changes: Mapping[str, object]) -> dict[str, str]:
    """The smallest configuration, with the given top-level settings in place of its own."""
    ours = {f"snyk-broker:{key}": value for key, value in {**SMALLEST, **changes}.items()}
    return handed_over({"aws:region": "eu-central-1", **ours})


def handed_over(config: Mapping[str, object]) -> dict[str, str]:
    """Structured values as JSON, others as text."""
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}


def config_of(file: Path) -> dict[str, Any]:
    content: Any = yaml_file.load(file.read_text(encoding="utf-8"))
    return content["config"]
