"""Real clients: what is right passes every check, and each broken deployment fails exactly the one that is for it."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import pytest
import yaml

from sandbox.rehearsal.isolation import can_isolate
from tests.checkout import Checkout

STACK = "rehearsal"
RIGHT = {
    "bitbucket": {"type": "bitbucket-server", "host": "bitbucket.acme.internal:7990", "username": "snyk"}
    | {
        "replicas": 1,
        "egress": [{"cidr": "10.30.7.0/24", "port": 7990}],
        "clientUrl": "http://bitbucket.acme.internal:8000",
    },
    "github": {"type": "github-com", "infrastructureAsCode": ["tf"], "replicas": 2},
    "nexus": {"type": "nexus", "host": "nexus.acme.internal", "replicas": 1},
}
GITHUB = {"type": "github-com"}

# All but what takes long: memory is tried with one integration, an outage and a client that hangs are not.
QUICK = ("port", "request", "forbidden", "iac", "webhook", "health", "ha", "failover", "egress", "logs", "stop")

SKIPPED = {"bitbucket": ["ha", "failover"], "github": [], "nexus": ["iac", "webhook", "ha", "failover"]}

Definition = dict[str, Any]


class Sabotage(NamedTuple):
    """What is broken after an integration was deployed in order."""

    asked: Mapping[str, object]
    fails: str  # the check
    words: str  # in what is said of it
    definition: Callable[[Definition], object] | None = None  # changes the container definition
    secret: Mapping[str, str | None] | None = None  # other values of the secret's keys; None takes one out
    also: tuple[str, ...] = ()  # what fails for the same reason


def variable(name: str, value: str | None) -> Callable[[Definition], object]:
    def change(container: Definition) -> None:
        others = [pair for pair in container["environment"] if pair["name"] != name]
        container["environment"] = others + ([] if value is None else [{"name": name, "value": value}])

    return change


def another_port(container: Definition) -> None:
    container["portMappings"][0] |= {"containerPort": 8001, "hostPort": 8001}


def always_healthy(container: Definition) -> None:
    container["healthCheck"]["command"] = ["CMD", "node", "-e", "process.exit(0)"]


def no_init(container: Definition) -> None:
    container["linuxParameters"]["initProcessEnabled"] = False
    container["stopTimeout"] = 2


SABOTAGES = {
    "malformed-token": Sabotage(GITHUB, "start", "is not a Broker token", secret={"BROKER_TOKEN": "canary-no-uuid"}),
    "missing-key": Sabotage(GITHUB, "start", "did not contain json key GITHUB_TOKEN", secret={"GITHUB_TOKEN": None}),
    "iac-flag-lost": Sabotage(
        {**GITHUB, "infrastructureAsCode": False}, "iac", "can be read", variable("ACCEPT_IAC", None)
    ),
    "ha-flag-spelt-otherwise": Sabotage(
        {**GITHUB, "replicas": 2}, "ha", "no client asked the dispatcher", variable("BROKER_HA_MODE_ENABLED", "1")
    ),
    "scheme-in-host": Sabotage(
        {"type": "gitlab", "host": "gitlab.acme.internal"},
        "request",
        "GITLAB must be a host without https://",
        variable("GITLAB", "https://gitlab.acme.internal"),
    ),
    "egress-port-missing": Sabotage(
        {"type": "jira", "host": "jira.acme.internal"},
        "egress",
        "jira.acme.internal:8443",
        variable("JIRA_HOSTNAME", "jira.acme.internal:8443"),
    ),
    "another-container-port": Sabotage(GITHUB, "port", "nothing listens at the container's port 8001", another_port),
    "health-command-that-never-fails": Sabotage(GITHUB, "health", "while the tunnel is down", always_healthy),
    "client-as-process-1": Sabotage(GITHUB, "stop", "still running 2 s after SIGTERM", no_init),
    # The runtime writes the address that it cannot read into the log, with the password.
    "password-not-encoded": Sabotage(
        {"type": "nexus2", "host": "nexus.acme.internal"},
        "request",
        "does not arrive",
        also=("logs",),
        secret={"BASE_NEXUS_URL": "https://snyk:canary/pass#word@nexus.acme.internal"},
    ),
}


@pytest.fixture(scope="module")
def deployed(checkout: Checkout, rehearsable: Mapping[str, str]) -> Checkout:
    asked = {**RIGHT, **{name: {"replicas": 1, **sabotage.asked} for name, sabotage in SABOTAGES.items()}}
    config = {
        "aws:region": "eu-central-1",
        "snyk-broker:snyk": {"region": "SNYK-EU-01"},
        "snyk-broker:network": {"create": {"cidr": "10.44.0.0/16"}},
        "snyk-broker:integrations": asked,
    }
    (checkout.root / "stacks" / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump({"config": config}))
    checkout.sandbox("--stack", STACK, "up")
    outputs = checkout.outputs(STACK)
    for name, sabotage in SABOTAGES.items():
        integration = outputs["integrations"][name]
        if sabotage.secret:
            change_secret(checkout, integration["secretArn"], sabotage.secret)
        if sabotage.definition:
            change_definition(checkout, outputs["cluster"]["arn"], integration["serviceArn"], sabotage.definition)
    return checkout


def change_secret(checkout: Checkout, arn: str, changes: Mapping[str, str | None]) -> None:
    secrets = checkout.aws("secretsmanager")
    held = {**json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"]), **changes}
    kept = {key: value for key, value in held.items() if value is not None}
    secrets.put_secret_value(SecretId=arn, SecretString=json.dumps(kept))


def change_definition(checkout: Checkout, cluster: str, service: str, change: Callable[[Definition], object]) -> None:
    """Deploys a changed task definition past Pulumi, as somebody with a console would."""
    ecs = checkout.aws("ecs")
    [described] = ecs.describe_services(cluster=cluster, services=[service])["services"]
    task = ecs.describe_task_definition(taskDefinition=described["taskDefinition"])["taskDefinition"]
    change(task["containerDefinitions"][0])
    kept = ("family", "containerDefinitions", "cpu", "memory", "networkMode", "requiresCompatibilities")
    changed = ecs.register_task_definition(**{key: task[key] for key in kept})["taskDefinition"]
    ecs.update_service(cluster=cluster, service=service, taskDefinition=changed["taskDefinitionArn"])


def rehearsed(
    checkout: Checkout, environment: Mapping[str, str], *arguments: str, code: int
) -> dict[str, dict[str, tuple[str, str]]]:
    """Result and detail of each check of each integration."""
    done = checkout.sandbox("--stack", STACK, "rehearse", "--json", *arguments, code=code, **environment)
    return {
        integration["name"]: {check["check"]: (check["result"], check["detail"]) for check in integration["checks"]}
        for integration in json.loads(done.stdout)["integrations"]
    }


def test_what_is_right_passes_every_check(deployed: Checkout, rehearsable: Mapping[str, str]) -> None:
    chosen = arguments("--integration", RIGHT)
    found = rehearsed(deployed, rehearsable, *chosen, *arguments("--check", QUICK), code=0)
    loaded = rehearsed(deployed, rehearsable, "--integration", "nexus", "--check", "memory", code=0)
    assert set(found) == set(RIGHT)
    for name, checks in found.items():
        left = [check for check, (result, _) in checks.items() if result == "skip" and check in QUICK]
        assert left == SKIPPED[name]
    assert found["github"]["iac"][1] == "tf can be read; yaml, yml, json, tpl cannot"
    assert "with the secret's credential" in found["nexus"]["request"][1]
    assert "bitbucket.acme.internal:7990" in found["bitbucket"]["egress"][1]
    result, detail = loaded["nexus"]["memory"]
    assert (result, "peak of" in detail) == ("pass", True)


def arguments(option: str, values: Iterable[str]) -> list[str]:
    return [argument for value in values for argument in (option, value)]


@pytest.fixture(scope="module")
def sabotaged(deployed: Checkout, rehearsable: Mapping[str, str]) -> dict[str, dict[str, tuple[str, str]]]:
    chosen = arguments("--integration", SABOTAGES)
    return rehearsed(deployed, rehearsable, *chosen, *arguments("--check", QUICK), code=1)


@pytest.mark.parametrize("name", SABOTAGES)
def test_a_broken_deployment_fails_exactly_the_check_that_is_for_it(
    name: str, sabotaged: dict[str, dict[str, tuple[str, str]]]
) -> None:
    checks, sabotage = sabotaged[name], SABOTAGES[name]
    if sabotage.fails in ("port", "stop") and not can_isolate():
        pytest.skip("this machine lets us make no namespaces, so the check is skipped")
    assert [check for check, (result, _) in checks.items() if result == "fail"] == [sabotage.fails, *sabotage.also]
    assert sabotage.words in checks[sabotage.fails][1]
    others = {result for check, (result, _) in checks.items() if check != sabotage.fails}
    assert others == {"skip"} if sabotage.fails == "start" else "pass" in others


def test_no_message_repeats_a_credential(sabotaged: dict[str, dict[str, tuple[str, str]]]) -> None:
    assert "canary" not in json.dumps(sabotaged)
