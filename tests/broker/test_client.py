import re
import shutil
import subprocess
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from broker.catalogue import BROKER_TOKEN, CATALOGUE, credentials
from broker.client import HEALTH_CHECK, ClientSpec, client
from broker.image import Image
from broker.regions import REGIONS
from broker.task import Container

TYPES = sorted(CATALOGUE)


def described(
    type_name: str = "github-com",
    region: str = "SNYK-EU-01",
    fields: Mapping[str, str | int] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Container:
    fields = fields or {}
    spec = ClientSpec(
        type_name=type_name,
        fields=fields,
        image=Image("snyk/broker", "5.1.2", None),
        cpu=1024,
        memory=2048,
        high_availability=True,
        accept={},
        variables={},
        environment=environment or {},
        secrets=tuple(credential.name for credential in credentials(type_name, fields)),
    )
    return client(spec, REGIONS[region])


def complete(type_name: str) -> Mapping[str, str | int]:
    """Every setting of the type, with its example."""
    return {field.key: field.example for field in CATALOGUE[type_name].fields}


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_has_its_own_hosts(region: str) -> None:
    environment = described(region=region).environment
    assert environment["BROKER_SERVER_URL"] == REGIONS[region].broker_url
    assert environment["BROKER_DISPATCHER_BASE_URL"] == REGIONS[region].api_url
    place = region.split("-")[1].lower()
    if place != "us":
        assert all(f".{place}.snyk.io" in url for url in environment.values() if url.startswith("https://"))


def test_no_two_regions_share_a_host() -> None:
    hosts = [url for region in REGIONS.values() for url in (region.broker_url, region.api_url)]
    assert len(set(hosts)) == len(hosts)
    assert not any(host.endswith("/") for host in hosts)


@pytest.mark.parametrize("type_name", TYPES)
def test_every_type_describes_a_client_whose_credentials_are_secrets_only(type_name: str) -> None:
    container = described(type_name, fields=complete(type_name))
    assert container.secrets[0] == "BROKER_TOKEN"
    assert len(container.secrets) > 1
    assert not set(container.secrets) & container.environment.keys()
    assert (int(container.environment["PORT"]),) == container.ports


@pytest.mark.parametrize("type_name", TYPES)
def test_every_setting_with_a_variable_is_in_the_environment(type_name: str) -> None:
    fields, environment = complete(type_name), described(type_name, fields=complete(type_name)).environment
    for field in CATALOGUE[type_name].fields:
        if field.variable:
            assert environment[field.variable] == str(fields[field.key])


@pytest.mark.parametrize(
    ("type_name", "fields", "tag", "secrets"),
    [
        ("github-com", {}, "github-com", ["GITHUB_TOKEN"]),
        ("github-enterprise", {"host": "h"}, "github-enterprise", ["GITHUB_TOKEN"]),
        ("gitlab", {"host": "h"}, "gitlab", ["GITLAB_TOKEN"]),
        ("bitbucket-server", {"host": "h", "username": "u"}, "bitbucket-server", ["BITBUCKET_PASSWORD"]),
        ("bitbucket-server", {"host": "h"}, "bitbucket-server-bearer-auth", ["BITBUCKET_PAT"]),
        ("azure-repos", {"organization": "o"}, "azure-repos", ["AZURE_REPOS_TOKEN"]),
        ("jira", {"host": "h", "username": "u"}, "jira", ["JIRA_PASSWORD"]),
        ("jira", {"host": "h"}, "jira-bearer-auth", ["JIRA_PAT"]),
        ("artifactory", {"host": "h"}, "artifactory", ["ARTIFACTORY_URL"]),
        ("nexus", {"host": "h"}, "nexus", ["BASE_NEXUS_URL"]),
        ("nexus2", {"host": "h"}, "nexus2", ["BASE_NEXUS_URL"]),
        ("apprisk", {"checkmarx.host": "h", "checkmarx.username": "u"}, "apprisk", ["CHECKMARX_PASSWORD"]),
        ("apprisk", {"sonarqube.host": "h"}, "apprisk", ["SONARQUBE_API_TOKEN"]),
        ("container-registry", {"registry.host": "h"}, "container-registry-agent", ["CR_CREDENTIALS"]),
        ("container-registry", {"registry.region": "r"}, "container-registry-agent", []),
    ],
)
def test_what_is_given_decides_the_image_and_the_credentials(
    type_name: str, fields: Mapping[str, str | int], tag: str, secrets: list[str]
) -> None:
    container = described(type_name, fields=fields)
    assert container.image == f"snyk/broker:5.1.2-{tag}"
    assert container.secrets == ("BROKER_TOKEN", *secrets)


def test_what_a_person_adds_changes_nothing_that_the_program_owns() -> None:
    added = {"ACCEPT": "own.json", "PORT": "1", "BROKER_HA_MODE_ENABLED": "yes", "NODE_OPTIONS": "--trace-warnings"}
    assert described(environment=added).environment == {
        **described().environment,
        "NODE_OPTIONS": "--trace-warnings",
    }


@pytest.mark.parametrize("type_name", TYPES)
def test_every_credential_is_asked_for_in_words(type_name: str) -> None:
    for credential in CATALOGUE[type_name].credentials:
        assert re.fullmatch(r"[A-Z][A-Z0-9_]*", credential.name)
        assert credential.label
        assert credential.shape
        re.compile(credential.pattern)


@pytest.mark.parametrize(
    ("token", "fits"),
    [
        ("0a1b2c3d-0a1b-4c3d-8e9f-0123456789ab", True),
        ("0A1B2C3D-0A1B-4C3D-8E9F-0123456789AB", False),
        ("0a1b2c3d0a1b4c3d8e9f0123456789ab", False),
        ("0a1b2c3d-0a1b-4c3d-8e9f-0123456789ab\n", False),
    ],
)
def test_a_broker_token_is_a_uuid_in_lower_case(token: str, fits: bool) -> None:
    assert bool(re.fullmatch(BROKER_TOKEN.pattern, token)) is fits


def test_an_unknown_type_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        described("nowhere")


def test_the_environment_cannot_be_changed_afterwards() -> None:
    with pytest.raises(TypeError):
        described().environment["PORT"] = "1"  # type: ignore[index] # pyright: ignore[reportIndexIssue]


@contextmanager
def answering(status: int) -> Generator[int]:
    """The port of a client whose health answer is the status."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthcheck" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def probe(port: int) -> int:
    program, *arguments = HEALTH_CHECK.command
    found = shutil.which(program) or pytest.skip("there is no node here to run the probe")
    return subprocess.run([found, *arguments], env={"PORT": str(port)}, timeout=30, check=False).returncode


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (500, False), (404, False)])
def test_the_health_probe_says_what_the_client_says(status: int, healthy: bool) -> None:
    with answering(status) as port:
        assert (probe(port) == 0) is healthy


def test_a_client_that_does_not_listen_is_unhealthy() -> None:
    with answering(200) as port:
        pass
    assert probe(port) == 1
