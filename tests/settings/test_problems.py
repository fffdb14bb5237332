"""What a wrong stack file gets to hear."""

import copy
import json
from collections.abc import Mapping
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings import SettingsError, load
from settings.problems import Problem
from tests.settings.snippets import at_path, fixed, put
from tests.stack_files import SMALLEST, configuration, handed_over

GITHUB = {"type": "github-com"}
SUBNETS = ["subnet-0a1b2c3d", "subnet-0f9e8d7c"]


def problems_of(config: Mapping[str, str]) -> tuple[Problem, ...]:
    try:
        load("snyk-broker", "test", config, ())
    except SettingsError as error:
        return error.problems
    return ()


def github(**own: object) -> dict[str, object]:
    return {"integrations": {"github": {**GITHUB, **own}}}


IN_GITHUB = "integrations.github"


def unknown(parents: str, key: str) -> dict[str, object]:
    config = copy.deepcopy(dict(SMALLEST))
    at: dict[str, Any] = config
    for part in filter(None, parents.split(".")):
        at = at.setdefault(part, {})
    at[key] = {}
    return config


UNKNOWN_KEYS = [
    ("", "intergrations", "integrations"),
    ("snyk", "regoin", "region"),
    ("network", "creat", "create"),
    ("network.create", "natGateway", "natGateways"),
    ("network.create", "nat_gateways", "natGateways"),
    (IN_GITHUB, "replica", "replicas"),
    (IN_GITHUB, "client_url", "clientUrl"),
    ("defaults", "inbond", "inbound"),
]


@pytest.mark.parametrize(("parents", "key", "meant"), UNKNOWN_KEYS, ids=lambda value: value or "top")
def test_an_unknown_key_is_told_the_nearest_known_one(parents: str, key: str, meant: str) -> None:
    (problem,) = problems_of(configuration(unknown(parents, key)))
    assert problem.what == f"{key} is not a key here; did you mean {meant}?"
    assert ".".join(map(str, problem.path)) == f"{parents}.{meant}".strip(".")
    assert at_path(fixed(problem), problem) == problem.fix


def test_an_unknown_key_that_is_like_no_other_is_told_which_there_are() -> None:
    (problem,) = problems_of(configuration(unknown("network.create", "colour")))
    assert problem.what == "is not a key here; the keys are cidr, zones, natGateways"


@pytest.mark.parametrize("key", ["BROKER_TOKEN", "password", "githubToken"])
def test_a_credential_is_told_where_it_belongs(key: str) -> None:
    (problem,) = problems_of(configuration(github(**{key: "canary"})))
    assert "python -m ops secrets set" in problem.what


TOKEN = "ghp_0123456789canarycanarycanarycanary"


@pytest.mark.parametrize(
    "config",
    [github(**{TOKEN: "x"}), github(environment={TOKEN: "x"}), {"integrations": {TOKEN: GITHUB, "github": GITHUB}}],
    ids=["of an integration", "of a variable", "name of an integration"],
)
def test_a_credential_in_the_place_of_a_key_is_not_repeated(config: Mapping[str, object]) -> None:
    (problem,) = problems_of(configuration(config))
    assert problem.path[-1] == "(a key)"
    assert "looks like a GitHub token" in problem.what
    assert TOKEN not in problem.text("snyk-broker")


@pytest.mark.parametrize("key", ["aws:accessKey", "aws:secretKey", "aws:token", "acme:setting"])
def test_a_credential_of_another_program_is_refused_unless_it_is_encrypted(key: str) -> None:
    plain = configuration({}) | {key: TOKEN}
    (problem,) = problems_of(plain)
    assert problem.path == (key,)
    assert TOKEN not in problem.text("snyk-broker")
    load("snyk-broker", "test", plain, {key})


@pytest.mark.parametrize("user", ["snyk.bot@acme.com", "Snyk Bot", "jörg"])
def test_a_user_may_be_called_by_an_address(user: str) -> None:
    jira = {"type": "jira", "host": "acme.atlassian.net", "username": user}
    assert load("snyk-broker", "test", configuration({"integrations": {"jira": jira}}), ()).integrations


@pytest.mark.parametrize("key", ["snyk", "network", "integrations"])
def test_a_required_key_that_is_missing_is_a_problem_with_a_fix(key: str) -> None:
    config = {name: text for name, text in configuration({}).items() if name != f"snyk-broker:{key}"}
    (problem,) = problems_of(config)
    assert (problem.path, problem.what) == ((key,), "is required")
    assert problems_of(config | handed_over(fixed(problem))) == ()


@pytest.mark.parametrize("region", [None, "", 5])
def test_a_region_of_aws_is_required(region: object) -> None:
    config = {key: text for key, text in configuration({}).items() if key != "aws:region"}
    (problem,) = problems_of(config if region is None else config | handed_over({"aws:region": region}))
    assert problem.path == ("aws:region",)
    assert fixed(problem) == {"aws:region": "eu-central-1"}


def test_wrong_defaults_are_said_once_and_not_for_every_integration() -> None:
    config = {"defaults": {"replicas": 9}, "integrations": {"one": GITHUB, "two": GITHUB}}
    (problem,) = problems_of(configuration(config))
    assert problem.path == ("defaults", "replicas")


@pytest.mark.parametrize("key", ["g", "k" * 32])
def test_a_prefix_of_roles_may_be_as_long_as_the_longest_integration_s_name_leaves_room(key: str) -> None:
    room = 64 - len(f"snyk-broker-{key}-exec") - 8
    integrations = {"g": GITHUB, key: {**GITHUB, "secret": "another"}}
    assert problems_of(configuration({"integrations": integrations, "roles": {"namePrefix": "p" * room}})) == ()
    (problem,) = problems_of(configuration({"integrations": integrations, "roles": {"namePrefix": "q" * (room + 1)}}))
    assert problem.path == ("roles", "namePrefix")
    assert problem.fix == "q" * room


def blocks(count: int, pattern: str = "172.21.{}.0/24", **more: object) -> list[dict[str, object]]:
    return [{"cidr": pattern.format(number), **more} for number in range(count)]


@pytest.mark.parametrize(
    ("key", "entries", "rules"),
    [
        pytest.param("inbound", blocks(60), None, id="as many as AWS takes"),
        pytest.param("inbound", [*blocks(60), {"securityGroup": "sg-0a1b2c3d"}], 61, id="one more, of another kind"),
        pytest.param("inbound", [*blocks(60), *blocks(60, "2001:db8:{}::/48")], None, id="as many of IPv6 too"),
        pytest.param("inbound", blocks(62, "2001:db8:{}::/48"), 62, id="more of IPv6"),
        pytest.param("egress", blocks(58, port=8443), None, id="with 443 and the host's port as many as AWS takes"),
        pytest.param("egress", blocks(59, port=8443), 61, id="with 443 and the host's port one more"),
        pytest.param("egress", blocks(59, port=7991), None, id="an entry for the host's port"),
        pytest.param(
            "egress",
            [*blocks(58, port=8443), {"cidr": "0.0.0.0/0", "port": 7991, "reason": "x"}],
            None,
            id="the host's port, which is open anyway",
        ),
    ],
)
@pytest.mark.parametrize("where", ["integrations", "defaults"])
def test_a_security_group_takes_sixty_rules_each_way(
    key: str, entries: list[dict[str, object]], rules: int | None, where: str
) -> None:
    bitbucket = {"type": "bitbucket-server", "host": "git.acme.internal:7991"}
    own, defaults = ({key: entries}, {}) if where == "integrations" else ({}, {key: entries})
    config = configuration({"defaults": defaults, "integrations": {"lab": {**bitbucket, **own}}})
    path = (where, "lab", key) if where == "integrations" else (where, key)
    found = [(problem.path, problem.what.partition(" rules")[0]) for problem in problems_of(config)]
    assert found == ([(path, f"makes {rules}")] if rules else [])


# Any JSON at any place of a configuration that uses every key.

EVERYTHING: dict[str, Any] = {
    "snyk": {"region": "SNYK-EU-01", "brokerUrl": "", "apiUrl": ""},
    "network": {
        "create": {"cidr": "10.40.0.0/16", "zones": 2, "natGateways": "single"},
        "existing": {"vpcId": "", "privateSubnetIds": SUBNETS, "publicSubnetIds": SUBNETS[:1]},
    },
    "roles": {"permissionsBoundary": "", "path": "/", "namePrefix": "a"},
    "defaults": {"replicas": 2, "inbound": [{"cidr": "10.0.0.0/8"}], "size": {"cpu": 256, "memory": 512}},
    "integrations": {
        "github": {
            "type": "github-com",
            "replicas": 2,
            "secret": "x",
            "clientUrl": "http://a.io",
            "inbound": [{"cidr": "10.0.0.0/8", "securityGroup": "", "prefixList": "", "reason": ""}],
            "image": {"repository": "a", "version": "1.2.3", "digest": "", "pullCredential": "x"},
            "size": {"cpu": 256, "memory": 512},
            "logRetentionDays": 30,
            "validationUrl": "https://a.io",
            "environment": {
                "HTTPS_PROXY": "http://a.io:1",
                "NO_PROXY": "a.io",
                "METRICS_OTEL_ENDPOINT": "http://a.io:1",
            },
            "secretEnvironment": ["HTTP_PROXY"],
        },
        "jira": {"type": "jira", "host": "jira.acme.internal", "username": "snyk"},
        "harbor": {
            "type": "container-registry",
            "registry": {"kind": "ecr", "roleArn": "", "region": "", "externalId": "", "agentUrl": "http://a.io:1"},
        },
    },
}


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    below: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        below = list(cast("dict[str | int, object]", value).items())
    elif isinstance(value, list):
        below = list(enumerate(cast("list[object]", value)))
    return [path, *(place for key, inner in below for place in places(inner, (*path, key)))]


texts = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["10.0.0.0/8", "http://[", "http://a:99999", "arn:", "0"]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@given(place=st.sampled_from([place for place in places(EVERYTHING) if place]), value=json_values)
def test_no_value_anywhere_gets_anything_but_problems(place: tuple[str | int, ...], value: object) -> None:
    config = put(EVERYTHING, place, value)
    for problem in problems_of(configuration(config)):
        assert problem.path
        assert problem.what
        if problem.fix is not None:
            assert at_path(fixed(problem), problem) == problem.fix


@given(st.dictionaries(texts.map("snyk-broker:{}".format) | texts, texts | json_values.map(json.dumps), max_size=5))
def test_no_configuration_at_all_gets_anything_but_problems(config: dict[str, str]) -> None:
    assert problems_of(config)


@pytest.mark.parametrize("place", ["value", "key"])
def test_half_a_character_is_a_problem_and_no_crash(place: str) -> None:
    half = "\ud800"
    assert problems_of(configuration({"snyk": {"region": half}} if place == "value" else {"snyk": {half: 1}}))


CANARY = "canary-ghp-0123456789"


@pytest.mark.parametrize("place", [place for place in places(EVERYTHING) if place], ids=lambda p: ".".join(map(str, p)))
@pytest.mark.parametrize("shape", [CANARY, [CANARY], {"key": CANARY}], ids=["text", "list", "mapping"])
def test_no_value_is_repeated_since_it_might_be_a_credential(place: tuple[str | int, ...], shape: object) -> None:
    config = put(EVERYTHING, place, shape)
    with pytest.raises(SettingsError) as refused:
        load("snyk-broker", "test", configuration(config), ())
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize(("value", "text"), [(8080, "8080"), (0, "0"), (True, "true"), (1.5, "1.5")])
def test_a_number_or_a_truth_for_a_variable_is_offered_as_a_text(value: object, text: str) -> None:
    [problem] = problems_of(configuration(github(environment={"ACME": value})))
    assert problem.path == ("integrations", "github", "environment", "ACME")
    assert problem.fix == text


UUID = "0a1b2c3d-0a1b-4c3d-8e9f-0123456789ab"


@pytest.mark.parametrize(
    ("secret", "leaks"),
    [
        (UUID, True),
        (f"acme/{UUID}", False),
        (f"arn:aws:secretsmanager:eu-west-3:123456789012:secret:{UUID}-AbCdEf", False),
    ],
)
def test_a_uuid_in_a_secret_s_place_is_a_token_and_in_its_name_is_none(secret: str, leaks: bool) -> None:
    found = problems_of(configuration(github(secret=secret)))
    assert bool(found) is leaks
    assert all("looks like" in problem.what for problem in found)


def test_an_external_id_may_be_a_uuid() -> None:
    registry = {
        "kind": "ecr",
        "region": "eu-west-3",
        "roleArn": "arn:aws:iam::123456789012:role/snyk",
        "externalId": UUID,
        "agentUrl": "http://agent.acme.internal:8081",
    }
    asked = {"type": "container-registry", "clientUrl": "http://broker.acme.internal:8000", "registry": registry}
    assert problems_of(configuration({"integrations": {"registry": asked}})) == ()
