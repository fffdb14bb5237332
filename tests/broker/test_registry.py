import json
import re

import pytest

from broker.catalogue import REGISTRY_KINDS
from broker.registry import questions

GOOGLE = ("gcr", "google-artifact-cr")


@pytest.mark.parametrize("kind", REGISTRY_KINDS)
def test_what_is_asked_for_each_kind(kind: str) -> None:
    names = {"ecr": [], "digitalocean-cr": ["CR_TOKEN"], **{kind: ["CR_PASSWORD"] for kind in GOOGLE}}
    assert [one.name for one in questions(kind)] == names.get(kind, ["CR_USERNAME", "CR_PASSWORD"])


@pytest.mark.parametrize("kind", GOOGLE)
def test_a_key_of_google_is_a_document_that_is_kept_in_a_file(kind: str) -> None:
    [key] = questions(kind)
    assert key.of_file
    assert re.fullmatch(key.pattern, json.dumps({"private_key": "a\nb"}, indent=2) + "\n")
    assert not re.fullmatch(key.pattern, "canary")
    assert re.fullmatch(key.pattern, key.form.replace("{word}", "canary"))


@pytest.mark.parametrize("kind", [kind for kind in REGISTRY_KINDS if kind not in ("ecr", *GOOGLE)])
def test_others_are_one_line_each(kind: str) -> None:
    for one in questions(kind):
        assert not one.of_file
        assert re.fullmatch(one.pattern, "canary")
        assert not re.fullmatch(one.pattern, "canary\ncanary")
