"""What the client and ECS say is recognised in their own words, and what is said beside it is not."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from broker import log
from broker.symptom import Symptom, recognised
from ecs import messages

TABLES: Mapping[str, Sequence[Symptom]] = {"client": log.SYMPTOMS, "ecs": messages.SYMPTOMS}
SAID: Mapping[str, Any] = {
    who: yaml.safe_load((Path(__file__).parent / "said" / f"{who}.yaml").read_text(encoding="utf-8")) for who in TABLES
}


@pytest.mark.parametrize(
    ("who", "cause", "text"),
    [(who, cause, text) for who in TABLES for cause, texts in SAID[who]["troubles"].items() for text in texts],
)
def test_what_is_said_is_recognised_as_what_it_is(who: str, cause: str, text: str) -> None:
    found = recognised(TABLES[who], text)
    assert found
    assert cause in found.cause


@pytest.mark.parametrize(("who", "text"), [(who, text) for who in TABLES for text in SAID[who]["none"]])
def test_what_is_no_trouble_is_taken_for_none(who: str, text: str) -> None:
    assert recognised(TABLES[who], text) is None


@pytest.mark.parametrize("who", TABLES)
def test_every_text_of_the_table_is_tried_here(who: str) -> None:
    said = [text.casefold() for texts in SAID[who]["troubles"].values() for text in texts]
    for symptom in TABLES[who]:
        for text in symptom.texts:
            assert any(text.casefold() in each and symptom.within.casefold() in each for each in said), text


def test_capitals_do_not_matter() -> None:
    symptom = Symptom(("ToManY",), "c", "r", "s", within="FROM")
    assert symptom.shows_in("toMany from")
    assert not symptom.shows_in("tomany")
    assert not symptom.shows_in("from")
