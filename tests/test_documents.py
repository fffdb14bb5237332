"""The documents that people read: their links, the picture in the README, and the table of outputs."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.components.recording import built
from tests.stack_files import ROOT
from tests.test_contract import OUTPUTS

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])

every_document = pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@every_document
def test_links_lead_to_files_that_are_there(file: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text(file))
    assert [link for link in links if "://" not in link and not (file.parent / link).exists()] == []


def test_every_document_can_be_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        file = waiting.pop()
        reached.add(file)
        linked = {(file.parent / link).resolve() for link in re.findall(r"\]\(([^)#\s]+\.md)", text(file))}
        waiting += [document for document in DOCUMENTS if document in linked - reached]
    assert reached == set(DOCUMENTS)


@dataclass
class Flowchart:
    """A flowchart in the part of Mermaid's language that this project uses. All else is an error, as a slip is.

    Mermaid itself would take 150 packages and a browser's document to say no more than whether it can be drawn.
    """

    nodes: dict[str, str] = field(default_factory=dict[str, str])
    groups: dict[str, str] = field(default_factory=dict[str, str])
    arrows: list[tuple[str, str, str, str]] = field(default_factory=list[tuple[str, str, str, str]])

    @staticmethod
    def parsed(code: str) -> "Flowchart":
        chart, depth = Flowchart(), 0
        first, *lines = [line.strip() for line in code.splitlines() if line.strip()]
        assert re.fullmatch(r"flowchart (LR|TB)", first)
        for line in lines:
            if line == "end":
                depth -= 1
                assert depth >= 0, "an end too many"
            elif found := re.fullmatch(r'(subgraph )?([a-z]+)\["([^"<>|\[\]]+)"\]', line):
                group, name, label = found.groups()
                assert name not in {*chart.nodes, *chart.groups, "end"}, (
                    f"{name} is declared twice, or a word of Mermaid"
                )
                (chart.groups if group else chart.nodes)[name] = label
                depth += bool(group)
            elif found := re.fullmatch(r'([a-z]+) (-->|-\.->)\|"([^"<>|\[\]]+)"\| ([a-z]+)', line):
                assert depth == 0, f"an arrow in a group draws its ends into it: {line}"
                source, arrow, label, target = found.groups()
                chart.arrows.append((source, arrow, label, target))
            else:
                pytest.fail(f"this is neither a node, a group nor an arrow with a label: {line}")
        assert depth == 0, "a group has no end"
        return chart

    def check(self) -> None:
        ends = {end for source, _, _, target in self.arrows for end in (source, target)}
        # Mermaid draws an undeclared end as a box with the bare name, without a word.
        assert ends == self.nodes.keys(), "an arrow's end is not declared, or a node has no arrow"
        between = [(source, target) for source, _, _, target in self.arrows]
        assert len(between) == len(set(between)), "two arrows lie upon each other"


def picture() -> Flowchart:
    (code,) = re.findall(r"^```mermaid\n(.*?)^```$", text(ROOT / "README.md"), re.MULTILINE | re.DOTALL)
    return Flowchart.parsed(code)


def test_the_picture_in_the_readme_can_be_drawn_and_names_everything_that_it_connects() -> None:
    picture().check()


def test_the_picture_shows_that_no_credential_passes_through_pulumi() -> None:
    arrows = picture().arrows
    assert {source for source, _, _, target in arrows if target == "secrets"} == {"operator", "nat"}
    assert {target for source, _, _, target in arrows if source == "deployer"} == {"cluster", "state"}


def test_the_picture_shows_what_comes_in_and_nothing_more() -> None:
    coming_in = {(source, target) for source, arrow, _, target in picture().arrows if arrow == "-.->"}
    assert coming_in == {("snyk", "clients"), ("system", "clients")}


GOOD = 'flowchart LR\nsubgraph g["G"]\na["A"]\nend\nb["B"]\na -->|"says"| b\n'


def test_a_good_picture_passes() -> None:
    Flowchart.parsed(GOOD).check()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("end\n", ""),
        ("end\n", "end\nend\n"),
        ('b["B"]\n', ""),
        ('b["B"]', 'b["B"]\nc["C"]'),
        ('b["B"]', 'a["B"]'),
        ('b["B"]', 'g["B"]'),
        ('b["B"]', 'b["B]'),
        ('b["B"]', 'b["B [b]"]'),
        ('|"says"|', ""),
        ('|"says"|', "|says (much)|"),
        ("-->", "->"),
        ("flowchart LR", "flowchart"),
        ("| b\n", '| b\na -->|"says more"| b\n'),
    ],
)
def test_a_slip_in_a_picture_is_found(old: str, new: str) -> None:
    code = GOOD.replace(old, new)
    assert code != GOOD
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        Flowchart.parsed(code).check()


KINDS = {"text": str, "number": int, "list of texts": list, "mapping": dict}
ABSENT = "text; absent when the settings name none"


def documented() -> dict[str, str]:
    """Each output in docs/outputs.md, with its type."""
    return dict(re.findall(r"^\| `([\w.]+)` \| ([^|]+) \|", text(ROOT / "docs" / "outputs.md"), re.MULTILINE))


def value(name: str, outputs: dict[str, Any], integration: dict[str, Any]) -> Any:
    """The output that a row is about. The rows of the second table are about one integration."""
    if name in integration:
        return integration[name]
    found: Any = outputs
    for key in name.split("."):
        found = found[key]
    return found


def test_outputs_have_the_types_that_are_documented() -> None:
    for name, kind in documented().items():
        wanted = str if kind == ABSENT else KINDS[kind]
        assert isinstance(value(name, OUTPUTS, OUTPUTS["integrations"]["github"]), wanted), name


def test_exactly_the_outputs_that_are_documented_as_such_are_absent_without_a_setting() -> None:
    smallest: dict[str, Any] = built().exports["integrations"]["github"]
    absent = OUTPUTS["integrations"]["github"].keys() - smallest.keys()
    assert absent == {name for name, kind in documented().items() if kind == ABSENT}
    assert None not in smallest.values()
