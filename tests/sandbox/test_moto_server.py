import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from sandbox.moto_server import SandboxLayer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def aws(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    seen = environ.get("HTTP_X_SANDBOX_CREATE", "nothing")
    return Response(f"<VpcId>vpc-ü</VpcId> {seen}", 201, {"x-amzn-RequestId": "7"})(environ, start_response)


@pytest.fixture
def client(tmp_path: Path) -> Client:
    (tmp_path / "creates").mkdir()
    return Client(SandboxLayer(aws, "the-id", tmp_path))


def test_the_server_tells_its_id(client: Client) -> None:
    assert client.get("/sandbox/id").get_data(as_text=True) == "the-id"


def test_a_named_create_leaves_its_answer_beside_its_journal_entry(client: Client, tmp_path: Path) -> None:
    entry = tmp_path / "creates" / "1.json"
    answer = client.post("/", headers={"X-Sandbox-Create": str(entry)})
    assert answer.status_code == 201
    assert answer.get_data(as_text=True) == "<VpcId>vpc-ü</VpcId> nothing"
    kept = json.loads((tmp_path / "creates" / "1.json.response").read_text())
    assert kept["status"] == 201
    assert kept["headers"]["x-amzn-RequestId"] == "7"
    assert kept["body"] == "<VpcId>vpc-ü</VpcId> nothing"
    assert [file.name for file in (tmp_path / "creates").iterdir()] == ["1.json.response"]


def test_other_calls_leave_nothing(client: Client, tmp_path: Path) -> None:
    assert client.post("/").status_code == 201
    assert list((tmp_path / "creates").iterdir()) == []


@pytest.mark.parametrize("entry", ["{}/../outside.json", "/proc/outside.json"])
def test_nothing_is_written_outside_the_sandbox(client: Client, tmp_path: Path, entry: str) -> None:
    answer = client.post("/", headers={"X-Sandbox-Create": entry.format(tmp_path)})
    assert answer.status_code == 400
    assert not Path(f"{entry.format(tmp_path)}.response").exists()
