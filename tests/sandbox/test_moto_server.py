import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from sandbox import local_ecs
from sandbox.local_aws import Cause, When
from sandbox.local_ecs import Failure
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


def signed(service: str, **headers: str) -> dict[str, str]:
    credential = f"AKIDEXAMPLE/20261124/eu-west-1/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0", **headers}


def test_the_calls_are_told_with_numbers_and_switches_and_no_text(client: Client) -> None:
    target = {"X-Amz-Target": "AmazonEC2ContainerServiceV20141113.UpdateService"}
    asked = {"service": "canary", "desiredCount": 3, "forceNewDeployment": False, "tags": [{"value": "canary"}]}
    client.post("/", headers=signed("ecs", **target), json=asked)
    client.post("/", headers=signed("tagging", **{"X-Amz-Target": "ResourceGroupsTaggingAPI.GetResources"}), data="{")
    client.post("/", headers=signed("ec2"), data={"Action": "CreateVpc", "CidrBlock": "canary"})
    client.post("/moto-api/reset")
    told = client.get("/sandbox/calls").get_data(as_text=True)
    assert "canary" not in told
    assert [(call["service"], call["action"], call["parameters"]) for call in json.loads(told)] == [
        ("ecs", "UpdateService", {"desiredCount": 3, "forceNewDeployment": False}),
        ("tag", "GetResources", {}),
        ("ec2", "CreateVpc", {}),
    ]
    assert {(call["region"], call["access_key"]) for call in json.loads(told)} == {("eu-west-1", "AKIDEXAMPLE")}


def test_what_was_read_for_the_journal_reaches_aws(tmp_path: Path) -> None:
    def echo(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        return Response(body)(environ, start_response)

    client = Client(SandboxLayer(echo, "the-id", tmp_path))
    assert client.post("/", headers=signed("sts"), data="Action=GetCallerIdentity").data == b"Action=GetCallerIdentity"


def test_an_order_to_fail_is_taken(client: Client) -> None:
    order = {"stack": "prod", "integration": "jira", "when": "update", "cause": "image", "always": True}
    assert client.post("/sandbox/failures", json=order).status_code == 204
    assert local_ecs.failures.pop(("prod", "jira")) == Failure(When.UPDATE, Cause.IMAGE, always=True)
