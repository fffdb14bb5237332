"""What is wrong with a stack's settings, in words that say how to mend it."""

from collections.abc import Sequence
from dataclasses import dataclass

import yaml

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    path: Path  # keys and list indexes, without the project's namespace
    what: str
    fix: object = None  # a value that could stand at the path
    missing: bool = False  # nothing is wrong with what is there: something is not

    def text(self, namespace: str) -> str:
        where = ".".join(str(part) if str(part).isprintable() else ascii(part) for part in self.path)
        snippet = self._yaml(namespace).splitlines() if self.fix is not None else []
        return "\n       ".join([f"{where}: {self.what}", *snippet])

    def _yaml(self, namespace: str) -> str:
        value: object = self.fix
        top, *below = self.path
        whole = top if ":" in str(top) or not namespace else f"{namespace}:{top}"
        for part in reversed((whole, *below)):
            value = [value] if isinstance(part, int) else {part: value}
        return yaml.safe_dump(value, sort_keys=False, default_flow_style=False).rstrip()


class SettingsError(Exception):
    """The stack's configuration cannot be used. Holds every problem that was found."""

    def __init__(self, source: str, namespace: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        listed = "\n".join(f"  {n}. {problem.text(namespace)}" for n, problem in enumerate(problems, start=1))
        super().__init__(f"{source} has {count}; nothing was changed. Below each stands what to write.\n{listed}")
