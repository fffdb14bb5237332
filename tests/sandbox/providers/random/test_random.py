import re
import string
from collections.abc import Generator

import pytest

from sandbox.providers.base.wire import UNKNOWN, Properties
from sandbox.providers.random.provider import RandomProvider
from tests.sandbox.providers.driver import Driver, RefusalError, kinds

ID, TEXT, PASSWORD, UUID = (f"random:index/random{name}:Random{name}" for name in ("Id", "String", "Password", "Uuid"))


@pytest.fixture(scope="module")
def random() -> Generator[Driver]:
    """Gives the provider, over gRPC."""
    driver = Driver(RandomProvider())
    yield driver
    driver.close()


def test_an_id_in_all_its_forms(random: Driver) -> None:
    made = random.create(ID, {"byteLength": 4, "prefix": "a-"})
    raw = bytes.fromhex(made.state["hex"].removeprefix("a-"))
    assert len(raw) == 4
    assert made.state["dec"] == f"a-{int.from_bytes(raw)}"
    assert made.state["b64Url"] == f"a-{made.id}"
    assert made.state["b64Std"].startswith("a-")
    imported = random.import_(ID, f"a-,{made.id}")
    assert imported
    assert (imported.id, imported.state["hex"], imported.inputs) == (
        made.id,
        made.state["hex"],
        {"byteLength": 4, "prefix": "a-"},
    )


def test_texts_have_the_classes_that_were_asked_for(random: Driver) -> None:
    inputs = {"length": 30, "special": False, "upper": False, "minNumeric": 28}
    text = random.create(TEXT, inputs).state["result"]
    assert len(text) == 30
    assert set(text) <= set(string.ascii_lowercase + string.digits)
    assert sum(character in string.digits for character in text) >= 28
    only = {"length": 8, "overrideSpecial": "#", "lower": False, "upper": False, "numeric": False}
    assert random.create(TEXT, only).state["result"] == "#" * 8


def test_texts_that_cannot_be(random: Driver) -> None:
    with pytest.raises(RefusalError, match="no text of 2 characters fits"):
        random.create(TEXT, {"length": 2, "minLower": 3})
    _, failures = random.check(TEXT, {})
    assert failures == {"length": "Missing required property"}


def test_a_password_is_secret_wherever_it_is_sent(random: Driver) -> None:
    complete = random.checked(PASSWORD, {"length": 16})
    answer = random.answer_to_create(PASSWORD, complete)
    assert answer.id == "none"
    envelope = answer.properties.fields["result"].struct_value.fields
    assert envelope["4dabf18193072939515e22adb298388d"].string_value == "1b47061264138c4ac30d75fd1eb44270"
    assert len(envelope["value"].string_value) == 16


def test_a_uuid(random: Driver) -> None:
    made = random.create(UUID, {"keepers": {"a": "b"}})
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", made.id)
    imported = random.import_(UUID, made.id)
    assert imported
    assert imported.state == {"result": made.id}


@pytest.mark.parametrize(
    ("token", "inputs", "change", "where"),
    [
        (ID, {"byteLength": 4}, {"byteLength": 5}, "byteLength"),
        (TEXT, {"length": 4}, {"length": 5}, "length"),
        (PASSWORD, {"length": 4}, {"length": 4, "special": False}, "special"),
        (UUID, {"keepers": {"a": "b"}}, {"keepers": {"a": "c"}}, "keepers.a"),
    ],
)
def test_every_change_makes_another(
    token: str, inputs: Properties, change: Properties, where: str, random: Driver
) -> None:
    planned = random.preview(token, random.checked(token, inputs))
    assert UNKNOWN in planned.values()
    made = random.create(token, inputs)
    assert kinds(random.diff(made, inputs)) == {}
    assert kinds(random.diff(made, change)) == {where: "UPDATE_REPLACE"}
    assert random.read(made) == made
    random.delete(made)


def test_a_type_that_is_not_there(random: Driver) -> None:
    with pytest.raises(RefusalError, match=r"RandomPet is not supported.*sandbox/providers/random/provider\.py"):
        random.check("random:index/randomPet:RandomPet", {})
    with pytest.raises(RefusalError, match="the function random:x is not supported"):
        random.invoke("random:x")
