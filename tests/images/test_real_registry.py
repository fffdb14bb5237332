"""The same against the registry server that most others are made of, which checks the tokens that it is shown.

It is the package docker-registry of Debian and Ubuntu.
"""

import base64
import hashlib
import json
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Generator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
import trustme
import yaml
from joserfc import jwt
from joserfc.jwk import ECKey

from images import Answer, Result
from images.registry import ask
from tests.registry import Registry, query, served

NAME, TAG = "acme/client", "7.1.0-jira"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
SECONDS = 5.0


class Tokens:
    """Signs tokens with a certificate that the registry trusts."""

    def __init__(self) -> None:
        authority = trustme.CA()
        signer = authority.issue_cert("tokens.acme.internal")
        self.root = authority.cert_pem.bytes()
        self._key = ECKey.import_key(signer.private_key_pem.bytes())
        self._certificate = ssl.PEM_cert_to_DER_cert(signer.cert_chain_pems[0].bytes().decode())

    def signed(self, actions: list[str], *names: str) -> str:
        header = {"typ": "JWT", "alg": "ES256", "x5c": [base64.b64encode(self._certificate).decode()]}
        now = int(time.time())
        claims = {
            "iss": "acme",
            "sub": "",
            "aud": "the registry",
            "nbf": now - 60,
            "exp": now + 600,
            "access": [{"type": "repository", "name": name, "actions": actions} for name in names],
        }
        return jwt.encode(header, claims, self._key)


@dataclass(frozen=True)
class Real:
    host: str
    token: str  # to push with

    def push(self) -> str:
        """An image of nothing. Returns its digest."""
        config = b"{}"
        digest = f"sha256:{hashlib.sha256(config).hexdigest()}"
        upload = self._send("POST", f"/v2/{NAME}/blobs/uploads/")
        location = str(upload.headers["Location"])
        self._send("PUT", f"{location}&digest={digest}", config, "application/octet-stream")
        described = {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 2, "digest": digest}
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": described, "layers": list[str]()}
        done = self._send("PUT", f"/v2/{NAME}/manifests/{TAG}", json.dumps(manifest).encode(), MANIFEST)
        return str(done.headers["Docker-Content-Digest"])

    def _send(self, method: str, url: str, body: bytes = b"", kind: str = "") -> HTTPResponse:
        connection = HTTPConnection(self.host)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        connection.request(method, url.removeprefix(f"http://{self.host}"), body, headers)
        response = connection.getresponse()
        assert response.status in (201, 202), response.read()
        connection.close()
        return response


@pytest.fixture(scope="module")
def tokens() -> Generator[tuple[Tokens, Registry]]:
    """Gives who signs tokens, and the service that lets anybody pull from two repositories."""
    tokens = Tokens()
    anybody = tokens.signed(["pull"], NAME, "acme/empty")
    with served(Registry(token_body=json.dumps({"token": anybody}))) as service:
        yield tokens, service


@pytest.fixture(scope="module")
def real(tokens: tuple[Tokens, Registry], tmp_path_factory: pytest.TempPathFactory) -> Generator[Real]:
    """Gives a registry, and skips the tests where there is none."""
    command = shutil.which("docker-registry")
    if command is None:
        pytest.skip("there is no registry here: the package docker-registry has one")
    signer, service = tokens
    folder = tmp_path_factory.mktemp("registry")
    (folder / "root.pem").write_bytes(signer.root)
    with socket.create_server(("127.0.0.1", 0)) as free:
        host = f"127.0.0.1:{free.getsockname()[1]}"
    auth = {
        "realm": f"http://{service.host}/token",
        "service": "the registry",
        "issuer": "acme",
        "rootcertbundle": str(folder / "root.pem"),
    }
    config = {"version": 0.1, "storage": {"inmemory": None}, "http": {"addr": host}, "auth": {"token": auth}}
    (folder / "config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    with (folder / "log").open("w", encoding="utf-8") as log:
        registry = subprocess.Popen([command, "serve", str(folder / "config.yml")], stdout=log, stderr=log)
    try:
        _await(host, registry, folder / "log")
        yield Real(host, signer.signed(["push", "pull"], NAME))
    finally:
        registry.kill()
        registry.wait()


def _await(host: str, registry: subprocess.Popen[bytes], log: Path) -> None:
    address, _, port = host.partition(":")
    while True:
        assert registry.poll() is None, log.read_text()
        try:
            socket.create_connection((address, int(port)), timeout=5).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return


def test_a_real_registry_tells_what_it_has(
    real: Real, tokens: tuple[Tokens, Registry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    digest = real.push()
    asked = {
        f"{NAME}:{TAG}": Answer(Result.EXISTS),
        f"{NAME}:any@{digest}": Answer(Result.EXISTS),
        f"{NAME}:7.1.0-nexus": Answer(Result.MISSING),
        f"{NAME}@sha256:{'0' * 64}": Answer(Result.MISSING),
        f"acme/empty:{TAG}": Answer(Result.MISSING),
        f"acme/private:{TAG}": Answer(Result.UNKNOWN, "it asks for credentials"),
    }
    assert {image: ask(f"{real.host}/{image}", SECONDS) for image in asked} == asked
    _, service = tokens
    assert query(service.asked[0]) == {"service": ["the registry"], "scope": [f"repository:{NAME}:pull"]}
