"""A web server on loopback that keeps what it is asked, in the place of Snyk's API and of every other system."""

import contextlib
import http.server
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import trustme

from sandbox.rehearsal import tcp

MARK = "x-rehearsal"  # the header by which a check finds its own requests again
SIZE = "x-rehearsal-size"  # the header that says how many bytes to answer with

# Answers are made of lines as other JSON is: with a single long word the client's rewriting of URLs takes minutes.
_LINE = "A line of an answer, as long as many are in JSON."

Answer = Callable[["Received"], tuple[int, bytes] | None]


@dataclass(frozen=True)
class Received:
    at: float
    method: str
    host: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Authority:
    """A certificate authority for this rehearsal, which certifies any host it is asked for."""

    def __init__(self) -> None:
        self._ca = trustme.CA()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        self.pem = self._ca.cert_pem.bytes()

    def context(self) -> ssl.SSLContext:
        """Settings of a TLS server that has the certificate of whatever host the caller wants."""
        found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._certify("localhost", found)

        def choose(connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _context: ssl.SSLContext) -> None:
            if name:
                connection.context = self._of(name)

        found.sni_callback = choose
        return found

    def _of(self, host: str) -> ssl.SSLContext:
        with self._lock:
            if host not in self._contexts:
                self._contexts[host] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self._certify(host, self._contexts[host])
            return self._contexts[host]

    def _certify(self, host: str, context: ssl.SSLContext) -> None:
        certificate: Any = self._ca.issue_cert(host)  # the library's types are not complete
        certificate.configure_cert(context)


class Recorder:
    """Answers JSON, of the size that is asked for, unless `answer` has something else."""

    def __init__(self, context: ssl.SSLContext | None = None, answer: Answer | None = None) -> None:
        self.received: list[Received] = []
        self._answer = answer
        self._listener = socket.create_server((tcp.LOOPBACK, 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        handler: Any = _handler(self)

        def handle(connection: socket.socket) -> None:
            if context:
                connection = context.wrap_socket(connection, server_side=True)
            with connection, contextlib.suppress(ValueError):  # of a body that breaks off in the middle
                handler(connection, None, None)

        tcp.serve(self._listener, handle)

    def marked(self, mark: str) -> list[Received]:
        return [request for request in self.received if request.headers.get(MARK) == mark]

    def answer(self, request: Received) -> tuple[int, bytes]:
        self.received.append(request)
        chosen = self._answer(request) if self._answer else None
        lines = int(request.headers.get(SIZE, 0)) // len(_LINE) + 1
        return chosen or (200, json.dumps([_LINE] * lines).encode())

    def close(self) -> None:
        tcp.close(self._listener)


def _handler(recorder: Recorder) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            """Nothing: what was asked is kept."""

        def _respond(self) -> None:
            body = self._body()
            url = urlsplit(self.path)  # whole in a request that came through a proxy
            path = self.path.removeprefix(f"{url.scheme}://{url.netloc}") if url.scheme else self.path
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Received(time.monotonic(), self.command, headers.get("host", ""), path, headers, body)
            status, content = recorder.answer(request)
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def _body(self) -> bytes:
            if self.headers.get("transfer-encoding", "").lower() != "chunked":
                return self.rfile.read(int(self.headers.get("content-length") or 0))
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _respond  # noqa: N815 - the library's names

    return Handler
