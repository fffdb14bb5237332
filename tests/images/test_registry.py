"""What a registry is asked, and what is made of its answer."""

import socket
import ssl
import threading
from collections.abc import Generator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
import trustme

from images import registry
from images.registry import Answer, Result, ask
from sandbox.rehearsal.proxy import Proxy
from tests.registry import TOKEN, Registry, Server, query, served

EXISTS, MISSING = Answer(Result.EXISTS), Answer(Result.MISSING)
DIGEST = "sha256:" + "7d" * 32
SECONDS = 5.0


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def acme() -> Generator[Registry]:
    """Gives a registry with one image."""
    with served(Registry(has={"acme/client:7.1.0-jira", f"@{DIGEST}"})) as acme:
        yield acme


def unknown(reason: str) -> Answer:
    return Answer(Result.UNKNOWN, reason)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("acme/client:7.1.0-jira", EXISTS),
        ("acme/client:7.1.0-nexus", MISSING),
        ("acme/other:7.1.0-jira", MISSING),
        (f"acme/client:7.1.0-nexus@{DIGEST}", EXISTS),
        (f"acme/client:7.1.0-jira@{DIGEST[:-1]}0", MISSING),
    ],
)
@pytest.mark.parametrize("wants_token", [True, False])
def test_an_image_is_there_or_it_is_not(acme: Registry, name: str, answer: Answer, wants_token: bool) -> None:
    acme.wants_token = wants_token
    assert ask(acme.image(name), SECONDS) == answer


def test_nothing_is_pulled_and_the_token_is_for_this_repository_and_registry(acme: Registry) -> None:
    ask(acme.image("acme/client:7.1.0-jira"), SECONDS)
    first, token, second = acme.asked
    assert first == "HEAD /v2/acme/client/manifests/7.1.0-jira"
    assert token.startswith("GET /token?")
    assert query(token) == {"service": ["registry.acme"], "scope": ["repository:acme/client:pull"]}
    assert second == f"HEAD /v2/acme/client/manifests/7.1.0-jira {TOKEN}"


def test_a_registry_may_name_neither_service_nor_scope_and_call_the_token_by_its_other_name(acme: Registry) -> None:
    acme.challenge = 'bearer realm="http://{host}/token"'
    acme.token_body = f'{{"access_token": "{TOKEN}"}}'
    assert ask(acme.image("acme/client:7.1.0-jira"), SECONDS) == EXISTS
    assert query(acme.asked[1]) == {"scope": ["repository:acme/client:pull"]}


def test_docker_hub_is_asked_at_the_address_of_its_api(acme: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_HUB_API", acme.host)
    acme.has |= {"snyk/broker:7.1.0-jira", "library/client:1"}
    for name in ("snyk/broker:7.1.0-jira", "docker.io/snyk/broker:7.1.0-jira", "client:1"):
        assert ask(name, SECONDS) == EXISTS
    assert ask("snyk/broker:7.1.0-gitlab", SECONDS) == MISSING


CREDENTIALS = unknown("it asks for credentials")


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"challenge": 'Basic realm="acme"'}, CREDENTIALS),
        ({"challenge": "Bearer"}, CREDENTIALS),
        ({"token_status": 401}, CREDENTIALS),
        ({"token_status": 403}, CREDENTIALS),
        ({"token_body": '{"token": "of somebody else"}'}, CREDENTIALS),
        ({"status": 403}, CREDENTIALS),
        ({"challenge": 'Bearer realm="http://tokens.acme.internal/"'}, unknown("its tokens would come without TLS")),
        ({"challenge": 'Bearer realm="file:///etc/hostname"'}, unknown("its tokens would come without TLS")),
        ({"status": 429}, unknown("it was asked too often")),
        ({"status": 503}, unknown("it answers with HTTP status 503")),
        ({"wants_token": False, "headers": {}}, unknown("what answers there does not look like a registry")),
        ({"status": 404, "headers": {}}, unknown("what answers there does not look like a registry")),
    ],
)
def test_whatever_is_neither_yes_nor_no_is_unknown(
    acme: Registry, changes: Mapping[str, object], answer: Answer
) -> None:
    vars(acme).update(changes)
    assert ask(acme.image("acme/client:7.1.0-jira"), SECONDS) == answer


@pytest.mark.parametrize("body", ["", "<html>", "[]", "[" * 100_000, '{"token": 1}', '{"token": "a\\nb"}', "{}"])
def test_a_token_that_is_none_is_unknown(acme: Registry, body: str) -> None:
    acme.token_body = body
    answer = ask(acme.image("acme/client:7.1.0-jira"), SECONDS)
    assert answer == unknown("it cannot be asked, or its answer cannot be read")


def test_a_redirect_is_not_followed(acme: Registry) -> None:
    acme.status, acme.headers = 307, {"Location": f"http://{acme.host}/elsewhere"}
    answer = ask(acme.image("acme/client:7.1.0-jira"), SECONDS)
    assert answer == unknown("it answers with HTTP status 307")
    assert acme.asked == ["HEAD /v2/acme/client/manifests/7.1.0-jira"]


def test_a_registry_that_does_not_answer_is_not_waited_for(acme: Registry) -> None:
    acme.wait = threading.Event()
    assert ask(acme.image("acme/client:7.1.0-jira"), 0.1) == unknown("it did not answer in time")


def test_a_registry_that_cannot_be_reached_is_unknown_in_the_systems_words() -> None:
    answer = ask("127.0.0.1:1/acme/client:1", SECONDS)
    assert answer == unknown("it cannot be reached: [Errno 111] Connection refused")


class Tls(Server):
    """Serves HTTPS, as registry.acme.internal and tokens.acme.internal."""

    ca = trustme.CA()

    def server_bind(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate = self.ca.issue_cert("registry.acme.internal", "tokens.acme.internal")
        certificate.configure_cert(context)  # pyright: ignore[reportUnknownMemberType] - also takes pyOpenSSL's
        self.socket = context.wrap_socket(self.socket, server_side=True)
        super().server_bind()


@pytest.fixture
def proxied(monkeypatch: pytest.MonkeyPatch) -> Generator[tuple[Registry, Proxy]]:
    """Gives a registry with TLS, behind the environment's proxy, which leads every host to it."""
    challenge = 'Bearer realm="https://tokens.acme.internal/token",service="acme"'
    with served(Registry(has={"acme/client:7.1.0-jira"}, challenge=challenge), Tls) as acme:
        port = int(acme.host.rpartition(":")[2])
        with closing(Proxy(socket.create_server(("127.0.0.1", 0)), lambda address, tls: port)) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
            yield acme, proxy


def test_the_environments_proxy_leads_there_by_tls(
    proxied: tuple[Registry, Proxy], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme, proxy = proxied
    Tls.ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    assert ask("registry.acme.internal:5000/acme/client:7.1.0-jira", SECONDS) == EXISTS
    assert {str(address) for address in proxy.addresses} == {"registry.acme.internal:5000", "tokens.acme.internal:443"}
    assert [asked.split("?")[0] for asked in acme.asked] == [
        "HEAD /v2/acme/client/manifests/7.1.0-jira",
        "GET /token",
        f"HEAD /v2/acme/client/manifests/7.1.0-jira {TOKEN}",
    ]


def test_a_registry_with_a_certificate_of_nobody_is_told_nothing(proxied: tuple[Registry, Proxy]) -> None:
    acme, proxy = proxied
    answer = ask("snyk/broker:7.1.0-jira", SECONDS)
    assert answer.result is Result.UNKNOWN
    assert "certificate verify failed" in str(answer.reason)
    assert {str(address) for address in proxy.addresses} == {"registry-1.docker.io:443"}
    assert acme.asked == []


def test_a_proxys_password_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://acme:canary/password@proxy.acme.internal:3128")
    answer = ask("snyk/broker:7.1.0-jira", SECONDS)
    assert answer.result is Result.UNKNOWN
    assert "canary" not in str(answer)
