"""Servers that pass bytes on between two connections."""

import contextlib
import socket
import threading
from collections.abc import Callable

LOOPBACK = "127.0.0.1"
_CHUNK = 262144
HEAD_LIMIT = 65536


def serve(listener: socket.socket, handle: Callable[[socket.socket], None]) -> None:
    """Gives each connection to a thread of its own, until the listener is closed."""

    def connected(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            _at_once(connection)
            handle(connection)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=connected, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def connect(port: int) -> socket.socket:
    """Connects to a port of loopback."""
    connection = socket.create_connection((LOOPBACK, port))
    _at_once(connection)
    return connection


def _at_once(connection: socket.socket) -> None:
    """Has what is written sent at once: else small pieces wait 40 ms for each other."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def close(listener: socket.socket) -> None:
    with contextlib.suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
    listener.close()


def read_head(connection: socket.socket) -> bytes:
    """Everything up to the end of a request's headers, and maybe more; nothing when there is no such end."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < HEAD_LIMIT:
        received = connection.recv(_CHUNK)
        if not received:
            return b""
        head += received
    return head


def join(one: socket.socket, other: socket.socket) -> None:
    """Passes bytes on in both directions until either side ends."""
    back = threading.Thread(target=_pass_on, args=(other, one), daemon=True)
    back.start()
    _pass_on(one, other)
    back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while received := source.recv(_CHUNK):
            target.sendall(received)
    for connection in (source, target):
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
