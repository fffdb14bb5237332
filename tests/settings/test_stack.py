import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from broker import image
from broker.regions import REGIONS, Endpoints
from settings import Settings, SettingsError, load, read
from tests.stack_files import SMALLEST, STACK_FILES, config_of, configuration, handed_over


def loaded(changes: Mapping[str, object]) -> Settings:
    return load("snyk-broker", "test", configuration(changes), ())


def github(own: Mapping[str, object], defaults: Mapping[str, object]) -> object:
    asked = loaded({"defaults": defaults, "integrations": {"github": {"type": "github-com", **own}}})
    return asked.integrations["github"]


def test_the_smallest_stack_gets_the_safe_production_choices() -> None:
    asked = loaded({})
    integration = asked.integrations["github"]
    assert asked.region == "eu-central-1"
    assert asked.endpoints == REGIONS["SNYK-EU-01"]
    assert asked.network.create
    assert (asked.network.create.zones, asked.network.create.nat_gateways) == (2, "perZone")
    assert (integration.replicas, integration.inbound, integration.client_url) == (2, (), None)
    assert (integration.size.cpu, integration.size.memory) == (1024, 2048)
    assert (integration.image.repository, integration.image.version) == (image.REPOSITORY, image.VERSION)
    assert integration.log_retention_days == 30
    assert asked.secret("github") == "snyk-broker/test/github/credentials"
    assert asked.warnings == ()


@pytest.mark.parametrize("registry", ["", "docker.io/", "index.docker.io/"])
def test_snyk_has_one_repository_by_whatever_name_of_docker_hub(registry: str) -> None:
    right = loaded({"defaults": {"image": {"repository": f"{registry}snyk/broker"}}})
    assert right.integrations["github"].image.repository == f"{registry}snyk/broker"
    with pytest.raises(SettingsError, match="must be snyk/broker: Snyk has no other repository"):
        loaded({"defaults": {"image": {"repository": f"{registry}snyk/broker-edge"}}})


def test_a_single_tenant_names_both_urls() -> None:
    asked = loaded({"snyk": {"brokerUrl": "https://broker.acme.snyk.io", "apiUrl": "https://api.acme.snyk.io"}})
    assert asked.endpoints == Endpoints("https://broker.acme.snyk.io", "https://api.acme.snyk.io")


@pytest.mark.parametrize("order", [1, -1], ids=["before", "after"])
def test_a_secret_cannot_be_named_like_the_default_of_another_integration(order: int) -> None:
    gitlab = {"type": "gitlab", "host": "gitlab.acme.internal", "secret": loaded({}).secret("github")}
    integrations = {"github": {"type": "github-com"}, "gitlab": gitlab}
    with pytest.raises(SettingsError) as refused:
        loaded({"integrations": dict([*integrations.items()][::order])})
    (problem,) = refused.value.problems
    assert problem.path == ("integrations", "gitlab", "secret")
    assert problem.what == "is the secret of github too; each integration has a Broker token of its own"
    assert problem.fix == "snyk-broker/test/gitlab/credentials"


@pytest.mark.parametrize(
    ("version", "outdated"),
    [("7.40.9", False), ("7.30.0", False), ("7.20.0", False), ("7.19.9", True), ("6.40.0", True)],
)
def test_a_client_may_be_ten_minor_releases_behind_and_no_more(
    version: str, outdated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image, "VERSION", "7.30.1")
    warnings = loaded({"defaults": {"image": {"version": version}}}).warnings
    assert [warning for warning in warnings if "minor releases behind" in warning] == (
        ["integrations.github: image.version is more than 10 minor releases behind 7.30.1: Snyk may refuse it"]
        if outdated
        else []
    )


OPTIONS: dict[str, st.SearchStrategy[object]] = {
    "replicas": st.integers(1, 4),
    "logRetentionDays": st.sampled_from([7, 30, 365]),
    "clientUrl": st.sampled_from(["http://one.internal:8000", "https://two.internal"]),
    "inbound": st.lists(st.sampled_from([{"cidr": "10.0.0.0/8"}, {"cidr": "192.0.2.0/24"}]), max_size=1),
    "image": st.fixed_dictionaries(
        {},
        optional={
            "version": st.sampled_from(["5.0.0", "6.1.2"]),
            "digest": st.sampled_from(["sha256:" + "0" * 64, "sha256:" + "f" * 64]),
        },
    ),
}
options = st.fixed_dictionaries({}, optional=OPTIONS)


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """What an integration says goes before the defaults; of an image, key by key."""
    return {**below, **above, "image": {**below.get("image", {}), **above.get("image", {})}}


@given(own=options, defaults=options)
def test_what_an_integration_says_goes_before_the_defaults(
    own: Mapping[str, object], defaults: Mapping[str, object]
) -> None:
    assert github(own, defaults) == github(merged(defaults, own), {})


@pytest.mark.parametrize("file", STACK_FILES, ids=lambda file: file.stem)
def test_a_stack_file_means_the_same_to_the_commands_as_to_the_program(file: Path) -> None:
    stack = file.name.split(".")[1]
    assert read(file) == load("snyk-broker", stack, handed_over(config_of(file)), ())


def written(folder: Path, text: str) -> Path:
    file = folder / "Pulumi.test.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("text", ["", "config:", "- one", "config: text", "config: {aws:region: 1}"])
def test_a_file_without_settings_lacks_every_required_key(text: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        read(written(tmp_path, text))
    paths = {problem.path for problem in refused.value.problems}
    assert paths == {("aws:region",), ("snyk",), ("network",), ("integrations",)}


def test_a_file_that_is_no_yaml_is_one_problem_on_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        read(written(tmp_path, "config: {"))
    (problem,) = refused.value.problems
    assert "is not YAML" in problem.what
    assert "\n" not in problem.what


def test_what_a_file_that_is_no_yaml_holds_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        read(written(tmp_path, "config:\n  token: ghp_canary: oops\n"))
    assert "ghp_canary" not in str(refused.value)


@pytest.mark.parametrize(
    "config",
    [
        pytest.param("2024-01-01: x", id="a date as a top-level key"),
        pytest.param("snyk-broker:snyk: {2024-01-01: x}", id="a date as a key"),
        pytest.param("snyk-broker:snyk: &loop [*loop]", id="a list in itself"),
    ],
)
def test_odd_yaml_is_a_problem_and_no_crash(config: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        read(written(tmp_path, f"config:\n  {config}\n"))


def test_an_encrypted_value_is_refused_by_program_and_commands(tmp_path: Path) -> None:
    key = "snyk-broker:integrations"
    with pytest.raises(SettingsError, match="is an encrypted value"):
        load("snyk-broker", "test", configuration({}), (key,))
    github = {"type": "github-com", "secret": {"secure": "AAABAcanary"}}
    config = {f"snyk-broker:{name}": value for name, value in SMALLEST.items()}
    text = yaml.safe_dump({"config": {"aws:region": "eu-central-1", **config, key: {"github": github}}})
    with pytest.raises(SettingsError) as refused:
        read(written(tmp_path, text))
    (problem,) = refused.value.problems
    assert problem.path == ("integrations", "github", "secret")
    assert "canary" not in str(refused.value)


def test_keys_of_other_namespaces_are_none_of_our_business() -> None:
    config = configuration({}) | {"aws:maxRetries": "7", "pulumi:tags": json.dumps({"team": "x"})}
    assert load("snyk-broker", "test", config, ()) == loaded({})
