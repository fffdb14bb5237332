"""What stands in an update's way."""

from collections.abc import Sequence

import pulumi


class MissingError(Exception):
    """Something that the stack needs is missing, or is not what the settings take it for."""


class Problems:
    """What was found wrong, what is merely not there yet, a gap, and what stops nothing."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.gaps: list[str] = []
        self.warnings: list[str] = []

    def stop_if_any(self, *, update: bool) -> None:
        """Raises MissingError with all that is wrong, and in an update with the gaps. Else it warns of all else."""
        for warning in self.warnings:
            pulumi.log.warn(warning)
        wrong = [*self.found, *(self.gaps if update else [])]
        if wrong:
            count = "1 thing stands" if len(wrong) == 1 else f"{len(wrong)} things stand"
            raise MissingError(f"{count} in the way; nothing was changed.\n{_listed(wrong)}")
        if self.gaps:
            pulumi.log.warn(
                "Secrets that the containers need are not there: an update would stop. Before it, type:\n"
                + _listed(self.gaps)
            )


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"  {n}. {line}" for n, line in enumerate(lines, start=1))
