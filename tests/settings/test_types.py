"""What the types of integrations take, what is refused, and what is made of it."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.catalogue import CATALOGUE, REGISTRY_KINDS
from broker.client import client
from broker.egress import Egress, egress
from broker.regions import REGIONS
from broker.registry import composed, questions
from broker.task import Container
from settings import Integration
from settings.clients import client_spec
from settings.parse import parse
from settings.problems import Problem

EU = REGIONS["SNYK-EU-01"]
SMALLEST = {"snyk": {"region": "SNYK-EU-01"}, "network": {"create": {"cidr": "10.40.0.0/16"}}}

# The fewest settings of each type.
TYPES: Mapping[str, Mapping[str, Any]] = {
    "github-com": {},
    "github-enterprise": {"host": "github.acme.internal"},
    "gitlab": {"host": "gitlab.acme.internal"},
    "bitbucket-server": {"host": "bitbucket.acme.internal"},
    "azure-repos": {"organization": "acme"},
    "jira": {"host": "jira.acme.internal"},
    "artifactory": {"host": "packages.acme.internal"},
    "nexus": {"host": "nexus.acme.internal"},
    "nexus2": {"host": "nexus.acme.internal"},
    "apprisk": {"sonarqube": {"host": "sonarqube.acme.internal"}},
    "container-registry": {
        "registry": {
            "kind": "harbor-cr",
            "host": "harbor.acme.internal",
            "agentUrl": "http://agent.acme.internal:8081",
        },
        "clientUrl": "http://broker.acme.internal:8000",
    },
}


def problems(type_: str, **settings: object) -> list[Problem]:
    one = {"type": type_, **TYPES[type_], **settings}
    return list(parse({**SMALLEST, "integrations": {"it": one}}).problems)


def integration(type_: str, **settings: object) -> Integration:
    parsed = parse({**SMALLEST, "integrations": {"it": {"type": type_, **TYPES[type_], **settings}}})
    assert [problem.text("snyk-broker") for problem in parsed.problems] == []
    return parsed.integrations["it"]


def rendered(type_: str, **settings: object) -> Container:
    return client(client_spec(integration(type_, **settings)), EU)


def test_every_type_of_the_catalogue_is_tried_here() -> None:
    assert set(TYPES) == set(CATALOGUE)


@pytest.mark.parametrize("type_", TYPES)
def test_a_type_needs_no_more_than_its_fewest_settings(type_: str) -> None:
    container = rendered(type_)
    assert container.image.endswith(CATALOGUE[type_].tag(integration(type_).fields))
    assert "BROKER_TOKEN" in container.secrets
    assert not set(container.secrets) & set(container.environment)


@pytest.mark.parametrize("type_", [name for name, entry in CATALOGUE.items() if not entry.code_rules])
def test_no_accept_flag_is_written_where_the_client_crashes_on_it(type_: str) -> None:
    assert [name for name in rendered(type_).environment if name.startswith("ACCEPT_")] == []
    [refused] = problems(type_, infrastructureAsCode=["tf"])
    assert "is a key of" in refused.what


@pytest.mark.parametrize(
    ("type_", "password", "token"),
    [
        ("bitbucket-server", "BITBUCKET_PASSWORD", "BITBUCKET_PAT"),
        ("jira", "JIRA_PASSWORD", "JIRA_PAT"),
    ],
)
def test_a_user_name_means_a_password_and_none_means_a_token(type_: str, password: str, token: str) -> None:
    with_user, without = rendered(type_, username="snyk"), rendered(type_)
    assert set(with_user.secrets) == {"BROKER_TOKEN", password}
    assert set(without.secrets) == {"BROKER_TOKEN", token}
    assert with_user.image.endswith(type_)
    assert without.image.endswith(f"{type_}-bearer-auth")


def test_flags_are_written_as_the_client_reads_them() -> None:
    off = rendered("gitlab", infrastructureAsCode=False, code="off", essentials=False, prTemplates=False).environment
    assert {name: off[name] for name in off if name.startswith("ACCEPT_")} == {
        "ACCEPT_CODE": "false",
        "ACCEPT_CUSTOM_PR_TEMPLATES": "false",
        "ACCEPT_ESSENTIALS": "false",
        "ACCEPT_GIT": "false",
        "ACCEPT_IAC": "false",
    }
    assert rendered("gitlab", infrastructureAsCode=["tf", "json"]).environment["ACCEPT_IAC"] == "tf,json"


ON: Mapping[str, Any] = {
    "infrastructureAsCode": ["tf"],
    "code": "brokered",
    "essentials": True,
    "prTemplates": True,
    "largeManifests": True,
}
OFF: Mapping[str, Any] = {**dict.fromkeys(ON, False), "code": "off"}
FLAGS = {  # and what switches them
    "ACCEPT_CODE": "code",
    "ACCEPT_CUSTOM_PR_TEMPLATES": "prTemplates",
    "ACCEPT_ESSENTIALS": "essentials",
    "ACCEPT_GIT": "code",
    "ACCEPT_IAC": "infrastructureAsCode",
    "ACCEPT_LARGE_MANIFESTS": "largeManifests",
}


@pytest.mark.parametrize("switch", ON)
@pytest.mark.parametrize("on", [True, False], ids=["on", "off"])
def test_each_switch_turns_its_own_flags_and_no_others(switch: str, on: bool) -> None:
    this, others = (ON, OFF) if on else (OFF, ON)
    environment = rendered("github-com", **{**others, switch: this[switch]}).environment
    assert {name: value for name, value in environment.items() if name.startswith("ACCEPT_")} == {
        flag: ("tf" if flag == "ACCEPT_IAC" else "true") if (switched_by == switch) is on else "false"
        for flag, switched_by in FLAGS.items()
    }


def test_a_client_of_gitlab_asks_the_version_of_the_api_that_gitlab_still_has() -> None:
    environment = rendered("gitlab").environment
    assert environment["BROKER_CLIENT_VALIDATION_URL"] == "https://$GITLAB/api/v4/user"
    assert environment["BROKER_CLIENT_VALIDATION_AUTHORIZATION_HEADER"] == "Bearer $GITLAB_TOKEN"


def reached(type_: str, **settings: object) -> set[tuple[str, int]]:
    found = egress(client_spec(integration(type_, **settings)), EU)
    return {(entry.host, entry.port) for entry in found} - {("broker.eu.snyk.io", 443), ("api.eu.snyk.io", 443)}


def test_every_destination_says_why() -> None:
    settings = {"validationUrl": "https://check.acme:8443", "environment": {"HTTPS_PROXY": "http://proxy.acme:3128"}}
    found = egress(client_spec(integration("jira", **settings)), EU)
    assert {entry.host: entry.why for entry in found} == {
        "broker.eu.snyk.io": "the tunnel to Snyk",
        "api.eu.snyk.io": "Snyk's API: allocation of tunnels, and webhooks while the tunnel is down",
        "jira.acme.internal": "Jira: host",
        "proxy.acme": "the proxy",
        "check.acme": "validationUrl",
    }


def test_a_destination_with_two_purposes_is_named_once_with_both() -> None:
    settings = {
        "validationUrl": "https://jira.acme.internal/status",
        "environment": {"METRICS_OTEL_ENDPOINT": "http://otel.acme:4318", "HTTP_PROXY": "http://otel.acme:4318"},
    }
    *_, jira, otel = egress(client_spec(integration("jira", **settings)), EU)
    assert jira == Egress("jira.acme.internal", 443, "Jira: host; validationUrl")
    assert otel == Egress("otel.acme", 4318, "the proxy; the collector of metrics")


def test_an_address_that_the_client_puts_together_is_no_destination_of_its_own() -> None:
    assert reached("jira", validationUrl="https://$JIRA_HOSTNAME/status") == {("jira.acme.internal", 443)}


def test_a_path_is_no_part_of_a_destination() -> None:
    assert reached("jira", host="jira.acme/a/b") == {("jira.acme", 443)}
    assert reached("jira", host="jira.acme:8443/a/b") == {("jira.acme", 8443)}


def test_egress_follows_from_the_settings() -> None:
    assert reached("bitbucket-server", host="b.acme:7990", username="x") == {("b.acme", 7990)}
    elsewhere = {("bitbucket.acme.internal", 443), ("api.acme", 7990)}
    assert reached("bitbucket-server", api="api.acme:7990/rest") == elsewhere
    assert reached("nexus", port=8443) == {("nexus.acme.internal", 8443)}
    users = ("vssps.dev.azure.com", 443)
    assert reached("azure-repos") == {("dev.azure.com", 443), ("vsaex.dev.azure.com", 443), users}
    assert reached("azure-repos", host="a.acme") == {("a.acme", 443), ("vsaex.a.acme", 443), users}
    assert reached("container-registry") == {("agent.acme.internal", 8081)}
    proxied = reached("jira", environment={"HTTPS_PROXY": "http://proxy.acme:3128"})
    assert proxied == {("jira.acme.internal", 443), ("proxy.acme", 3128)}


def test_ecr_is_read_with_a_role_and_has_no_credentials() -> None:
    ecr = {
        "kind": "ecr",
        "agentUrl": "http://agent.acme.internal:8081",
        "roleArn": "arn:aws:iam::123456789012:role/snyk",
        "region": "eu-central-1",
    }
    container = rendered("container-registry", registry=ecr)
    assert container.secrets == ("BROKER_TOKEN",)
    assert container.environment["CR_ROLE_ARN"] == ecr["roleArn"]


CANARY = "0123456789abcdefABCDEF01"


@pytest.mark.parametrize(
    "value",
    [
        f"ghp_{CANARY}",
        f"glpat-{CANARY}",
        f"https://user:{CANARY}@acme.internal",
        "01234567-89ab-4def-8123-456789abcdef",
        f"sqp_{CANARY.lower()}",
        f"AKIA{CANARY[:16].upper()}",
        "-----BEGIN RSA PRIVATE KEY-----",
        base64.b64encode(json.dumps({"type": "service_account", "private_key": CANARY}).encode()).decode(),
        base64.b64encode(json.dumps({"type": "service_account", "private_key": CANARY}, indent=2).encode()).decode(),
        base64.b64encode(f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n".encode()).decode(),
    ],
)
@pytest.mark.parametrize("where", ["clientUrl", "validationUrl", "token", "environment"])
def test_a_credential_is_refused_wherever_it_stands_and_not_repeated(value: str, where: str) -> None:
    [problem] = problems("github-com", **{where: {"FOO": value} if where == "environment" else value})
    assert "python -m ops secrets set stores them" in problem.what
    assert value not in problem.text("snyk-broker")


@given(st.sampled_from([kind for kind in REGISTRY_KINDS if kind != "ecr"]), st.text(min_size=1), st.text(min_size=1))
def test_registry_credentials_are_exactly_what_was_typed(kind: str, user: str, password: str) -> None:
    answers = dict(zip([credential.name for credential in questions(kind)], (user, password), strict=False))
    made = json.loads(base64.b64decode(composed(kind, "r.acme", answers)))
    typed = list(answers.values())
    assert made["password"] == typed[-1]
    assert made["username"] == {"gcr": "_json_key", "google-artifact-cr": "_json_key"}.get(kind, typed[0])
    assert (made["type"], made["registryBase"]) == (kind, "r.acme")
