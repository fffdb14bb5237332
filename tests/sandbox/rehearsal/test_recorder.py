import contextlib
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Generator

import pytest

from sandbox.rehearsal import tcp
from sandbox.rehearsal.recorder import MARK, SIZE, Authority, Recorder

TIMEOUT = 5


@pytest.fixture
def recorder() -> Generator[Recorder]:
    with contextlib.closing(Recorder()) as made:
        yield made


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def secure(authority: Authority) -> Generator[Recorder]:
    with contextlib.closing(Recorder(authority.context())) as made:
        yield made


def connected(recorder: Recorder) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(tcp.LOOPBACK, recorder.port, timeout=TIMEOUT)


def said(recorder: Recorder, sent: bytes) -> bytes:
    """All that is answered to these bytes, after which nothing more is sent."""
    with socket.create_connection((tcp.LOOPBACK, recorder.port), TIMEOUT) as connection:
        connection.sendall(sent)
        with contextlib.suppress(OSError):  # it may have hung up already
            connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def verified(recorder: Recorder, host: str, authority: Authority) -> ssl.SSLSocket:
    """A TLS connection to a host that the stand-in plays, of which the certificate has been verified."""
    context = ssl.create_default_context(cadata=authority.pem.decode())
    plain = socket.create_connection((tcp.LOOPBACK, recorder.port), TIMEOUT)
    return context.wrap_socket(plain, server_hostname=host)


@pytest.mark.parametrize("host", ["localhost", "broker.eu.snyk.io", "a.b.c.acme.internal", "xn--bcher-kva.example"])
def test_any_host_has_a_certificate(secure: Recorder, authority: Authority, host: str) -> None:
    with verified(secure, host, authority) as connection:
        connection.sendall(f"GET /path HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
    assert [(request.host, request.path) for request in secure.received] == [(host, "/path")]


def test_many_hosts_at_once(secure: Recorder, authority: Authority) -> None:
    hosts = [f"host-{number % 4}.example.com" for number in range(16)]
    done: list[str] = []

    def verify(host: str) -> None:
        with verified(secure, host, authority):
            done.append(host)

    threads = [threading.Thread(target=verify, args=(host,)) for host in hosts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == sorted(hosts)


def test_nobody_else_trusts_the_authority(secure: Recorder) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        verified(secure, "broker.eu.snyk.io", Authority())


def test_plain_http_at_a_tls_port_is_no_request(secure: Recorder) -> None:
    with contextlib.suppress(ConnectionError):
        assert not said(secure, b"GET / HTTP/1.1\r\n\r\n").startswith(b"HTTP")
    assert secure.received == []


def test_requests_are_kept_as_they_came(recorder: Recorder) -> None:
    connection = connected(recorder)
    connection.request("PUT", "/a/%2Fb?c=d", b"body", {"Host": "github.example.com", "X-Name": "Value"})
    assert json.loads(connection.getresponse().read())
    [request] = recorder.received
    assert (request.method, request.host, request.path) == ("PUT", "github.example.com", "/a/%2Fb?c=d")
    assert (request.body, request.headers["x-name"]) == (b"body", "Value")


@pytest.mark.parametrize("url", ["http://agent.example.com:8081/list?a=b", "https://agent.example.com/list?a=b"])
def test_a_whole_url_is_told_as_its_path(recorder: Recorder, url: str) -> None:
    connection = connected(recorder)
    connection.request("GET", url)
    connection.getresponse().read()
    assert recorder.received[0].path == "/list?a=b"


def test_chunked_bodies(recorder: Recorder) -> None:
    connection = connected(recorder)
    for chunks in ([b"first,", b"x" * 100_000], []):
        connection.request("POST", "/", iter(chunks), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
        assert connection.getresponse().read()
    assert [request.body for request in recorder.received] == [b"first," + b"x" * 100_000, b""]


@pytest.mark.parametrize("body", [b"no number\r\n", b"", b"ff\r\nshort"], ids=["no chunk", "nothing", "half a chunk"])
def test_a_body_that_breaks_off_is_no_request(recorder: Recorder, body: bytes) -> None:
    said(recorder, b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
    connection = connected(recorder)
    connection.request("GET", "/next")
    assert connection.getresponse().status == 200
    assert [request.path for request in recorder.received] == ["/next"]


@pytest.mark.parametrize("size", [1, 49, 1000, 1_000_000])
def test_answers_have_at_least_the_size_that_is_asked_for_and_short_lines(recorder: Recorder, size: int) -> None:
    connection = connected(recorder)
    connection.request("GET", "/", headers={SIZE: str(size)})
    body = connection.getresponse().read()
    assert size <= len(body) <= size * 1.2 + 200
    assert max(map(len, json.loads(body))) < 100


def test_the_answer_to_head_has_no_body(recorder: Recorder) -> None:
    head, get = (said(recorder, f"{method} / HTTP/1.1\r\n\r\n".encode()) for method in ("HEAD", "GET"))
    assert head.endswith(b"\r\n\r\n")
    assert get.endswith(b"]")


def test_requests_are_found_by_their_mark(recorder: Recorder) -> None:
    connection = connected(recorder)
    for path, mark in (("/one", "1"), ("/two", "2"), ("/three", "1")):
        connection.request("GET", path, headers={MARK: mark})
        connection.getresponse().read()
    assert [request.path for request in recorder.marked("1")] == ["/one", "/three"]
    assert recorder.marked("3") == []


def test_an_answer_of_ones_own() -> None:
    with contextlib.closing(Recorder(answer=lambda got: (201, b"{}") if got.path == "/own" else None)) as recorder:
        connection = connected(recorder)
        found: list[tuple[int, bool]] = []
        for path in ("/own", "/other"):
            connection.request("GET", path)
            answer = connection.getresponse()
            found.append((answer.status, answer.read() == b"{}"))
    assert found == [(201, True), (200, False)]


def test_closing_takes_no_more(recorder: Recorder) -> None:
    recorder.close()
    with pytest.raises(ConnectionRefusedError):
        said(recorder, b"")
