import json

import pytest

from tests.ops.conftest import stack_file
from tests.ops.console import GITHUB_TOKEN, GIVEN, KEYS, SECRET, TOKEN, Console

TAGS = {
    "snyk-broker:project": "snyk-broker",
    "snyk-broker:stack": "test",
    "snyk-broker:integration": "github",
    KEYS: "BROKER_TOKEN GITHUB_TOKEN",
}


def test_a_missing_secret_is_created_with_its_values_and_tags(console: Console) -> None:
    done = console.set()
    place = f"account 123456789012, region eu-central-1, endpoint {console.endpoint}"
    first, last = done.stdout.splitlines()
    assert first.startswith(f"In {place}, as arn:aws:")
    assert (done.returncode, last, done.stderr) == (0, f"Created the secret {SECRET} in {place}.", "")
    assert console.values() == GIVEN
    assert console.tags() == TAGS


@pytest.mark.parametrize("by", ["id", "alias"])
def test_a_customer_key_encrypts_when_asked_for(console: Console, by: str) -> None:
    key = console.kms().create_key()["KeyMetadata"]["KeyId"]
    console.kms().create_alias(AliasName="alias/acme", TargetKeyId=key)
    named = key if by == "id" else "alias/acme"
    assert console.set(GIVEN, "--kms-key", named).returncode == 0
    assert console.secrets().describe_secret(SecretId=SECRET).get("KmsKeyId") == named


def test_a_secret_can_get_a_customer_key_later(console: Console) -> None:
    console.set()
    key = console.kms().create_key()["KeyMetadata"]["KeyId"]
    assert console.set(GIVEN, "--kms-key", key).returncode == 0
    assert console.secrets().describe_secret(SecretId=SECRET).get("KmsKeyId") == key
    assert console.values() == GIVEN


def test_what_is_not_given_stays_and_the_last_version_is_kept(console: Console) -> None:
    console.set()
    done = console.set({"GITHUB_TOKEN": "ghp_canary_new"})
    assert done.returncode == 0
    assert "AWSPREVIOUS" in done.stdout
    assert console.values() == {"BROKER_TOKEN": TOKEN, "GITHUB_TOKEN": "ghp_canary_new"}
    assert console.values("AWSPREVIOUS") == GIVEN


def test_a_half_filled_secret_says_what_is_missing_and_is_completed_later(console: Console) -> None:
    done = console.set({"BROKER_TOKEN": TOKEN})
    assert done.returncode == 0
    assert "Still missing: GITHUB_TOKEN." in done.stdout
    assert console.tags()[KEYS] == "BROKER_TOKEN"
    assert "Still missing" not in console.set({"GITHUB_TOKEN": GITHUB_TOKEN}).stdout
    assert console.values() == GIVEN
    assert console.tags() == TAGS


def test_the_same_values_again_write_nothing(console: Console) -> None:
    console.set()
    versions = console.secrets().describe_secret(SecretId=SECRET).get("VersionIdsToStages")
    done = console.set()
    assert "nothing was written" in done.stdout
    assert f"take it with: python -m ops clients roll {console.stack_file} github\n" in done.stdout
    assert console.secrets().describe_secret(SecretId=SECRET).get("VersionIdsToStages") == versions


def test_a_secret_that_was_made_without_a_value_is_filled_and_tagged(console: Console) -> None:
    console.secrets().create_secret(Name=SECRET, Tags=[{"Key": "team", "Value": "acme"}])
    assert console.set().returncode == 0
    assert console.values() == GIVEN
    assert console.tags() == TAGS | {"team": "acme"}


def test_more_names_than_a_tag_holds_are_continued_in_further_tags(console: Console) -> None:
    names = [f"ACME_SETTING_NUMBER_{number:03}" for number in range(25)]
    console.secrets().create_secret(Name=SECRET, SecretString=json.dumps(dict.fromkeys(names, "x")))
    console.set()
    tags = [console.tags()[key] for key in (KEYS, f"{KEYS}-2", f"{KEYS}-3")]
    assert " ".join(tags).split() == sorted([*names, *GIVEN])
    assert all(len(value) <= 256 for value in tags)


def test_tags_that_fewer_names_no_longer_need_are_removed(console: Console) -> None:
    names = [f"ACME_SETTING_NUMBER_{number:03}" for number in range(25)]
    console.secrets().create_secret(Name=SECRET, SecretString=json.dumps(dict.fromkeys(names, "x")))
    console.set()
    console.secrets().put_secret_value(SecretId=SECRET, SecretString="{}")
    console.set()
    assert console.tags() == TAGS


def test_a_secret_of_another_name_is_used(console: Console) -> None:
    stack_file(console.home, {"github": {"type": "github-com", "secret": "acme/github"}})
    assert "Created the secret acme/github in account 123456789012, region eu-central-1" in console.set().stdout


def test_an_arn_names_a_secret_of_its_own_region(console: Console) -> None:
    arn = console.secrets("eu-west-1").create_secret(Name="acme/github")["ARN"]
    stack_file(console.home, {"github": {"type": "github-com", "secret": arn}})
    done = console.set()
    assert done.returncode == 0
    assert f"a new version of the secret {arn} in account 123456789012, region eu-west-1, " in done.stdout
    assert json.loads(console.secrets("eu-west-1").get_secret_value(SecretId=arn)["SecretString"]) == GIVEN


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param("", "Stdin must be one JSON object", id="nothing"),
        pytest.param("{canary", "Stdin must be one JSON object", id="no JSON"),
        pytest.param(["canary"], "Stdin must be one JSON object", id="a list"),
        pytest.param({}, "Stdin must be one JSON object", id="an empty object"),
        pytest.param({"BROKER_TOKEN": TOKEN.upper()}, "BROKER_TOKEN must be a UUID in lower case", id="upper case"),
        pytest.param({"GITHUB_TOKEN": "canary canary"}, "GITHUB_TOKEN must be one word", id="a blank"),
        pytest.param({"GITHUB_TOKEN": "canary\n"}, "GITHUB_TOKEN must be one word", id="a line end"),
        pytest.param({"GITHUB_TOKEN": ""}, "GITHUB_TOKEN must be one word", id="an empty value"),
        pytest.param({"GITHUB_TOKEN": 5}, "GITHUB_TOKEN must be one word", id="a number"),
        pytest.param({"GITHUB_TOKEN": None}, "GITHUB_TOKEN must be one word", id="null"),
        pytest.param({"GITLAB_TOKEN": "canary"}, "GITLAB_TOKEN is no credential", id="an unknown name"),
    ],
)
def test_wrong_input_stores_nothing(console: Console, given: object, words: str) -> None:
    done = console.set(given)
    assert done.returncode == 1
    assert words in done.stderr
    assert not console.exists()


def test_all_that_is_wrong_is_said_at_once(console: Console) -> None:
    done = console.set({"BROKER_TOKEN": "canary", "GITHUB_TOKEN": "", "OTHER": "canary"})
    assert done.stderr.count("\n  ") == 3
    assert not console.exists()


def test_wrong_input_leaves_a_stored_secret_alone(console: Console) -> None:
    console.set()
    assert console.set({"BROKER_TOKEN": TOKEN, "GITHUB_TOKEN": "a b"}).returncode == 1
    assert console.values() == GIVEN


def test_an_unknown_integration_is_told_which_there_are(console: Console) -> None:
    done = console.set(integration="gitlab")
    assert (done.returncode, done.stderr) == (1, "The stack test has no integration gitlab. It has: github.\n")


@pytest.mark.parametrize("stack", ["nowhere", "/nowhere/Pulumi.test.yaml"])
def test_an_unknown_stack_is_told_which_there_are(console: Console, stack: str) -> None:
    done = console.run("secrets", "set", stack, "github")
    assert done.returncode == 1
    assert "There is no stack file" in done.stderr
    assert "dev, prod, sandbox" in done.stderr


def test_a_wrong_stack_file_is_told_its_problems(console: Console) -> None:
    stack_file(console.home, {"github": {"type": "github-com", "replicas": 9}})
    done = console.set()
    assert done.returncode == 1
    assert "integrations.github.replicas: must be 4 or less" in done.stderr


def test_a_secret_on_its_way_out_is_told_how_to_come_back(console: Console) -> None:
    console.set()
    console.secrets().delete_secret(SecretId=SECRET)
    done = console.set()
    assert done.returncode == 1
    assert f"aws secretsmanager restore-secret --region eu-central-1 --secret-id {SECRET}" in done.stderr


def test_it_comes_back_where_it_was(console: Console) -> None:
    """In its own region, with the stack's profile."""
    arn = console.secrets("eu-west-1").create_secret(Name="acme/github")["ARN"]
    console.secrets("eu-west-1").delete_secret(SecretId=arn)
    (console.home / ".aws").mkdir()
    credentials = "aws_access_key_id = test\naws_secret_access_key = test\n"
    (console.home / ".aws" / "config").write_text(f'[profile "acme live"]\n{credentials}')
    stack_file(console.home, {"github": {"type": "github-com", "secret": arn}}, profile="acme live")
    command = f"aws secretsmanager restore-secret --region eu-west-1 --profile 'acme live' --secret-id {arn}"
    assert command in console.set().stderr


def test_a_secret_that_holds_no_json_is_left_alone(console: Console) -> None:
    console.secrets().create_secret(Name=SECRET, SecretString="canary")
    done = console.set()
    assert done.returncode == 1
    assert "holds no JSON object" in done.stderr
    assert console.secrets().get_secret_value(SecretId=SECRET)["SecretString"] == "canary"


@pytest.mark.parametrize(
    ("tag", "owner"),
    [("snyk-broker:integration", "gitlab"), ("snyk-broker:stack", "prod"), ("snyk-broker:project", "acme")],
)
def test_another_integration_s_secret_is_left_alone(console: Console, tag: str, owner: str) -> None:
    theirs = TAGS | {tag: owner}
    console.secrets().create_secret(
        Name=SECRET, SecretString="{}", Tags=[{"Key": key, "Value": value} for key, value in theirs.items()]
    )
    versions = console.secrets().describe_secret(SecretId=SECRET).get("VersionIdsToStages")
    done = console.set()
    assert done.returncode == 1
    assert done.stderr == (
        f"The secret {SECRET} belongs to another integration ({tag} {owner}), and a Broker token serves one."
        " Name another secret in the stack file.\n"
    )
    assert (console.values(), console.tags()) == ({}, theirs)
    assert console.secrets().describe_secret(SecretId=SECRET).get("VersionIdsToStages") == versions


def test_an_arn_of_a_missing_secret_cannot_be_created(console: Console) -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:acme-AbCdEf"
    stack_file(console.home, {"github": {"type": "github-com", "secret": arn}})
    done = console.set()
    assert done.returncode == 1
    assert "cannot choose its ARN" in done.stderr


def test_without_credentials_the_failure_is_one_line(console: Console) -> None:
    environment = {name: value for name, value in console.environment.items() if "KEY" not in name}
    done = console.run("secrets", "set", str(console.stack_file), "github", environment=environment)
    assert done.returncode == 1
    assert done.stderr == "AWS refused or could not be reached: Unable to locate credentials\n"


def test_without_an_endpoint_the_failure_is_one_line(console: Console) -> None:
    nowhere = "http://127.0.0.1:1"
    environment = console.environment | {"AWS_ENDPOINT_URL": nowhere, "SANDBOX_AWS_ENDPOINT": nowhere}
    done = console.run("secrets", "set", str(console.stack_file), "github", environment=environment)
    assert done.returncode == 1
    assert "Could not connect to the endpoint URL" in done.stderr
    assert done.stderr.count("\n") == 1


# Known gaps.


def test_a_binary_secret_is_told_that_it_holds_no_json(console: Console) -> None:
    console.secrets().create_secret(Name=SECRET, SecretBinary=b"\x00")
    assert "holds no JSON object" in console.set().stderr


def test_input_that_is_no_text_stores_nothing(console: Console) -> None:
    environment = console.environment | {"PYTHONIOENCODING": "utf-8:strict"}  # as in most people's locale
    done = console.run("secrets", "set", str(console.stack_file), "github", stdin=b"\xff", environment=environment)
    assert "Stdin must be one JSON object" in done.stderr


@pytest.mark.parametrize("value", [{"nested": True}, None, 5])
def test_what_others_stored_beside_ours_stays_as_it_is(console: Console, value: object) -> None:
    console.secrets().create_secret(Name=SECRET, SecretString=json.dumps({"OTHER": value}))
    console.set()
    assert console.values() == GIVEN | {"OTHER": value}


@pytest.mark.parametrize(
    ("word", "warned"), [("ghp_$HOME", True), ("ghp_$9", True), ("ghp_$$", False), ("ghp$", False)]
)
def test_a_value_that_the_client_may_expand_is_warned_of(console: Console, word: str, warned: bool) -> None:
    done = console.set(GIVEN | {"GITHUB_TOKEN": word})
    assert done.returncode == 0
    assert (done.stderr.startswith("Warning: GITHUB_TOKEN holds a $ before a letter or digit")) is warned
    assert word not in done.stderr
