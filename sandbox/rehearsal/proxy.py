"""The only way out of a replica: an HTTP proxy that leads every host to its stand-in, and notes who was asked for."""

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from sandbox.rehearsal import tcp

HTTP, HTTPS = 80, 443


@dataclass(frozen=True)
class Address:
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


# Where the stand-in of an address listens on loopback: for TLS, and for plain HTTP.
Route = Callable[[Address, bool], int]


class Proxy:
    """Serves CONNECT and plain requests."""

    def __init__(self, listener: socket.socket, route: Route) -> None:
        self.port: int = listener.getsockname()[1]
        self._asked: set[Address] = set()
        self._route = route
        self._listener = listener
        self._cut: frozenset[str] = frozenset()
        self._open: dict[socket.socket, str] = {}  # connections, and to which host
        self._lock = threading.Lock()
        tcp.serve(listener, self._handle)

    @property
    def addresses(self) -> frozenset[Address]:
        """All that the replica asked for."""
        with self._lock:
            return frozenset(self._asked)

    def cut(self, *hosts: str) -> None:
        """Ends the connections to these hosts and refuses new ones, until `mend`."""
        with self._lock:
            self._cut = frozenset(hosts)
            connections = [connection for connection, host in self._open.items() if host in hosts]
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._cut = frozenset()

    def close(self) -> None:
        tcp.close(self._listener)
        with self._lock:
            hosts = set(self._open.values())
        self.cut(*hosts)

    def _handle(self, connection: socket.socket) -> None:
        head = tcp.read_head(connection)
        method, target, *_ = [*head.split(b"\r\n")[0].decode("latin-1").split(" "), "", ""]
        tunnel = method == "CONNECT"
        address = _address(f"//{target}" if tunnel else target)
        if address is None:
            return _refuse(connection, "400 Bad Request")
        # A name without a dot is a slip, as `https` in https://https://host; no name server knows it.
        if "." not in address.host and address.host != "localhost":
            return _refuse(connection, "502 Bad Gateway")
        with self._lock:
            self._asked.add(address)
            if address.host in self._cut:
                # An answer, since a client in high-availability mode waits without end for a proxy that gives none.
                return _refuse(connection, "503 Service Unavailable")
            self._open[connection] = address.host
        try:
            with tcp.connect(self._route(address, tunnel)) as other:
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n") if tunnel else other.sendall(head)
                tcp.join(connection, other)
        finally:
            with self._lock:
                del self._open[connection]
        return None


def _address(target: str) -> Address | None:
    try:
        url = urlsplit(target)
        return Address(url.hostname, url.port or (HTTP if url.scheme == "http" else HTTPS)) if url.hostname else None
    except ValueError:
        return None


def _refuse(connection: socket.socket, status: str) -> None:
    connection.sendall(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n".encode())
