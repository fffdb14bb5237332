"""The whole program on every stack file that is kept here."""

import json
import runpy
from pathlib import Path

import pulumi
import pytest

from tests.components.recording import PROJECT, STACK, Aws, Recorded, record
from tests.stack_files import ROOT, STACK_FILES, config_of, configuration, handed_over


def stack_secret(stack: str) -> str:
    return f"{PROJECT}/{stack}/github/credentials"


def run(
    config: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    aws: Aws | None = None,
    preview: bool = False,
    recorded: Recorded | None = None,
) -> Recorded:
    """Run __main__.py with the configuration in the environment, where the engine puts it."""
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(config))
    monkeypatch.setenv("PULUMI_CONFIG_SECRET_KEYS", "[]")

    def program() -> None:
        runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")

    return record(program, aws=aws, preview=preview, recorded=recorded)


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
@pytest.mark.parametrize("file", STACK_FILES, ids=lambda file: file.stem)
def test_every_stack_file_builds(file: Path, preview: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    config = config_of(file)
    integrations = config["snyk-broker:integrations"]
    secrets = Aws(secrets={f"snyk-broker/{STACK}/{key}/credentials": {} for key in integrations})
    recorded = run(handed_over(config), monkeypatch, aws=secrets, preview=preview)
    assert {service.inputs["name"] for service in recorded.all("aws:ecs/service:Service")} == set(integrations)
    assert recorded.exports["region"] == config["aws:region"]
    assert recorded.exports["integrations"].keys() == integrations.keys()
    expected = ("clientUrl", "a new VPC leads", "The stack takes ")
    assert not [entry for entry in recorded.log if not any(words in entry for words in expected)]


def test_warnings_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = run(configuration({"defaults": {"replicas": 1}}), monkeypatch)
    (warning,) = recorded.log
    assert "one replica is no redundancy" in warning


def test_a_preview_tells_what_the_stack_takes_and_an_update_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    config = configuration({"defaults": {"replicas": 3, "size": {"cpu": 2048, "memory": 4096}}})
    (told,) = run(config, monkeypatch, preview=True).log
    assert told.startswith("The stack takes 6 vCPUs of Fargate, 6 while all clients are replaced")
    assert run(config, monkeypatch).log == []


def test_wrong_settings_end_the_run_before_anything_is_looked_up_or_registered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    aws, recorded = Aws(), Recorded()
    config = configuration({"snyk": {"region": "SNYK-EU-1"}, "defaults": {"replicas": 9}})
    with pytest.raises(pulumi.RunError, match=rf"Pulumi\.{STACK}\.yaml has 2 problems"):
        run(config, monkeypatch, aws=aws, recorded=recorded)
    assert (aws.calls, recorded.resources, recorded.exports) == ([], [], {})


def test_a_missing_secret_ends_an_update_before_anything_is_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = Recorded()
    with pytest.raises(pulumi.RunError, match=f"{stack_secret(STACK)} does not exist"):
        run(configuration({}), monkeypatch, aws=Aws(secrets={}), recorded=recorded)
    assert (recorded.resources, recorded.exports) == ([], {})


def test_a_missing_secret_is_a_warning_in_a_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = run(configuration({}), monkeypatch, aws=Aws(secrets={}), preview=True)
    assert len([entry for entry in recorded.log if "does not exist" in entry]) == 1
    assert recorded.all("aws:ecs/service:Service")
