"""What a wrong stack file gets to hear."""

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from settings import SettingsError, load
from settings.problems import Problem
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


def inbound(**source: object) -> dict[str, object]:
    return github(inbound=[source])


def create(**own: object) -> dict[str, object]:
    return {"network": {"create": {"cidr": "10.40.0.0/16", **own}}}


def existing(**own: object) -> dict[str, object]:
    return {"network": {"existing": {"vpcId": "vpc-0a1b2c3d", "privateSubnetIds": SUBNETS, **own}}}


class Mistake(NamedTuple):
    config: Mapping[str, object]
    path: str
    words: str


IN_GITHUB = "integrations.github"
MISTAKES = [
    Mistake({"snyk": {"region": "SNYK-EU-1"}}, "snyk.region", "did you mean SNYK-EU-01?"),
    Mistake({"snyk": {}}, "snyk", "either region, or brokerUrl and apiUrl"),
    Mistake({"snyk": None}, "snyk", "must be a mapping"),
    Mistake({"snyk": {"brokerUrl": "https://broker.acme.io"}}, "snyk", "either region, or brokerUrl and apiUrl"),
    Mistake({"snyk": {"brokerUrl": "http://a.io", "apiUrl": "https://b.io"}}, "snyk", "must start with https://"),
    Mistake({"network": {}}, "network", "exactly one of create and existing"),
    Mistake({"network": "10.40.0.0/16"}, "network", "must be a mapping"),
    Mistake(create(cidr="10.40.0.1/16"), "network.create.cidr", "the block starts at 10.40.0.0/16"),
    Mistake(create(cidr="10.40.0.0/24"), "network.create.cidr", "from /16 to /23"),
    Mistake(create(cidr="2001:db8::/32"), "network.create.cidr", "IPv4"),
    Mistake(create(cidr=10), "network.create.cidr", "must be text"),
    Mistake(create(zones=1), "network.create.zones", "2 or more"),
    Mistake(create(zones=7), "network.create.zones", "6 or less"),
    Mistake(create(zones="two"), "network.create.zones", "whole number"),
    Mistake(create(natGateways="one"), "network.create.natGateways", "one of perZone, single"),
    Mistake(existing(vpcId="vpc-1"), "network.existing.vpcId", "must be a VPC's id"),
    Mistake(existing(privateSubnetIds=SUBNETS[:1]), "network.existing.privateSubnetIds", "two subnets or more"),
    Mistake(existing(privateSubnetIds=SUBNETS[:1] * 2), "network.existing.privateSubnetIds", "a subnet twice"),
    Mistake(existing(privateSubnetIds=[*SUBNETS, "x"]), "network.existing.privateSubnetIds.2", "a subnet's id"),
    Mistake({"integrations": {}}, "integrations", "at least 1 entry"),
    Mistake({"integrations": []}, "integrations", "must be a mapping of keys to values"),
    Mistake({"integrations": {"GitHub": GITHUB}}, "integrations", "lower-case letters"),
    Mistake({"integrations": {"a" * 33: GITHUB}}, "integrations", "32 lower-case letters"),
    Mistake({"integrations": {"github": None}}, IN_GITHUB, "must be a mapping"),
    Mistake({"integrations": {"github": {}}}, f"{IN_GITHUB}.type", "is required"),
    Mistake(github(type="github"), f"{IN_GITHUB}.type", "did you mean github-com?"),
    Mistake(github(replicas=5), f"{IN_GITHUB}.replicas", "4 or less"),
    Mistake(github(replicas=0), f"{IN_GITHUB}.replicas", "1 or more"),
    Mistake(github(replicas=1.5), f"{IN_GITHUB}.replicas", "whole number"),
    Mistake(github(replicas=True), f"{IN_GITHUB}.replicas", "whole number"),
    Mistake(github(replicas="2"), f"{IN_GITHUB}.replicas", "whole number"),
    Mistake(github(secret="acme/broker-abcdef"), f"{IN_GITHUB}.secret", "without a hyphen and six characters"),
    Mistake(github(clientUrl="broker.acme.io"), f"{IN_GITHUB}.clientUrl", "starts with http"),
    Mistake(github(clientUrl="http://a.io/"), f"{IN_GITHUB}.clientUrl", "no slash"),
    Mistake(github(clientUrl="http://a.io:99999"), f"{IN_GITHUB}.clientUrl", "port"),
    Mistake(github(clientUrl="http://localhost:8000"), f"{IN_GITHUB}.clientUrl", "localhost"),
    Mistake(github(logRetentionDays=31), f"{IN_GITHUB}.logRetentionDays", "must be one of 1, 3, 5"),
    Mistake(github(image={"version": "5.1"}), f"{IN_GITHUB}.image.version", "three numbers"),
    Mistake(github(image={"version": "latest"}), f"{IN_GITHUB}.image.version", "not a floating tag"),
    Mistake(github(image={"digest": "sha256:00"}), f"{IN_GITHUB}.image.digest", "64 hexadecimal digits"),
    Mistake(github(image={"repository": "snyk/broker:5"}), f"{IN_GITHUB}.image.repository", "without tag"),
    Mistake(github(size={"cpu": 300}), f"{IN_GITHUB}.size.cpu", "must be one of 256, 512"),
    Mistake(github(size={"memory": 512}), f"{IN_GITHUB}.size.memory", "beside cpu 1024"),
    Mistake(github(inbound={"cidr": "10.0.0.0/8"}), f"{IN_GITHUB}.inbound", "must be a list"),
    Mistake(inbound(), f"{IN_GITHUB}.inbound.0", "exactly one of cidr, securityGroup and prefixList"),
    Mistake(inbound(cidr="10.0.0.0/8", prefixList="pl-0a1b2c3d"), f"{IN_GITHUB}.inbound.0", "exactly one of"),
    Mistake(inbound(cidr="0.0.0.0/0"), f"{IN_GITHUB}.inbound.0.reason", "the whole internet"),
    Mistake(inbound(cidr="::/0"), f"{IN_GITHUB}.inbound.0.reason", "the whole internet"),
    Mistake(inbound(cidr="10.0.0.0/33"), f"{IN_GITHUB}.inbound.0.cidr", "must be a CIDR block"),
    Mistake(inbound(securityGroup="sg-1"), f"{IN_GITHUB}.inbound.0.securityGroup", "a security group's id"),
    Mistake(inbound(prefixList="pl-1"), f"{IN_GITHUB}.inbound.0.prefixList", "a prefix list's id"),
    Mistake(inbound(cidr="10.0.0.0/8", reason="it's"), f"{IN_GITHUB}.inbound.0.reason", "takes letters"),
    Mistake(github(inbound=[{"cidr": "10.0.0.0/8"}] * 2), f"{IN_GITHUB}.inbound", "names 10.0.0.0/8 twice"),
    Mistake({"defaults": {"replicas": 5}}, "defaults.replicas", "4 or less"),
    Mistake({"defaults": []}, "defaults", "must be a mapping"),
    Mistake(
        {"integrations": {"a": {**GITHUB, "secret": "x"}, "b": {**GITHUB, "secret": "x"}}},
        "integrations.b.secret",
        "is the secret of a too",
    ),
]


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


def fixed(problem: Problem) -> Any:
    """The YAML below the problem, as a person would paste it: a config of its own."""
    _, _, snippet = problem.text("snyk-broker").partition("\n")
    return yaml.safe_load(snippet)


def put(config: Mapping[str, object], place: Sequence[str | int], value: object) -> dict[str, object]:
    """A copy of the configuration with the value at the place."""
    changed = copy.deepcopy(dict(config))
    at: Any = changed
    for part in place[:-1]:
        at = at[part]
    at[place[-1]] = value
    return changed


def pasted(config: Mapping[str, object], problem: Problem) -> dict[str, str]:
    """The configuration with the fix at the problem's path."""
    return configuration(put({**SMALLEST, **config}, problem.path, problem.fix))


def at_path(value: Any, problem: Problem) -> Any:
    """What stands in the snippet where the problem is. Of a list it shows the one entry."""
    top, *below = problem.path
    value = value[f"snyk-broker:{top}"]
    for part in below:
        value = value[0 if isinstance(part, int) else part]
    return value


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{mistake.path}: {mistake.words}")
def test_a_mistake_is_one_problem_with_path_words_and_a_fix_that_mends_it(mistake: Mistake) -> None:
    (problem,) = problems_of(configuration(mistake.config))
    assert ".".join(map(str, problem.path)) == mistake.path
    assert mistake.words in problem.what
    assert at_path(fixed(problem), problem) == problem.fix
    assert problems_of(pasted(mistake.config, problem)) == ()


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


def test_five_mistakes_are_five_problems_in_one_message() -> None:
    config = {
        "snyk": {"region": "SNYK-EU-1"},
        **create(zones=9),
        **github(replicas=7, inbound=[{"cidr": "10.0.0.1/8"}], imgae={}),
    }
    with pytest.raises(SettingsError) as refused:
        load("snyk-broker", "test", configuration(config), ())
    message = str(refused.value)
    assert message.startswith("Pulumi.test.yaml has 5 problems; nothing was changed.")
    for number, path in enumerate(
        ["snyk.region", "network.create.zones", "integrations.github.replicas", "integrations.github.inbound.0.cidr"], 1
    ):
        assert f"\n  {number}. {path}: " in message
    assert "did you mean image?" in message


def test_wrong_defaults_are_said_once_and_not_for_every_integration() -> None:
    config = {"defaults": {"replicas": 9}, "integrations": {"one": GITHUB, "two": GITHUB}}
    (problem,) = problems_of(configuration(config))
    assert problem.path == ("defaults", "replicas")


# Any JSON at any place of a configuration that uses every key.

EVERYTHING: dict[str, Any] = {
    "snyk": {"region": "SNYK-EU-01", "brokerUrl": "", "apiUrl": ""},
    "network": {
        "create": {"cidr": "10.40.0.0/16", "zones": 2, "natGateways": "single"},
        "existing": {"vpcId": "", "privateSubnetIds": SUBNETS, "publicSubnetIds": SUBNETS[:1]},
    },
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
        }
    },
}


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    below: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        below = list(cast("dict[str | int, object]", value).items())
    elif isinstance(value, list):
        below = list(enumerate(cast("list[object]", value)))
    return [path, *(place for key, inner in below for place in places(inner, (*path, key)))]


texts = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(["10.0.0.0/8", "http://[", "arn:", "0"])
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


def test_a_wrong_subnet_of_two_is_one_problem() -> None:
    (problem,) = problems_of(configuration(existing(privateSubnetIds=[SUBNETS[0], "x"])))
    assert problem.path == ("network", "existing", "privateSubnetIds", 1)


@pytest.mark.parametrize(
    "config",
    [
        pytest.param(inbound(cidr="10.0.0.5"), id="address without prefix length"),
        pytest.param(inbound(cidr="10.0.0.0/255.0.0.0"), id="net mask"),
        pytest.param(create(cidr="10.40.0.0/255.255.0.0"), id="net mask of the VPC"),
        pytest.param(inbound(cidr="fe80::%eth0/64"), id="IPv6 scope"),
        pytest.param(github(clientUrl="http://a b.io"), id="blank in a URL"),
        pytest.param(github(clientUrl="http://a.io\n"), id="line end in a URL"),
        pytest.param(
            github(inbound=[{"cidr": "2001:db8::/32"}, {"cidr": "2001:DB8::/32"}]), id="one block, two spellings"
        ),
    ],
)
def test_what_cannot_work_is_a_problem(config: Mapping[str, object]) -> None:
    assert problems_of(configuration(config))
