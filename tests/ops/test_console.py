import pytest

from ops.console import console
from tests.stack_files import ROOT


@pytest.mark.parametrize(
    "text", ["arn:aws:secretsmanager:eu-west-1:1:secret:acme-AbCdEf", "https://[::1]:4000", "[red]x"]
)
def test_a_text_is_printed_as_it_is(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    console().print(text)
    console(stderr=True).print(text)
    assert capsys.readouterr() == (f"{text}\n", f"{text}\n")


@pytest.mark.parametrize("part", ["ops", "sandbox"])
def test_no_other_console_is_made(part: str) -> None:
    for file in (ROOT / part).rglob("*.py"):
        assert file.name == "console.py" or " Console(" not in file.read_text(encoding="utf-8"), file
