import base64
import json
from typing import Any

import pytest

from broker.catalogue import CATALOGUE, IntegrationType
from sandbox.rehearsal import traffic

IMAGE_TYPES = sorted(
    {entry.image_tag or entry.name for entry in CATALOGUE.values()}
    | {entry.bearer_image_tag for entry in CATALOGUE.values() if entry.bearer_image_tag}
)
ADDRESS = "https://snyk:canary%2Fpass%23word@nexus.acme.internal"


def basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


def variables(entry: IntegrationType) -> dict[str, str]:
    """A value for every variable that a client of this type can have."""
    own = {field.variable: str(field.example) for field in entry.fields if field.variable}
    secret = {credential.name: f"canary-{credential.name}" for credential in entry.credentials}
    urls = {name: ADDRESS for name in secret if name.endswith("_URL")}
    return {**dict(entry.environment), **own, **secret, **urls}


@pytest.mark.parametrize("image_type", IMAGE_TYPES)
def test_every_client_that_is_rendered_has_traffic(image_type: str) -> None:
    [entry, *_] = [one for one in CATALOGUE.values() if image_type in (one.image_tag or one.name, one.bearer_image_tag)]
    environment = variables(entry)
    found = traffic.of(image_type, environment)
    assert found.arrives(environment).startswith("/")
    assert found.allowed.path in found.arrives(environment)
    assert found.credential(environment)
    assert bool(found.file) == entry.code_rules
    assert (found.webhook is not None) == (entry.webhooks or entry.callback)


def test_there_is_no_traffic_for_a_client_that_is_not_rendered() -> None:
    with pytest.raises(KeyError):
        traffic.of("github-server-app", {})


@pytest.mark.parametrize(
    ("address", "path", "credential"),
    [
        (ADDRESS, "/repository/npm/lodash", "snyk:canary/pass#word"),
        (f"{ADDRESS}:8443/nexus", "/nexus/repository/npm/lodash", "snyk:canary/pass#word"),
        ("https://us%3Aer:p%25w%40@nexus.acme.internal", "/repository/npm/lodash", "us:er:p%w@"),
        ("https://nexus.acme.internal", "/repository/npm/lodash", ":"),
    ],
)
def test_user_and_password_in_a_url_arrive_decoded(address: str, path: str, credential: str) -> None:
    environment = {"BASE_NEXUS_URL": address}
    found = traffic.of("nexus", environment)
    assert found.arrives(environment) == path
    assert found.credential(environment) == basic(credential)


@pytest.mark.parametrize(
    ("environment", "path"),
    [
        ({}, "/repos/o/r/contents/package.json"),
        ({"GITHUB_API": "api.github.com"}, "/repos/o/r/contents/package.json"),
        ({"GITHUB_API": "proxy.acme.internal:8443/github"}, "/github/repos/o/r/contents/package.json"),
        ({"GITHUB_API": "https://proxy.acme.internal/github"}, "/github/repos/o/r/contents/package.json"),
    ],
)
def test_an_address_with_a_path(environment: dict[str, str], path: str) -> None:
    assert traffic.of("github-com", environment).arrives(environment) == path


def test_a_host_that_is_not_given_leaves_the_path_of_the_image() -> None:
    assert traffic.of("github-enterprise", {}).arrives({}) == "/api/v3/repos/o/r/contents/package.json"
    assert traffic.of("bitbucket-server", {}).arrives({}) == "/rest/api/1.0/projects"


def test_sonarqube_and_checkmarx_are_told_apart_by_their_variables() -> None:
    sonarqube = {"SONARQUBE_HOST_URL": "sonar.acme.internal/base", "SONARQUBE_API_TOKEN": "canary"}
    found = traffic.of("apprisk", sonarqube)
    assert found.arrives(sonarqube) == "/base/api/system/ping"
    assert found.credential(sonarqube) == "Bearer canary"
    checkmarx = {"CHECKMARX": "cx.acme.internal", "CHECKMARX_PASSWORD": "canary"}
    found = traffic.of("apprisk", checkmarx)
    assert found.arrives(checkmarx) == "/cxrestapi/projects"
    assert found.credential(checkmarx) == "canary"


def test_without_a_pool_there_is_one_environment() -> None:
    assert traffic.pooled({"GITHUB_TOKEN": "canary"}) == [{"GITHUB_TOKEN": "canary"}]


def test_a_pool_stands_for_its_credentials_in_turn() -> None:
    environment = {"GITHUB_TOKEN": "unused", "GITHUB_TOKEN_POOL": "one, two,three "}
    assert [one["GITHUB_TOKEN"] for one in traffic.pooled(environment)] == ["one", "two", "three"]


def test_two_pools_stand_for_every_pair() -> None:
    found = traffic.pooled({"USER_POOL": "a,b", "PASSWORD_POOL": "1,2"})
    assert sorted(one["USER"] + one["PASSWORD"] for one in found) == ["a1", "a2", "b1", "b2"]


def test_the_entry_script_composes_the_credentials_of_ecr() -> None:
    environment = {"CR_TYPE": "ecr", "CR_ROLE_ARN": "arn:role", "CR_REGION": "eu-central-1", "CR_EXTERNAL_ID": "id"}
    composed: Any = json.loads(base64.b64decode(traffic.entry_script(environment)["CR_CREDENTIALS"]))
    assert composed == {
        "type": "ecr",
        "roleArn": "arn:role",
        "extra": {"region": "eu-central-1", "externalId": "id"},
    }


def test_the_entry_script_leaves_others_alone() -> None:
    assert traffic.entry_script({"CR_TYPE": "harbor-cr", "CR_CREDENTIALS": "canary"}) == {}
    assert traffic.entry_script({"GITHUB_TOKEN": "canary"}) == {}
