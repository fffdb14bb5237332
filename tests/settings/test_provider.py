import inspect
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pulumi_aws
import pytest
import yaml
from pydantic.alias_generators import to_camel

from settings import Settings, SettingsError, load, read
from settings.base import model_keys
from settings.provider import NOT_FOLLOWED, OF_PULUMI_ALONE, AssumedRole, Provider, seconds
from tests.settings.snippets import put
from tests.stack_files import ROOT, SMALLEST, configuration, handed_over

ROLE = "arn:aws:iam::210987654321:role/team/broker"
WHOLE: Mapping[str, object] = {
    "profile": "acme-live",
    "sharedConfigFiles": ["~/elsewhere/config"],
    "sharedCredentialsFiles": ["~/elsewhere/credentials"],
    "assumeRoles": [{"roleArn": ROLE, "externalId": "acme:7", "duration": "45m", "tags": {"team": "acme"}}],
    "allowedAccountIds": ["012345678901", "210987654321"],
    "forbiddenAccountIds": ["111122223333"],
    "endpoints": [{"secretsmanager": "https://vpce-1.acme.internal", "ecs": "http://localhost:9"}],
    "stsRegion": "eu-west-3",
    "customCaBundle": "/etc/acme.pem",
    "useFipsEndpoint": True,
    "useDualstackEndpoint": True,
    "skipMetadataApiCheck": True,
}


def loaded(**values: object) -> Settings:
    return load("snyk-broker", "test", configuration({}) | handed_over(of_aws(values)), ())


def of_aws(values: Mapping[str, object]) -> dict[str, object]:
    return {f"aws:{key}": value for key, value in values.items()}


def written(folder: Path, values: Mapping[str, object]) -> Path:
    file = folder / "Pulumi.test.yaml"
    ours = {f"snyk-broker:{key}": value for key, value in SMALLEST.items()}
    config = {"aws:region": "eu-central-1", **of_aws(values), **ours}
    file.write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    return file


def of_sdk(arguments: type) -> set[str]:
    """The properties of one of the SDK's classes, as they are written in a stack file."""
    names = set(inspect.signature(arguments).parameters)
    return {to_camel(name) for name in names}


def test_every_setting_of_the_sdk_s_provider_is_followed_or_is_said_not_to_be() -> None:
    of_the_provider = OF_PULUMI_ALONE - {"version", "pluginDownloadURL"}
    known = ["region", *model_keys(Provider), *NOT_FOLLOWED, *of_the_provider]
    assert sorted(known) == sorted(of_sdk(pulumi_aws.ProviderArgs))


def test_the_document_tells_of_every_setting() -> None:
    told = set(re.findall(r"`aws:(\w+)`", (ROOT / "docs" / "credentials.md").read_text(encoding="utf-8")))
    assert told == of_sdk(pulumi_aws.ProviderArgs)


def test_every_setting_of_a_role_is_followed() -> None:
    assert set(model_keys(AssumedRole)) == of_sdk(pulumi_aws.ProviderAssumeRoleArgs)


def test_the_provider_is_kept_as_it_was_written() -> None:
    kept = loaded(**WHOLE).provider
    assert json.loads(kept.model_dump_json(by_alias=True, exclude_defaults=True)) == WHOLE
    assert loaded().provider == Provider()


@pytest.mark.parametrize("key", WHOLE)
def test_what_is_written_as_text_means_the_same(key: str, tmp_path: Path) -> None:
    """`pulumi config set` writes texts, and structured values as JSON in a text."""
    value = WHOLE[key]
    text = value if isinstance(value, str) else json.dumps(value)
    found = [read(written(tmp_path, {key: one})) for one in (value, text)]
    assert found[0].provider == found[1].provider == loaded(**{key: value}).provider != Provider()


def test_a_profile_may_look_like_a_number(tmp_path: Path) -> None:
    assert read(written(tmp_path, {"profile": "7007"})).provider.profile == "7007"
    assert loaded(profile="7007").provider.profile == "7007"


WRONG = [
    pytest.param("allowedAccountIds", "123456789012", "allowedAccountIds", "must be a list", id="a text for a list"),
    pytest.param("allowedAccountIds", ["12345"], "allowedAccountIds.0", "twelve digits", id="a short id"),
    pytest.param("forbiddenAccountIds", [123456789012], "forbiddenAccountIds.0", "must be text", id="an id as number"),
    pytest.param("assumeRoles", {"roleArn": ROLE}, "assumeRoles", "must be a list", id="one role"),
    pytest.param("assumeRoles", [{"sessionName": "x"}], "assumeRoles.0.roleArn", "is required", id="no role"),
    pytest.param("assumeRoles", [{"roleArn": "broker"}], "assumeRoles.0.roleArn", "must be a role's ARN", id="a name"),
    pytest.param(
        "assumeRoles", [{"roleArn": ROLE, "duration": "soon"}], "assumeRoles.0.duration", "such as 1h30m", id="duration"
    ),
    pytest.param(
        "assumeRoles", [{"roleArn": ROLE, "externalID": "x"}], "assumeRoles.0.externalId", "did you mean", id="spelling"
    ),
    pytest.param("endpoints", {"ecs": "https://x"}, "endpoints", "must be a list", id="endpoints as a map"),
    pytest.param("endpoints", [{"ecs": "x.internal"}], "endpoints.0.ecs", "must be a URL", id="no scheme"),
    pytest.param("profile", "", "profile", "must not be empty", id="an empty profile"),
    pytest.param("useFipsEndpoint", "on", "useFipsEndpoint", "must be true or false", id="no truth"),
]


@pytest.mark.parametrize(("key", "value", "path", "words"), WRONG)
def test_a_wrong_shape_is_a_problem_with_a_fix_that_mends_it(key: str, value: object, path: str, words: str) -> None:
    with pytest.raises(SettingsError) as refused:
        loaded(**{key: value})
    (problem,) = refused.value.problems
    assert ".".join(map(str, problem.path)) == f"aws:{path}"
    assert words in problem.what
    if "did you mean" not in words:
        config = put(of_aws({key: value}), problem.path, problem.fix)
        assert load("snyk-broker", "test", configuration({}) | handed_over(config), ())


def test_a_setting_that_the_provider_has_not_is_a_problem_with_the_one_that_is_meant() -> None:
    with pytest.raises(SettingsError) as refused:
        loaded(assumeRole=[{"roleArn": ROLE}])
    (problem,) = refused.value.problems
    assert problem.what == "is no setting of Pulumi's AWS provider; did you mean aws:assumeRoles?"


def test_what_is_wrong_in_both_namespaces_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        load("snyk-broker", "test", configuration({"snyk": {}}) | handed_over(of_aws({"profil": "x"})), ())
    assert [problem.path for problem in refused.value.problems] == [("aws:profil",), ("snyk",)]


@pytest.mark.parametrize("key", sorted(NOT_FOLLOWED.keys() - {"accessKey", "secretKey", "token"}))
def test_what_the_commands_cannot_follow_is_told_and_is_no_mistake(key: str) -> None:
    (told,) = loaded(**{key: "true"}).not_followed
    assert told == f"aws:{key}: {NOT_FOLLOWED[key]}"


def test_certificates_that_are_verified_are_nothing_to_tell() -> None:
    assert loaded(insecure=False).not_followed == ()


def test_what_is_pulumi_s_alone_is_nothing_to_tell() -> None:
    assert loaded(**dict.fromkeys(OF_PULUMI_ALONE, "x")).not_followed == ()


@pytest.mark.parametrize("key", ["accessKey", "secretKey", "token", "profile", "assumeRoles"])
def test_an_encrypted_value_is_told_since_no_command_decrypts_it(key: str, tmp_path: Path) -> None:
    encrypted = {"secure": "v1:canary"}
    value: object = [{"roleArn": ROLE, "externalId": encrypted}] if key == "assumeRoles" else encrypted
    asked = [
        read(written(tmp_path, {key: value})),
        load("snyk-broker", "test", configuration({}) | {f"aws:{key}": "canary"}, (f"aws:{key}",)),
    ]
    for settings in asked:
        (told,) = settings.not_followed
        assert told.startswith(f"aws:{key}: ")
        assert "decrypt" in told
        assert "canary" not in told


def test_files_that_only_pulumi_puts_together_are_told() -> None:
    (told,) = loaded(sharedConfigFiles=["~/one", "~/two"]).not_followed
    assert told.startswith("aws:sharedConfigFiles: the commands read one file")


@pytest.mark.parametrize(("duration", "expected"), [("1h30m", 5400), ("15m", 900), ("3600s", 3600), ("1h1m1s", 3661)])
def test_a_duration_is_counted_in_seconds(duration: str, expected: int) -> None:
    assert seconds(duration) == expected
