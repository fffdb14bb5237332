"""A registry of container images on loopback, as far as an image is asked for: manifests, and tokens for anybody."""

import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TOKEN = "a.token.for.anybody"


@dataclass
class Registry:
    """What it has, how it answers, and what it was asked."""

    has: set[str] = field(default_factory=set[str])  # such as acme/client:1.0, or @sha256:… for any name
    wants_token: bool = True
    challenge: str = 'Bearer realm="http://{host}/token",service="registry.acme",scope="repository:{name}:pull"'
    token_status: int = 200
    token_body: str = f'{{"token": "{TOKEN}", "expires_in": 300}}'
    status: int | None = None  # of every answer about a manifest, whatever it has
    headers: Mapping[str, str] = field(default_factory=lambda: {"Docker-Distribution-Api-Version": "registry/2.0"})
    wait: threading.Barrier | threading.Event | None = None  # before each answer
    host: str = ""
    asked: list[str] = field(default_factory=list[str])  # method, path, and the token if any

    def image(self, name: str) -> str:
        return f"{self.host}/{name}"


class Server(ThreadingHTTPServer):
    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        super().__init__(("127.0.0.1", 0), _Handler)
        registry.host = f"127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of one who did not wait for the answer."""


class _Handler(BaseHTTPRequestHandler):
    server: Server  # pyright: ignore[reportIncompatibleVariableOverride] - no other has it

    def do_HEAD(self) -> None:
        registry = self._asked()
        name, _, reference = self.path.removeprefix("/v2/").partition("/manifests/")
        image = f"@{reference}" if reference.startswith("sha256:") else f"{name}:{reference}"
        if registry.wait is not None:
            registry.wait.wait(5)
        if registry.status is None and registry.wants_token and self.headers["Authorization"] != f"Bearer {TOKEN}":
            challenge = registry.challenge.format(host=registry.host, name=name)
            self._answer(401, {**registry.headers, "WWW-Authenticate": challenge})
        else:
            self._answer(registry.status or (200 if image in registry.has else 404), registry.headers)

    def do_GET(self) -> None:
        registry = self._asked()
        self._answer(registry.token_status, {}, registry.token_body)

    def _asked(self) -> Registry:
        _, _, token = self.headers.get("Authorization", "").partition("Bearer ")
        self.server.registry.asked.append(f"{self.command} {self.path} {token}".strip())
        return self.server.registry

    def _answer(self, status: int, headers: Mapping[str, str], body: str = "") -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the handler's own
        """Say nothing."""


@contextmanager
def served(registry: Registry, kind: type[Server] = Server) -> Generator[Registry]:
    server = kind(registry)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield registry
    finally:
        if isinstance(registry.wait, threading.Event):
            registry.wait.set()
        server.shutdown()
        server.server_close()


def query(asked: str) -> dict[str, list[str]]:
    """The query of a request that was noted."""
    return parse_qs(urlsplit(asked.split()[1]).query)
