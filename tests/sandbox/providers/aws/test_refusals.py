"""What is refused before anything is touched."""

from typing import Any

import pytest

from sandbox.providers.aws.provider import AwsProvider
from sandbox.providers.base.wire import UNKNOWN, Properties
from tests.sandbox.providers.aws.cases import REGION, TRUST, World, containers, service, task_definition
from tests.sandbox.providers.driver import Driver, RefusalError


@pytest.mark.parametrize(
    ("token", "inputs", "property_", "words"),
    [
        (
            "aws:ec2/vpc:Vpc",
            {"cidrBlock": "10.0.0.0/16", "ipv4IpamPoolId": "x"},
            "ipv4IpamPoolId",
            "not supported by the sandbox: add it to sandbox/providers/aws/types/vpc.py",
        ),
        ("aws:ec2/vpc:Vpc", {"cidrBlok": "x"}, "cidrBlok", "there is no such property"),
        ("aws:ec2/vpc:Vpc", {}, "cidrBlock", "Missing required property"),
        ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16", "instanceTenancy": "shared"}, "instanceTenancy", "enum value"),
        ("aws:iam/role:Role", {"assumeRolePolicy": TRUST, "name": "a b"}, "name", "regular expression pattern"),
        ("aws:iam/role:Role", {"assumeRolePolicy": TRUST, "name": "a" * 65}, "name", "less than or equal to 64"),
        (
            "aws:iam/role:Role",
            {"assumeRolePolicy": TRUST, "maxSessionDuration": 60},
            "maxSessionDuration",
            "greater than or equal to 3600",
        ),
        ("aws:iam/role:Role", {"assumeRolePolicy": TRUST, "tags": {"a": "b!"}}, "tags", "regular expression pattern"),
        (
            "aws:cloudwatch/logGroup:LogGroup",
            {"name": "a b"},
            "name",
            "Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression",
        ),
        ("aws:ecs/cluster:Cluster", {"settings": [{"name": "nope", "value": "x"}]}, "settings", "enum value set"),
        ("aws:ecs/cluster:Cluster", {"settings": [{"nmae": "x"}]}, "settings", "settings[0].nmae: there is no such"),
    ],
)
def test_bad_arguments(token: str, inputs: Properties, property_: str, words: str, aws: Driver) -> None:
    _, failures = aws.check(token, inputs)
    assert words in failures[property_]


def test_each_container_is_checked_against_the_model(aws: Driver, world: World) -> None:
    wrong: dict[str, Any] = {
        "portMappings": [{"containerPort": "many"}],
        "logConfiguration": {"logDriver": "carrier-pigeon"},
        "imagePullPolicy": "Always",
        "environment": [{"name": 1}],
    }
    inputs = {**task_definition(world, "wrong"), "containerDefinitions": containers(**wrong)}
    _, failures = aws.check("aws:ecs/taskDefinition:TaskDefinition", inputs)
    for words in (
        "containerDefinitions.1.member.portMappings.1.member.containerPort",
        "'carrier-pigeon' at 'containerDefinitions.1.member.logConfiguration.logDriver'",
        'Unknown parameter in input: "containerDefinitions.1.member.imagePullPolicy"',
        "containerDefinitions.1.member.environment.1.member.name",
    ):
        assert words in failures["containerDefinitions"]


def test_a_nested_property_that_is_not_mapped(aws: Driver, world: World) -> None:
    inputs = {**task_definition(world, "wrong"), "volumes": [{"name": "x", "hostPath": "/x"}]}
    _, failures = aws.check("aws:ecs/taskDefinition:TaskDefinition", inputs)
    assert "volumes.hostPath is not supported by the sandbox" in failures["volumes"]


def test_what_is_unknown_is_checked_at_the_create(aws: Driver, world: World, clients: Any) -> None:
    token = "aws:ecs/taskDefinition:TaskDefinition"
    inputs = task_definition(world, "late")
    aws.checked(token, {**inputs, "memory": UNKNOWN, "containerDefinitions": UNKNOWN})
    made_too_late = {**inputs, "memory": "4096"}
    _, failures = aws.check(token, made_too_late)
    assert set(failures) == {"memory"}
    with pytest.raises(RefusalError, match=r"memory: No Fargate configuration exists.*256 CPU, 4096 memory") as refusal:
        aws.create_unchecked(token, made_too_late)
    assert refusal.value.partial is None
    assert clients("ecs").list_task_definitions(familyPrefix="late")["taskDefinitionArns"] == []


def test_a_type_without_a_table(aws: Driver) -> None:
    with pytest.raises(RefusalError, match=r"add a table to .*types/sqs\.py, .*scaffold table aws:sqs/queue:Queue"):
        aws.check("aws:sqs/queue:Queue", {})


def test_a_function_that_is_not_supported(aws: Driver) -> None:
    with pytest.raises(RefusalError, match=r"getAmi.*add it to sandbox/providers/aws/functions\.py"):
        aws.invoke("aws:ec2/getAmi:getAmi")
    with pytest.raises(RefusalError, match="endpoint is not supported"):
        aws.invoke("aws:index/getRegion:getRegion", {"endpoint": "x"})


def test_another_strategy_needs_a_new_deployment(aws: Driver, world: World) -> None:
    inputs = {"name": "fixed", **service(world), "forceNewDeployment": False}
    made = aws.create("aws:ecs/service:Service", inputs)
    other = {**inputs, "capacityProviderStrategies": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]}
    with pytest.raises(RefusalError, match="forceNewDeployment must be true"):
        aws.diff(made, other)
    assert list(aws.diff(made, {**other, "forceNewDeployment": True}).replaces) == []
    aws.delete(made)


@pytest.mark.parametrize(
    "address",
    ["", "https://127.0.0.1:5000", "http://ec2.eu-central-1.amazonaws.com", "http://10.0.0.1:5000", "127.0.0.1:5000"],
)
def test_any_other_aws(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)
    with pytest.raises(RefusalError, match="AWS_ENDPOINT_URL must be an http address on the loopback interface"):
        Driver(AwsProvider(), {"region": REGION})


def test_no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    with pytest.raises(RefusalError, match="set aws:region"):
        Driver(AwsProvider())
