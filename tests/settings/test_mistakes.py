"""docs/mistakes.md is complete: every rule and every known mistake has an example, or says why it cannot have one."""

import re
from pathlib import Path

import pytest

from tests.settings.corpus import UNWISE, WRONG
from tests.stack_files import ROOT

DOCUMENT = ROOT / "docs" / "mistakes.md"
REASON = re.compile(r"not in the stack file: \S+", re.IGNORECASE)

# What the client does not check itself, and what Snyk's docs and issues show to go wrong most.
TOPICS = {
    "What a Broker needs": (
        "Required fields",
        "No scheme",
        "Scheme needed",
        "Trailing slash",
        "Port",
        "Region",
        "Replicas",
        "Flags",
        "Accept file",
        "Registries",
        "TLS",
        "Proxy",
        "Commit signing",
        "Alternatives",
        "GitHub Enterprise",
        "Universal Broker",
        "Values",
        "Image",
        "Secrets",
    ),
    "What people get wrong most": (
        "Wrong or reused token",
        "Wrong region",
        "Firewall lets only half through",
        "Schemes and slashes",
        "Unusable client address",
        "Rule file beside flags",
        "Spelling of flags",
        "Replicas misunderstood",
        "Private certificate authority",
        "Proxy settings",
        "Health checks",
        "Exit codes",
        "SIGTERM to the first process",
        "Outdated image",
        "Container registry agent",
    ),
    "Healthy, and yet not working": (
        "Missing credential",
        "Upper-case token",
        "Host with a scheme",
        "`$` in a credential",
        "Flags on Jira",
    ),
}


def rows(section: str) -> dict[str, str]:
    """The rows of a section's table by their first cells."""
    _, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(f"\n## {section}\n")
    lines = [line for line in rest.split("\n## ")[0].splitlines() if line.startswith("| ")]
    return {line.split(" | ")[0].removeprefix("| "): line for line in lines[2:]}


def links(text: str) -> list[Path]:
    return [(DOCUMENT.parent / target).resolve() for target in re.findall(r"\]\(([^)]+\.yaml)\)", text)]


@pytest.mark.parametrize("section", TOPICS)
def test_every_topic_has_an_example_or_the_reason_why_there_is_none(section: str) -> None:
    found = rows(section)
    assert tuple(found) == TOPICS[section]
    assert [topic for topic, row in found.items() if not links(row) and not REASON.search(row)] == []


def test_every_file_of_the_corpus_is_an_example_and_every_example_is_a_file_of_it() -> None:
    assert set(links(DOCUMENT.read_text(encoding="utf-8"))) == {*WRONG, *UNWISE}
