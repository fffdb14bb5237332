"""Python code, laid out as the formatter does."""

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

_WIDTH = 120


@dataclass(frozen=True)
class Group:
    """Something in brackets: on one line if it fits, else an item a line."""

    start: str
    items: tuple["str | Group", ...]
    end: str

    def __str__(self) -> str:
        is_tuple = self.start.endswith(("=(", " (")) or self.start == "("
        comma = "," if is_tuple and len(self.items) == 1 else ""
        return f"{self.start}{', '.join(map(str, self.items))}{comma}{self.end}"


def group(start: str, items: Iterable[str | Group], end: str) -> Group:
    return Group(start, tuple(items), end)


def value(given: Any, start: str = "") -> str | Group:
    """A literal. `start`: what stands before it."""
    match given:
        case str():
            escaped = given.replace("\\", "\\\\").replace('"', '\\"')
            return f'{start}"{escaped}"'
        case tuple():
            return group(f"{start}(", map(value, cast("Iterable[Any]", given)), ")")
        case list():
            return group(f"{start}[", map(value, cast("Iterable[Any]", given)), "]")
        case Mapping():
            members = cast("Mapping[str, Any]", given).items()
            return group(f"{start}{{", (value(item, f'"{name}": ') for name, item in members), "}")
        case _:
            return f"{start}{given!r}"


def code(item: str | Group, indent: int = 4, said: str = "") -> str:
    """A line or more that end in a comma, with a comment at the end or, where there is no room, above."""
    start = " " * indent
    line = f"{start}{item},"
    if said and len(f"{line}  # {said}") <= _WIDTH:
        return f"{line}  # {said}\n"
    if said:
        return comment(said, indent) + code(item, indent)
    if isinstance(item, str) or len(line) <= _WIDTH:
        return f"{line}\n"
    inner = "".join(code(each, indent + 4) for each in item.items)
    return f"{start}{item.start}\n{inner}{start}{item.end},\n"


def comment(text: str, indent: int = 4) -> str:
    start = " " * indent
    filled = textwrap.fill(
        text,
        _WIDTH,
        initial_indent=f"{start}# ",
        subsequent_indent=f"{start}#   ",
        break_on_hyphens=False,
        break_long_words=False,
    )
    return f"{filled}\n"
