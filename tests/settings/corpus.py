"""Stack files with one mistake each (wrong/), and such as work and are unwise (unwise/).

Each begins with comments that say what there is to hear about it:

    # <path>: <words of the problem, or of the warning>
    # Mend: take it out          the problem before offers no value to paste
    # Schema: <reason>           why the JSON Schema, and so an editor, sees nothing wrong
"""

import itertools
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
WRONG = sorted((_HERE / "wrong").glob("*.yaml"))
UNWISE = sorted((_HERE / "unwise").glob("*.yaml"))


@dataclass(frozen=True)
class Expected:
    path: str
    words: str
    taken_out: bool = False


@dataclass(frozen=True)
class Header:
    expected: tuple[Expected, ...]
    unseen: str | None  # why the schema accepts the file


@cache
def header(file: Path) -> Header:
    expected: list[Expected] = []
    unseen = None
    for line in itertools.takewhile(lambda line: line.startswith("# "), file.read_text(encoding="utf-8").splitlines()):
        match line.removeprefix("# ").partition(": "):
            case "Schema", _, reason:
                unseen = reason
            case "Mend", _, "take it out":
                expected[-1] = replace(expected[-1], taken_out=True)
            case path, _, words:
                expected.append(Expected(path, words))
    return Header(tuple(expected), unseen)
