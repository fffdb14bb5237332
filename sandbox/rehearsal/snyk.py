"""Snyk's side on loopback: two Broker servers behind one TLS edge, and the API with its dispatcher.

The servers are the published Broker's own. Its dispatcher is not published: the one here gives a token's clients to the
two servers in turn, in the form that the client reads. How Snyk spreads requests over servers is not rehearsed.
"""

import contextlib
import hashlib
import http.client
import json
import re
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sandbox.console import SandboxError
from sandbox.rehearsal import broker_home, tcp
from sandbox.rehearsal.children import Children
from sandbox.rehearsal.container import PATH
from sandbox.rehearsal.packages import Packages
from sandbox.rehearsal.recorder import Authority, Received, Recorder
from sandbox.rehearsal.tcp import LOOPBACK

SERVERS = (1, 2)  # ids; the client leaves 0 out of the URL
START_SECONDS = 30
_LOOPBACK_ONLY = Path(__file__).parent / "loopback.cjs"
_CONNECTIONS = re.compile(r"^/hidden/broker/(?P<identifier>[^/]+)/connections")


@dataclass(frozen=True)
class Call:
    """A request that Snyk sends through the tunnel."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Answer:
    status: int  # 0: none came
    body: bytes
    headers: Mapping[str, str]


class Snyk:
    """Two running servers, and what they were asked."""

    def __init__(self, children: Children, packages: Packages, authority: Authority, image: str, folder: Path) -> None:
        self.webhooks = Recorder()  # what comes out of the tunnel on Snyk's side
        self.api = Recorder(authority.context(), self._answer)
        self.plain_api = Recorder(answer=self._answer)
        self._allocated: dict[str, list[int]] = defaultdict(list)
        self._lock = threading.Lock()
        self._ports: dict[int, int] = {}
        homes = {number: folder / f"server-{number}" for number in SERVERS}
        for number, home in homes.items():
            broker_home.lay_out_server(image, home)
            self._ports[number] = _start(home, children, packages, self.webhooks.port)
        for number, home in homes.items():
            _await(self._ports[number], _log(home))
        context = authority.context()
        self._edge = socket.create_server((LOOPBACK, 0), backlog=128)
        self.port: int = self._edge.getsockname()[1]

        def at_edge(connection: socket.socket) -> None:
            with context.wrap_socket(connection, server_side=True) as decrypted:
                head = tcp.read_head(decrypted)
                server = 2 if b"server_id=2" in head.split(b"\r\n")[0] else 1
                with tcp.connect(self._ports[server]) as backend:
                    backend.sendall(head)
                    tcp.join(decrypted, backend)

        tcp.serve(self._edge, at_edge)

    def clients(self, token: str) -> dict[int, int]:
        """How many clients with this token each server has."""
        found: dict[int, int] = {}
        for number, port in self._ports.items():
            answer = _ask(port, Call("/connections-status"), timeout=5)
            known: list[dict[str, Any]] = json.loads(answer.body) if answer.status == http.client.OK else []
            found[number] = sum(len(one["brokerClientIds"]) for one in known if one["hashedIdentifier"] == _hash(token))
        return found

    def allocations(self, token: str) -> list[int]:
        """The servers that the dispatcher gave to this token's clients, one for each time that it was asked."""
        return list(self._allocated[_hash(token)])

    def request(self, token: str, call: Call, timeout: float = 20) -> Answer:
        """Sends a request through the tunnel of a client with this token."""
        at = self.clients(token)
        server = next((number for number in SERVERS if at[number]), 1)
        return _ask(self._ports[server], Call(f"/broker/{quote(token)}{call.path}", call.method, call.headers), timeout)

    def close(self) -> None:
        tcp.close(self._edge)
        for recorder in (self.webhooks, self.api, self.plain_api):
            recorder.close()

    def _answer(self, request: Received) -> tuple[int, bytes] | None:
        asked = _CONNECTIONS.match(request.path)
        if not asked or request.method != "POST":
            return None
        with self._lock:
            given = self._allocated[asked["identifier"]]
            given.append(SERVERS[len(given) % len(SERVERS)])
            attributes = {"server_id": given[-1]}
        return 201, json.dumps({"data": {"id": "x", "type": "broker_connection", "attributes": attributes}}).encode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _start(home: Path, children: Children, packages: Packages, webhooks: int) -> int:
    """Starts a server and returns its port."""
    (home / "node_modules").symlink_to(packages.modules)
    rules = {
        "public": [{"method": "any", "path": "/*"}],
        "private": [{"method": "any", "path": "/*", "origin": f"http://{LOOPBACK}:{webhooks}"}],
    }
    (home / "accept-server.json").write_text(json.dumps(rules))
    with socket.create_server((LOOPBACK, 0)) as free:
        port: int = free.getsockname()[1]
    environment = {"PATH": PATH, "HOME": str(home), "ACCEPT": str(home / "accept-server.json"), "PORT": str(port)}
    command = [
        packages.modules / packages.server_node,
        *("--preserve-symlinks", "--preserve-symlinks-main", "--require", str(_LOOPBACK_ONLY)),
        *(f"node_modules/{packages.broker}", "server"),
    ]
    with _log(home).open("wb") as log:
        children.start(command, environment, log, folder=home)
    return port


def _log(home: Path) -> Path:
    return home.with_suffix(".log")


def _await(port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while _ask(port, Call("/healthcheck"), timeout=1).status != http.client.OK:
        if time.monotonic() > deadline:
            raise SandboxError(f"The Broker server on port {port} does not answer after {START_SECONDS} s. Log: {log}")
        time.sleep(0.05)


def _ask(port: int, call: Call, timeout: float) -> Answer:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=timeout)
    with contextlib.closing(connection):
        try:
            body = None if call.method == "GET" else b"{}"
            connection.request(call.method, call.path, body, dict(call.headers))
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, answer.read(), headers)
        except (OSError, http.client.HTTPException):
            return Answer(0, b"", {})
