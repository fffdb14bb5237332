"""Whether every variable of a client has a value of ours, and its rules lead where it may connect to."""

from collections.abc import Mapping
from string import Template
from urllib.parse import urlsplit

import pytest

from broker.catalogue import CATALOGUE
from tests.broker.real_client import TOKEN, Asked, Loaded, RealClient

CLIENTS: Mapping[str, Asked] = {
    "GitHub": {"type": "github-com", "largeManifests": True},
    "GitHub Enterprise": {"type": "github-enterprise", "host": "github.acme.internal:8443"},
    "GitHub Enterprise elsewhere": {
        "type": "github-enterprise",
        "host": "github.acme.internal",
        "api": "api.acme.internal:8443/v3",
        "graphql": "graphql.acme.internal/api",
    },
    "GitLab": {"type": "gitlab", "host": "gitlab.acme.internal"},
    "Bitbucket": {"type": "bitbucket-server", "host": "bitbucket.acme.internal:7990", "username": "snyk"},
    "Bitbucket elsewhere": {
        "type": "bitbucket-server",
        "host": "bitbucket.acme.internal",
        "api": "api.acme.internal:7990/rest/api/1.0",
        "username": "snyk",
    },
    "Bitbucket with token": {"type": "bitbucket-server", "host": "bitbucket.acme.internal"},
    "Azure Repos": {"type": "azure-repos", "organization": "acme"},
    "Azure DevOps Server": {"type": "azure-repos", "organization": "tfs/Main", "host": "azure.acme.internal"},
    "Jira": {"type": "jira", "host": "jira.acme.internal/jira", "username": "snyk"},
    "Jira with token": {"type": "jira", "host": "jira.acme.internal"},
    "Artifactory": {"type": "artifactory", "host": "packages.acme.internal", "port": 8443, "path": "artifactory"},
    "Nexus": {"type": "nexus", "host": "packages.acme.internal", "port": 8443},
    "Nexus 2": {"type": "nexus2", "host": "packages.acme.internal"},
    "Checkmarx": {"type": "apprisk", "checkmarx": {"host": "checkmarx.acme.internal", "username": "snyk"}},
    "SonarQube": {"type": "apprisk", "sonarqube": {"host": "sonarqube.acme.internal:9000/sonar"}},
    "registry": {
        "type": "container-registry",
        "registry": {"kind": "harbor-cr", "host": "harbor.acme.internal", "agentUrl": "http://agent.acme.internal:81"},
        "clientUrl": "http://broker.acme.internal:8000",
    },
}

CODE_AGENT = "of Snyk's Code Agent, which is gone: Snyk Code clones through the Broker"
OTHER_SYSTEM = "of the other one of two systems that a client may serve"
# Variables of rules that have no value of ours, and why that is right.
WITHOUT_VALUE: Mapping[tuple[str, str], str] = {
    **{(tag, "GIT_CLIENT_URL"): CODE_AGENT for tag, entry in CATALOGUE.items() if entry.code_rules},
    ("bitbucket-server-bearer-auth", "GIT_CLIENT_URL"): CODE_AGENT,
    ("github-enterprise", "GITHUB_RAW"): "of GitHub.com, whose rules were the model",
    ("jira-bearer-auth", "JIRA_USERNAME"): "the client sends the token alone",
    ("apprisk", "CHECKMARX"): OTHER_SYSTEM,
    ("apprisk", "SONARQUBE_HOST_URL"): OTHER_SYSTEM,
    ("apprisk", "SONARQUBE_API_TOKEN"): OTHER_SYSTEM,
}

# Hosts that a client connects to without a rule.
WITHOUT_RULE = {"broker.eu.snyk.io", "api.eu.snyk.io"}


@pytest.fixture(scope="module")
def clients(real_client: RealClient) -> Mapping[str, Loaded]:
    """Gives the clients of this module, with all rules that the stack file can let in."""
    return real_client.load(CLIENTS)


def is_placeholder(value: str) -> bool:
    """Whether it is what the images have for an example."""
    return "<" in value or "yourdomain" in value


def without_value(loaded: Loaded) -> set[str]:
    """Variables of the rules that hold nothing, or an example."""
    return {name for name, value in loaded.variables.items() if not value or is_placeholder(value)}


def reached(loaded: Loaded) -> set[tuple[str, int]]:
    """Host and port of every rule whose origin has a value."""
    lacking = without_value(loaded)
    origins = {Template(rule["origin"]) for rule in loaded.private}
    urls = [
        urlsplit(text if "://" in text else f"https://{text}")
        for text in (one.substitute(loaded.variables) for one in origins if not lacking & set(one.get_identifiers()))
    ]
    return {(url.hostname or "", url.port or {"http": 80, "https": 443}[url.scheme]) for url in urls}


def test_every_type_of_client_is_tried_here(clients: Mapping[str, Loaded]) -> None:
    tags = {tag for entry in CATALOGUE.values() for tag in (entry.tag(["username"]), entry.tag([]))}
    assert {loaded.image_tag for loaded in clients.values()} == tags


@pytest.mark.parametrize("name", CLIENTS)
def test_every_variable_of_the_rules_has_a_value(clients: Mapping[str, Loaded], name: str) -> None:
    loaded = clients[name]
    assert loaded.variables
    assert [v for v in without_value(loaded) if (loaded.image_tag, v) not in WITHOUT_VALUE] == []


def test_no_exception_is_superfluous(clients: Mapping[str, Loaded]) -> None:
    lacking = {(loaded.image_tag, name) for loaded in clients.values() for name in without_value(loaded)}
    assert set(WITHOUT_VALUE) == lacking


@pytest.mark.parametrize("name", CLIENTS)
def test_no_example_of_the_image_stays_in_force(
    clients: Mapping[str, Loaded], real_client: RealClient, name: str
) -> None:
    loaded = clients[name]
    examples = {name for name, value in real_client.defaults(loaded.image_tag).items() if is_placeholder(value)}
    assert "BROKER_TOKEN" in examples
    assert {(loaded.image_tag, variable) for variable in examples - loaded.given} <= set(WITHOUT_VALUE)


@pytest.mark.parametrize("name", CLIENTS)
def test_rules_lead_where_the_client_may_connect_to_and_nowhere_else(clients: Mapping[str, Loaded], name: str) -> None:
    loaded = clients[name]
    let_out = {(entry.host, entry.port) for entry in loaded.egress if entry.host not in WITHOUT_RULE}
    assert reached(loaded) == let_out


def test_the_broker_token_is_in_no_rule(clients: Mapping[str, Loaded]) -> None:
    assert not any(TOKEN in value for loaded in clients.values() for value in loaded.variables.values())
