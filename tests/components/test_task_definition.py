import json
from typing import Any

import pytest

from tests.components import recording
from tests.components.recording import SECRET, Aws, Recorded, built, secret_arn

DIGEST = "sha256:" + "ab" * 32
PULL = "acme/docker-hub"


def github(**settings: object) -> Recorded:
    return built(
        {"integrations": {"github": {"type": "github-com", **settings}}}, aws=Aws(secrets={SECRET: {}, PULL: {}})
    )


def container(recorded: Recorded) -> dict[str, Any]:
    (found,) = json.loads(recorded.one("aws:ecs/taskDefinition:TaskDefinition").inputs["containerDefinitions"])
    return found


def environment(recorded: Recorded) -> dict[str, str]:
    return {variable["name"]: variable["value"] for variable in container(recorded)["environment"]}


def test_the_task_is_of_a_kind_that_fargate_runs() -> None:
    inputs = built().one("aws:ecs/taskDefinition:TaskDefinition").inputs
    assert inputs["requiresCompatibilities"] == ["FARGATE"]
    assert inputs["networkMode"] == "awsvpc"
    assert inputs["runtimePlatform"] == {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"}
    assert (inputs["cpu"], inputs["memory"]) == ("1024", "2048")
    assert inputs["family"] == "snyk-broker_test_snyk-broker-github"


def test_the_family_has_no_dot_which_ecs_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "STACK", "prod.eu")
    recorded = github(secret=SECRET)
    assert (
        recorded.one("aws:ecs/taskDefinition:TaskDefinition").inputs["family"]
        == "snyk-broker_prod-eu_snyk-broker-github"
    )


@pytest.mark.parametrize(
    ("image", "reference"),
    [
        ({"version": "5.1.2"}, "snyk/broker:5.1.2-github-com"),
        ({"version": "5.1.2", "digest": DIGEST}, f"snyk/broker:5.1.2-github-com@{DIGEST}"),
        (
            {"repository": "registry.acme.internal:5000/snyk/broker", "version": "5.1.2"},
            "registry.acme.internal:5000/snyk/broker:5.1.2-github-com",
        ),
        ({"version": "5.1.2", "base": "rhel-ubi"}, "snyk/broker:5.1.2-rhel-ubi-github-com"),
        (
            {"version": "5.1.2", "base": "rhel-ubi", "digest": DIGEST},
            f"snyk/broker:5.1.2-rhel-ubi-github-com@{DIGEST}",
        ),
    ],
)
def test_the_image_is_named_by_repository_version_base_type_and_digest(image: dict[str, str], reference: str) -> None:
    assert container(github(image=image))["image"] == reference


def test_credentials_come_from_the_secret_s_keys_and_never_from_the_environment() -> None:
    recorded = github()
    assert container(recorded)["secrets"] == [
        {"name": name, "valueFrom": f"{secret_arn()}:{name}::"} for name in ("BROKER_TOKEN", "GITHUB_TOKEN")
    ]
    assert not [name for name in environment(recorded) if "TOKEN" in name]


def test_the_environment_names_both_hosts_of_snyk_and_turns_high_availability_on() -> None:
    assert environment(github()) == {
        "ACCEPT": "accept.json",
        "ACCEPT_CODE": "true",
        "ACCEPT_CUSTOM_PR_TEMPLATES": "true",
        "ACCEPT_ESSENTIALS": "true",
        "ACCEPT_GIT": "true",
        "ACCEPT_IAC": "tf,yaml,yml,json,tpl",
        "ACCEPT_LARGE_MANIFESTS": "false",
        "BROKER_CLIENT_URL": "https://api.eu.snyk.io",
        "BROKER_CLIENT_URL_TLS_TERMINATED": "true",
        "BROKER_DISPATCHER_BASE_URL": "https://api.eu.snyk.io",
        "BROKER_HA_MODE_ENABLED": "true",
        "BROKER_SERVER_URL": "https://broker.eu.snyk.io",
        "LOG_LEVEL": "info",
        "PORT": "8000",
    }


@pytest.mark.parametrize(
    ("url", "variables"),
    [
        ("http://broker.acme.internal:8000", {}),
        ("https://broker.acme.internal", {"BROKER_CLIENT_URL_TLS_TERMINATED": "true"}),
    ],
)
def test_a_client_url_says_whether_tls_ends_before_the_client(url: str, variables: dict[str, str]) -> None:
    expected = {"BROKER_CLIENT_URL": url, **variables}
    assert {k: v for k, v in environment(github(clientUrl=url)).items() if "CLIENT_URL" in k} == expected


def test_the_container_can_do_as_little_as_possible() -> None:
    found = container(github())
    assert found["readonlyRootFilesystem"] is True
    assert found["user"] == "1000"
    assert found["linuxParameters"] == {"initProcessEnabled": True, "capabilities": {"add": [], "drop": ["ALL"]}}
    assert found.get("privileged") is None


def test_the_container_runs_as_the_user_of_its_base() -> None:
    ubuntu, red_hat = github(image={"base": "ubuntu"}), github(image={"base": "rhel-ubi"})
    assert (container(ubuntu)["user"], container(red_hat)["user"]) == ("1000", "10001")


def test_an_outage_at_snyk_restarts_no_client_within_minutes() -> None:
    found = container(github())
    check = found["healthCheck"]
    assert check["command"][:3] == ["CMD", "node", "-e"]
    assert check["interval"] * check["retries"] >= 300
    # Before it listens, a client that cannot reach Snyk waits for minutes; ECS takes no more than these.
    assert check["startPeriod"] == 300
    assert found["restartPolicy"] == {"enabled": True, "restartAttemptPeriod": 60}
    assert found["stopTimeout"] == 30


def test_logs_go_to_the_integration_s_own_group() -> None:
    assert container(github())["logConfiguration"] == {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": "snyk-broker-github-0a1b2c3",
            "awslogs-region": "eu-central-1",
            "awslogs-stream-prefix": "broker",
            "mode": "non-blocking",
            "max-buffer-size": "10m",
        },
    }


def test_a_pull_credential_is_named_only_when_asked_for() -> None:
    assert "repositoryCredentials" not in container(github())
    with_credential = container(github(image={"pullCredential": PULL}))
    assert with_credential["repositoryCredentials"] == {"credentialsParameter": secret_arn(PULL)}


def test_size_and_memory_are_those_asked_for() -> None:
    inputs = github(size={"cpu": 2048, "memory": 5120}).one("aws:ecs/taskDefinition:TaskDefinition").inputs
    assert (inputs["cpu"], inputs["memory"]) == ("2048", "5120")
