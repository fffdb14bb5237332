from collections.abc import Mapping

import pytest

from lookups import MissingError, look_up
from settings import load
from tests.components.recording import SECRET, Aws, Inputs, Recorded, built, record, secret_arn
from tests.stack_files import configuration

PULL = "acme/docker-hub"
KEYS, KEYS_2 = "snyk-broker:keys", "snyk-broker:keys-2"
COMMAND = "python -m ops secrets set test github"
ELSEWHERE = "arn:aws:secretsmanager:eu-west-1:210987654321:secret:acme/broker-AbCdEf"


def tagged(**tags: str) -> Aws:
    return Aws(secrets={SECRET: {"tags": tags}})


def refused(aws: Aws, config: Mapping[str, object] | None = None) -> tuple[str, Recorded]:
    """What an update says when it stops, and what it registered before."""
    recorded = Recorded()
    with pytest.raises(MissingError) as stopped:
        built(config, aws=aws, recorded=recorded)
    return str(stopped.value), recorded


GAPS = [
    pytest.param(Aws(secrets={}), f"the secret {SECRET} does not exist, or is scheduled for deletion", id="no secret"),
    pytest.param(tagged(**{KEYS: "BROKER_TOKEN"}), f"the secret {SECRET} has no GITHUB_TOKEN", id="one name missing"),
    pytest.param(tagged(**{KEYS: ""}), f"the secret {SECRET} has no BROKER_TOKEN, GITHUB_TOKEN", id="no names"),
]


@pytest.mark.parametrize(("aws", "gap"), GAPS)
def test_a_gap_stops_an_update_before_its_first_resource(aws: Aws, gap: str) -> None:
    message, recorded = refused(aws)
    assert f"integrations.github: {gap}\n    {COMMAND}" in message
    assert recorded.resources == []


@pytest.mark.parametrize(("aws", "gap"), GAPS)
def test_a_gap_is_one_warning_in_a_preview(aws: Aws, gap: str) -> None:
    recorded = built(aws=aws, preview=True)
    (warning,) = recorded.log
    assert gap in warning
    assert COMMAND in warning
    assert recorded.one("aws:ecs/service:Service")


def test_every_gap_is_named_in_one_message() -> None:
    github = {"type": "github-com", "image": {"pullCredential": PULL}}
    message, _ = refused(Aws(secrets={}), {"integrations": {"github": github, "other": {"type": "github-com"}}})
    for gap in (SECRET, PULL, "snyk-broker/test/other/credentials"):
        assert f"the secret {gap} does not exist" in message


@pytest.mark.parametrize(
    "tags",
    [
        pytest.param({}, id="kept by other means"),
        pytest.param({KEYS: "BROKER_TOKEN GITHUB_TOKEN"}, id="all names"),
        pytest.param({KEYS: "BROKER_TOKEN", KEYS_2: "GITHUB_TOKEN MORE"}, id="continued"),
    ],
)
def test_a_whole_secret_is_taken_without_a_word(tags: dict[str, str]) -> None:
    assert built(aws=tagged(**tags)).log == []


def test_a_pull_credential_needs_no_names() -> None:
    aws = Aws(secrets={SECRET: {}, PULL: {"tags": {KEYS: "anything"}}})
    assert built({"defaults": {"image": {"pullCredential": PULL}}}, aws=aws).log == []


@pytest.mark.parametrize(
    ("secret", "asked", "arn"),
    [
        pytest.param(None, {"name": SECRET}, secret_arn(), id="default"),
        pytest.param("acme/broker", {"name": "acme/broker"}, secret_arn("acme/broker"), id="name"),
        pytest.param(ELSEWHERE, {"arn": ELSEWHERE, "region": "eu-west-1"}, ELSEWHERE, id="ARN"),
    ],
)
def test_a_secret_is_found_by_name_or_arn(secret: str | None, asked: Inputs, arn: str) -> None:
    aws = Aws(secrets={secret or SECRET: {}})
    settings = {"secret": secret} if secret else {}
    recorded = built({"integrations": {"github": {"type": "github-com", **settings}}}, aws=aws)
    assert [args for token, args in aws.calls if token.endswith("getSecret")] == [asked]
    assert recorded.exports["integrations"]["github"]["secretArn"] == arn


@pytest.mark.parametrize(("secret", "region"), [(SECRET, "eu-central-1"), (ELSEWHERE, "eu-west-1")])
def test_the_key_of_a_secret_is_looked_up_where_the_secret_is(secret: str, region: str) -> None:
    aws = Aws(secrets={secret: {"kmsKeyId": "alias/acme"}})
    built({"integrations": {"github": {"type": "github-com", "secret": secret}}}, aws=aws)
    assert [args for token, args in aws.calls if token.endswith("getAlias")] == [
        {"name": "alias/acme", "region": region}
    ]


def test_the_command_for_a_pull_credential_leads_to_the_stack_s_account() -> None:
    image = {"image": {"pullCredential": PULL}}
    config = configuration({"defaults": image}) | {"aws:profile": "acme live"}
    aws, recorded = Aws(), Recorded()

    async def program() -> None:
        await look_up(load("snyk-broker", "test", config, ()))

    record(program, aws=aws, preview=True, recorded=recorded)
    (warning,) = recorded.log
    assert f"aws secretsmanager create-secret --region eu-central-1 --profile 'acme live' --name {PULL} " in warning


@pytest.mark.parametrize("preview", [True, False])
def test_a_lookup_that_aws_refuses_stops_with_aws_s_words(preview: bool) -> None:
    aws = Aws(secrets={SECRET: {"refused": "AccessDeniedException: not authorized to perform DescribeSecret"}})
    with pytest.raises(MissingError, match=f"{SECRET} cannot be looked up: .*AccessDeniedException"):
        built(aws=aws, preview=preview)


def test_no_value_of_a_secret_is_looked_up() -> None:
    aws = Aws()
    built(aws=aws)
    functions = [token.rpartition(":")[2] for token, _ in aws.calls]
    of_network = ["getEips", "getEips", "getServiceQuota", "getServiceQuota", "getVpcs", "getVpcs"]
    every = ["getAvailabilityZones", "getCallerIdentity", "getSecret", "getService", "getServiceQuota", *of_network]
    assert sorted(functions) == sorted(every)


def test_two_integrations_cannot_share_a_secret_by_name_and_by_arn() -> None:
    arn = secret_arn()
    integrations = {"github": {"type": "github-com"}, "other": {"type": "github-com", "secret": arn}}
    with pytest.raises(MissingError):
        built({"integrations": integrations}, aws=Aws(secrets={SECRET: {}, arn: {}}))
