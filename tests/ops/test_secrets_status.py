import json
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from moto.secretsmanager.models import SecretsManagerBackend

from tests.ops.conftest import stack_file
from tests.ops.console import GIVEN, KEYS, SECRET, TOKEN, Console

MISSING = 3


def report(console: Console, code: int) -> dict[str, object]:
    done = console.status("--json")
    assert done.returncode == code
    assert TOKEN not in done.stdout
    whole = json.loads(done.stdout)
    assert (whole["stack"], whole["account"], whole["region"]) == ("test", "123456789012", "eu-central-1")
    return whole["integrations"]["github"]


def test_without_a_secret_every_name_is_missing(console: Console) -> None:
    assert report(console, MISSING) == {
        "secret": SECRET,
        "exists": False,
        "arn": None,
        "present": [],
        "missing": ["BROKER_TOKEN", "GITHUB_TOKEN"],
        "unknown": [],
        "forms": {"BROKER_TOKEN": "{uuid}", "GITHUB_TOKEN": "{word}"},
        "changed": None,
        "ageDays": None,
        "note": None,
    }


def test_a_whole_secret_is_present(console: Console) -> None:
    console.set()
    found = report(console, 0)
    assert (found["present"], found["missing"], found["unknown"]) == (["BROKER_TOKEN", "GITHUB_TOKEN"], [], [])
    assert found["exists"] is True
    assert found["arn"] == console.secrets().describe_secret(SecretId=SECRET)["ARN"]
    assert found["ageDays"] == 0
    assert datetime.fromisoformat(str(found["changed"])).tzinfo


def test_names_of_a_secret_are_told_by_its_tag(console: Console) -> None:
    console.secrets().create_secret(
        Name=SECRET,
        SecretString=json.dumps({"BROKER_TOKEN": TOKEN, "EXTRA": "canary"}),
        Tags=[{"Key": KEYS, "Value": "BROKER_TOKEN EXTRA"}],
    )
    found = report(console, MISSING)
    assert (found["present"], found["missing"], found["unknown"]) == (["BROKER_TOKEN"], ["GITHUB_TOKEN"], ["EXTRA"])


def test_names_of_a_secret_that_is_kept_by_other_means_are_unknown(console: Console) -> None:
    """As to the program, which takes it as it is."""
    console.secrets().create_secret(Name=SECRET, SecretString=json.dumps({"BROKER_TOKEN": TOKEN}))
    found = report(console, 0)
    assert (found["present"], found["missing"], found["unknown"], found["forms"]) == ([], [], [], {})
    assert found["note"] == f"no tag {KEYS} tells what it holds"
    assert f"0 days, no tag {KEYS}" in console.status().stdout


def test_a_secret_that_was_made_without_a_value_lacks_all_of_them(console: Console) -> None:
    console.secrets().create_secret(Name=SECRET)
    found = report(console, MISSING)
    assert (found["exists"], found["missing"]) == (True, ["BROKER_TOKEN", "GITHUB_TOKEN"])
    assert (found["changed"], found["ageDays"], found["note"]) == (None, None, None)
    assert "no value" in console.status().stdout


@pytest.mark.parametrize("tagged", [True, False])
def test_no_value_is_read(console: Console, tagged: bool) -> None:
    """So that it works for somebody who may not."""
    console.secrets().create_secret(Name=SECRET, SecretString=json.dumps(GIVEN))
    if tagged:
        console.secrets().tag_resource(SecretId=SECRET, Tags=[{"Key": KEYS, "Value": "BROKER_TOKEN GITHUB_TOKEN"}])
    with patch.object(SecretsManagerBackend, "get_secret_value", side_effect=AssertionError("a value is read")):
        report(console, 0)


def test_the_age_is_that_of_the_values_and_not_of_the_last_change(console: Console) -> None:
    """A tag, or another key, makes no token younger."""
    console.set()
    pages: list[dict[str, object]] = [
        {"Versions": [version("AWSPREVIOUS", days=700)], "NextToken": "more"},
        {"Versions": [], "NextToken": "more"},
        {"Versions": [version("AWSCURRENT", days=400)]},
    ]
    with patch.object(SecretsManagerBackend, "list_secret_version_ids", side_effect=map(json.dumps, pages)):
        found = report(console, 0)
    assert found["ageDays"] == 400
    assert datetime.now(UTC) - datetime.fromisoformat(str(found["changed"])) > timedelta(days=400)


def version(stage: str, days: int) -> dict[str, object]:
    created = datetime.now(UTC) - timedelta(days=days)
    return {"VersionId": stage, "VersionStages": [stage], "CreatedDate": int(created.timestamp())}


def test_an_arn_is_shown_as_it_is(console: Console) -> None:
    arn = console.secrets().create_secret(Name="shared/github")["ARN"]
    stack_file(console.home, {"github": {"type": "github-com", "secret": arn}})
    assert arn in console.status().stdout
    assert arn in console.set().stdout


def test_people_get_a_table(console: Console) -> None:
    assert console.status().returncode == MISSING
    console.set()
    done = console.status()
    assert done.returncode == 0
    (row,) = (line for line in done.stdout.splitlines() if "github" in line)
    for words in (SECRET, "BROKER_TOKEN GITHUB_TOKEN", "0 days"):
        assert words in row


def test_every_integration_has_its_row_and_one_gap_is_enough_for_the_exit_code(console: Console) -> None:
    stack_file(console.home, {"github": {"type": "github-com"}, "other": {"type": "github-com"}})
    console.set(GIVEN)
    done = console.status("--json")
    assert done.returncode == MISSING
    rows = json.loads(done.stdout)["integrations"]
    assert {key: row["missing"] for key, row in rows.items()} == {
        "github": [],
        "other": ["BROKER_TOKEN", "GITHUB_TOKEN"],
    }


def test_a_secret_on_its_way_out_does_not_hide_the_others(console: Console) -> None:
    stack_file(console.home, {"github": {"type": "github-com"}, "other": {"type": "github-com"}})
    console.set(GIVEN)
    console.secrets().delete_secret(SecretId=SECRET)
    console.set(GIVEN, integration="other")
    assert json.loads(console.status("--json").stdout)["integrations"]["other"]["missing"] == []


def test_a_secret_that_is_another_integration_s_hides_no_other(console: Console) -> None:
    stack_file(console.home, {"github": {"type": "github-com"}, "lab": {"type": "gitlab", "host": "lab.acme"}})
    console.secrets().create_secret(
        Name=SECRET, SecretString="{}", Tags=[{"Key": "snyk-broker:integration", "Value": "other"}]
    )
    done = console.status("--json")
    assert done.returncode == 3
    found = json.loads(done.stdout)["integrations"]
    assert found["github"]["note"] == "another integration's"
    assert found["lab"]["exists"] is False
