"""What others rely on: the outputs, the components' type tokens, and that no secret value is in either."""

import importlib
import json
import pkgutil
import re
from typing import Any

import pulumi
import pytest

import components
from tests.components.recording import SECRET, Aws, Recorded, built, secret_arn
from tests.stack_files import ROOT

URL = "http://broker.acme.internal:8000"
OUTPUTS: dict[str, Any] = {
    "contract": 1,
    "region": "eu-central-1",
    "network": {
        "vpcId": "snyk-broker-network-id",
        "privateSubnetIds": [f"snyk-broker-network-private-eu-central-1{zone}-id" for zone in "ab"],
        "publicSubnetIds": [f"snyk-broker-network-public-eu-central-1{zone}-id" for zone in "ab"],
        "privateRouteTableIds": [f"snyk-broker-network-private-eu-central-1{zone}-id" for zone in "ab"],
        "natPublicIps": [f"address of snyk-broker-network-eu-central-1{zone}" for zone in "ab"],
    },
    "cluster": {"name": "snyk-broker-0a1b2c3", "arn": "arn:aws:ecs:eu-central-1:123456789012:snyk-broker"},
    "integrations": {
        "github": {
            "type": "github-com",
            "compute": "fargate",
            "replicas": 2,
            "serviceName": "github",
            "serviceArn": "arn:aws:ecs:eu-central-1:123456789012:snyk-broker-github",
            "securityGroupId": "snyk-broker-github-id",
            "port": 8000,
            "clientUrl": URL,
            "secretArn": secret_arn(),
            "logGroupName": "snyk-broker-github-0a1b2c3",
        }
    },
}
TOKENS = {
    "BrokerDeployment": "snyk-broker:index:BrokerDeployment",
    "Network": "snyk-broker:index:Network",
    "BrokerIntegration": "snyk-broker:index:BrokerIntegration",
    "BrokerTask": "snyk-broker:index:BrokerTask",
    "TaskRoles": "snyk-broker:index:TaskRoles",
    "TaskSecurityGroup": "snyk-broker:index:TaskSecurityGroup",
}
CANARY = "canary-ghp-0123456789"


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    github = {"type": "github-com", "clientUrl": URL, "inbound": [{"cidr": "10.20.0.0/16"}]}
    # The provider's answer to a lookup holds no value; if it ever did, the value must go no further.
    values = {"secretString": json.dumps({"GITHUB_TOKEN": CANARY}), "description": CANARY}
    return built({"integrations": {"github": github}}, aws=Aws(secrets={SECRET: values}))


def test_the_outputs_have_exactly_these_keys_and_values(recorded: Recorded) -> None:
    assert recorded.exports == OUTPUTS


def test_without_a_client_url_the_output_has_none() -> None:
    assert "clientUrl" not in built().exports["integrations"]["github"]


def test_the_documentation_names_exactly_these_keys() -> None:
    tables = (ROOT / "docs" / "outputs.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `([\w.]+)` \|", tables, re.MULTILINE)
    nested = [f"{top}.{key}" for top in ("network", "cluster") for key in OUTPUTS[top]]
    integration = OUTPUTS["integrations"]["github"]
    assert sorted(documented) == sorted(["contract", "region", "integrations", *nested, *integration])


def test_type_tokens_never_change(recorded: Recorded) -> None:
    assert {resource.type for resource in recorded.resources if not resource.request.custom} == set(TOKENS.values())


def test_every_component_is_in_the_table_of_type_tokens() -> None:
    modules = [
        importlib.import_module(f"components.{module.name}") for module in pkgutil.iter_modules(components.__path__)
    ]
    found = {
        class_.__name__
        for module in modules
        for class_ in vars(module).values()
        if isinstance(class_, type)
        and issubclass(class_, pulumi.ComponentResource)
        and class_.__module__ == module.__name__
    }
    assert found == TOKENS.keys()


def test_no_secret_value_is_registered_or_exported(recorded: Recorded) -> None:
    everything = repr([(resource.inputs, str(resource.request)) for resource in recorded.resources])
    assert secret_arn() in everything
    assert CANARY not in everything
    assert CANARY not in repr(recorded.exports)


def test_nothing_is_marked_as_secret_since_nothing_is_one(recorded: Recorded) -> None:
    assert not any(
        "4dabf18193072939515e22adb298388d" in str(resource.request.object) for resource in recorded.resources
    )
