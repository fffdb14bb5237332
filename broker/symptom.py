"""What is recognised by the text that the client or AWS says of it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Symptom:
    """A trouble, and the texts that it shows in. Literal, so that an alarm's filter can look for the same."""

    texts: tuple[str, ...]  # any of them, in any case
    cause: str
    remedy: str
    source: str  # who says the texts, or saw them said
    within: str = ""  # what stands in the same text beside any of them

    def shows_in(self, text: str) -> bool:
        folded = text.casefold()
        return self.within.casefold() in folded and any(each.casefold() in folded for each in self.texts)


def recognised(symptoms: Iterable[Symptom], text: str) -> Symptom | None:
    """The first one that shows in the text: in a table, what is certain stands before what is general."""
    return next((symptom for symptom in symptoms if symptom.shows_in(text)), None)
