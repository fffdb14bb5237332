import json
from pathlib import Path

import pytest

from sandbox.rehearsal.checks import explain
from sandbox.rehearsal.snyk import Answer

TOKEN = "0a1b2c3d-0a1b-4c3d-8e9f-0123456789ab"


def test_a_token_in_lower_case_is_right() -> None:
    assert explain.token(TOKEN) is None


def test_a_token_in_upper_case_is_told_from_no_token() -> None:
    assert "upper-case letters" in str(explain.token(TOKEN.upper()))
    assert "upper-case letters" in str(explain.token(TOKEN.replace("a", "A", 1)))


@pytest.mark.parametrize("value", ["", "canary", f" {TOKEN}", f"{TOKEN}\n", f"{{{TOKEN}}}", TOKEN.replace("-", "")])
def test_what_is_no_token_is_not_repeated(value: str) -> None:
    told = str(explain.token(value))
    assert "is not a Broker token" in told
    assert not value.strip() or value.strip() not in told


BLOCKED = b'{"message":"blocked","reason":"Request does not match any accept rule","errorType":"FILTER_BLOCKED"}'


@pytest.mark.parametrize(
    ("status", "body", "headers", "environment", "words"),
    [
        (0, b"", {}, {}, "no answer came through the tunnel"),
        (404, b"", {"x-broker-failure": "no-connections"}, {}, "Snyk has no connected client"),
        (404, b"", {}, {}, "answered with status 404"),
        (401, BLOCKED, {}, {}, "the client's rules block"),
        (401, b"{}", {}, {}, "answered with status 401"),
        (502, b"", {}, {"GITLAB": "https://gitlab.acme.internal"}, "GITLAB must be a host without https://"),
        (502, b"", {}, {"GITLAB": "gitlab.acme.internal"}, "cannot reach the system (status 502)"),
        # The scheme belongs there.
        (502, b"", {}, {"BROKER_SERVER_URL": "https://broker.snyk.io"}, "cannot reach the system (status 502)"),
        (404, b"", {}, {"GITLAB": "https://gitlab.acme.internal"}, "answered with status 404"),
    ],
)
def test_why_a_request_was_not_served(
    status: int, body: bytes, headers: dict[str, str], environment: dict[str, str], words: str
) -> None:
    assert words in explain.answer(Answer(status, body, headers), environment)


def test_the_last_words_are_the_last_error(tmp_path: Path) -> None:
    log = tmp_path / "log"
    entries = [(50, "first error"), (60, "fatal error"), (40, "warning"), (30, "information")]
    lines = [json.dumps({"level": level, "msg": text}) for level, text in entries]
    log.write_bytes(
        "\n".join([*lines, "no JSON", "5", '{"level": "50", "msg": "text"}', '{"level": 50}']).encode() + b"\xff"
    )
    assert explain.last_error(log) == " Its last words: fatal error"


def test_without_an_error_there_are_no_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text('{"level": 30, "msg": "fine"}\n')
    assert explain.last_error(log) == ""
    log.write_text("")
    assert explain.last_error(log) == ""
