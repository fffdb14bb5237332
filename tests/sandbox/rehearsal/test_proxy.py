import contextlib
import http.client
import socket
from collections.abc import Generator

import pytest

from sandbox.rehearsal import tcp
from sandbox.rehearsal.proxy import Address, Proxy
from sandbox.rehearsal.recorder import Recorder

TIMEOUT = 5
OTHER = Address("other.acme.internal", 443)


class Surroundings:
    """A proxy between the test and two stand-ins."""

    def __init__(self) -> None:
        self.tunnelled, self.plain = Recorder(), Recorder()
        self.routed: list[tuple[Address, bool]] = []
        self.proxy = Proxy(socket.create_server((tcp.LOOPBACK, 0)), self._route)

    def _route(self, address: Address, tls: bool) -> int:
        self.routed.append((address, tls))
        return (self.tunnelled if tls else self.plain).port

    def tunnel(self, host: str, port: int = 443) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(tcp.LOOPBACK, self.proxy.port, timeout=TIMEOUT)
        connection.set_tunnel(host, port)
        return connection

    def said(self, sent: bytes) -> bytes:
        """All that the proxy answers to these bytes, after which nothing more is sent."""
        with socket.create_connection((tcp.LOOPBACK, self.proxy.port), TIMEOUT) as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def close(self) -> None:
        self.proxy.close()
        self.tunnelled.close()
        self.plain.close()


@pytest.fixture
def around() -> Generator[Surroundings]:
    with contextlib.closing(Surroundings()) as made:
        yield made


def get(connection: http.client.HTTPConnection, path: str) -> int:
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def test_a_tunnel_leads_to_the_stand_in_and_the_address_is_noted(around: Surroundings) -> None:
    connection = around.tunnel("GitHub.example.com", 8443)
    assert [get(connection, path) for path in ("/a", "/b")] == [200, 200]
    assert [request.path for request in around.tunnelled.received] == ["/a", "/b"]
    assert around.plain.received == []
    address = Address("github.example.com", 8443)
    assert around.routed == [(address, True)]
    assert around.proxy.addresses == {address}
    assert str(address) == "github.example.com:8443"


def test_a_plain_request_leads_to_the_other_stand_in(around: Surroundings) -> None:
    connection = http.client.HTTPConnection(tcp.LOOPBACK, around.proxy.port, timeout=TIMEOUT)
    connection.request("POST", "http://agent.example.com:8081/list?a=1", b"body")
    assert connection.getresponse().status == 200
    [request] = around.plain.received
    assert (request.method, request.path, request.body) == ("POST", "/list?a=1", b"body")
    assert around.routed == [(Address("agent.example.com", 8081), False)]


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("CONNECT host.example.com HTTP/1.1", Address("host.example.com", 443)),
        ("CONNECT 10.1.2.3:7990 HTTP/1.1", Address("10.1.2.3", 7990)),
        ("GET http://host.example.com/ HTTP/1.1", Address("host.example.com", 80)),
        ("GET https://host.example.com/ HTTP/1.1", Address("host.example.com", 443)),
        ("GET http://localhost/ HTTP/1.1", Address("localhost", 80)),
    ],
)
def test_addresses(around: Surroundings, line: str, address: Address) -> None:
    around.said(f"{line}\r\n\r\n".encode())
    assert around.proxy.addresses == {address}


def test_a_name_without_a_dot_is_known_to_nobody(around: Surroundings) -> None:
    answer = around.said(b"CONNECT https:443 HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 502 ")
    assert around.routed == []
    assert around.proxy.addresses == frozenset()


GARBAGE = {
    "nothing": b"",
    "empty": b"\r\n\r\n",
    "no-target": b"CONNECT\r\n\r\n",
    "tls": b"\x16\x03\x01\xff\r\n\r\n",
    "no-host": b"GET / HTTP/1.1\r\n\r\n",
    "no-port": b"CONNECT host.example.com:port HTTP/1.1\r\n\r\n",
    "no-bracket": b"CONNECT [::1 HTTP/1.1\r\n\r\n",
    "no-end": b"no end",
    "too-long": b"x" * (tcp.HEAD_LIMIT + 1),
}


@pytest.mark.parametrize("sent", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_refused_and_hurts_nobody(around: Surroundings, sent: bytes) -> None:
    # With more than the proxy reads it hangs up, which may reach us before its answer.
    with contextlib.suppress(ConnectionError):
        assert around.said(sent).startswith(b"HTTP/1.1 400 ")
    assert get(around.tunnel("host.example.com"), "/") == 200
    assert around.proxy.addresses == {Address("host.example.com", 443)}


def test_a_stand_in_that_is_gone_ends_the_connection(around: Surroundings) -> None:
    around.tunnelled.close()
    with pytest.raises((OSError, http.client.HTTPException)):
        get(around.tunnel("host.example.com"), "/")


def test_cut_ends_the_tunnels_of_a_host_and_refuses_new_ones_until_mended(around: Surroundings) -> None:
    cut, kept = around.tunnel("broker.example.com"), around.tunnel(OTHER.host)
    assert [get(cut, "/"), get(kept, "/")] == [200, 200]
    around.proxy.cut("broker.example.com")
    assert cut.sock.recv(1) == b""
    with pytest.raises(OSError, match="503"):
        get(around.tunnel("broker.example.com"), "/")
    assert [get(kept, "/"), get(around.tunnel(OTHER.host), "/")] == [200, 200]
    around.proxy.mend()
    assert get(around.tunnel("broker.example.com"), "/") == 200


def test_who_is_refused_is_noted_all_the_same(around: Surroundings) -> None:
    around.proxy.cut(OTHER.host)
    around.said(f"CONNECT {OTHER} HTTP/1.1\r\n\r\n".encode())
    assert around.proxy.addresses == {OTHER}
    assert around.routed == []


def test_large_bodies_pass_in_both_directions(around: Surroundings) -> None:
    connection, body = around.tunnel("host.example.com"), b"x" * 3_000_000
    connection.request("POST", "/", body, {"x-rehearsal-size": "3000000"})
    assert len(connection.getresponse().read()) >= 3_000_000
    assert around.tunnelled.received[0].body == body


def test_closing_ends_the_tunnels_and_takes_no_more(around: Surroundings) -> None:
    connection = around.tunnel("host.example.com")
    get(connection, "/")
    around.proxy.close()
    assert connection.sock.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        around.said(b"")
