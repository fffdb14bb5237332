"""`secrets set` in a terminal."""

import pytest

from tests.ops.console import GITHUB_TOKEN, GIVEN, TOKEN, Console, Terminal


@pytest.fixture
def terminal(console: Console) -> Terminal:
    return console.terminal("secrets", "set", str(console.stack_file), "github")


def test_credentials_are_asked_for_one_by_one_and_never_shown(console: Console, terminal: Terminal) -> None:
    assert "The Broker token of GitHub comes from Snyk's API" in terminal.asked("BROKER_TOKEN")
    terminal.type(f"{TOKEN}\n")
    terminal.asked("GITHUB_TOKEN")
    assert TOKEN not in terminal.arguments()
    terminal.type(f"{GITHUB_TOKEN}\n")
    assert terminal.end() == 0
    assert "Created the secret" in terminal.screen
    for value in GIVEN.values():
        assert value not in terminal.screen
    assert console.values() == GIVEN


def test_a_value_of_the_wrong_shape_is_asked_for_again(console: Console, terminal: Terminal) -> None:
    terminal.asked("BROKER_TOKEN")
    terminal.type(f"{TOKEN.upper()}\n")
    terminal.read_until("must be a UUID in lower case. Nothing was stored yet.")
    terminal.asked("BROKER_TOKEN")
    terminal.type(f"{TOKEN}\n")
    terminal.asked("GITHUB_TOKEN")
    terminal.type(f"{GITHUB_TOKEN}\n")
    assert terminal.end() == 0
    assert TOKEN.upper() not in terminal.screen
    assert console.values() == GIVEN


def test_an_empty_answer_keeps_what_is_stored(console: Console) -> None:
    console.set()
    terminal = console.terminal("secrets", "set", str(console.stack_file), "github")
    terminal.asked("BROKER_TOKEN [Enter keeps the stored one]")
    terminal.type("\n")
    terminal.asked("GITHUB_TOKEN [Enter keeps the stored one]")
    terminal.type("ghp_canary_new\n")
    assert terminal.end() == 0
    assert console.values() == GIVEN | {"GITHUB_TOKEN": "ghp_canary_new"}


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_giving_up_stores_nothing(console: Console, terminal: Terminal, key: str) -> None:
    terminal.asked("BROKER_TOKEN")
    terminal.type(f"{TOKEN}\n")
    terminal.asked("GITHUB_TOKEN")
    terminal.type(key)
    assert terminal.end() != 0
    assert "Traceback" not in terminal.screen
    assert not console.exists()
