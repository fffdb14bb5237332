from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.providers.aws.models import input_shape, operation
from sandbox.providers.aws.shapes import UnmappedError, from_aws, member, properties, to_aws
from sandbox.providers.aws.validate import violations
from sandbox.providers.base.types import ListOf, MapOf, ObjectOf, Scalar


@pytest.mark.parametrize(
    ("name", "named", "found"),
    [
        ("cidrBlock", None, "CidrBlock"),
        ("enableEcsManagedTags", None, "enableECSManagedTags"),
        ("capacityProviderStrategies", None, "capacityProviderStrategy"),
        ("subnets", None, "Subnet"),
        ("vpcId", None, "VpcIds"),
        ("name", "RoleName", "RoleName"),
        ("policy", ("Missing", "PolicyDocument"), "PolicyDocument"),
        ("role", "-", None),
        ("colour", None, None),
    ],
)
def test_names(name: str, named: Any, found: str | None) -> None:
    members = ["CidrBlock", "enableECSManagedTags", "capacityProviderStrategy", "RoleName", "PolicyDocument"]
    assert member(name, [*members, "Subnet", "VpcIds", "Role"], named) == found


def test_values_to_aws() -> None:
    shape = input_shape("ecs", "CreateService")
    value = {
        "desiredCount": 2,
        "capacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1}],
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["a"], "assignPublicIp": True}},
        "tags": {"a": "b"},
    }
    assert to_aws(shape, value, {}) == {
        "desiredCount": 2,
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["a"], "assignPublicIp": "ENABLED"}},
        "tags": [{"key": "a", "value": "b"}],
    }
    attribute = input_shape("ec2", "ModifyVpcAttribute").members["EnableDnsSupport"]
    assert to_aws(attribute, value=False, names={}) == {"Value": False}
    transformations = input_shape("logs", "PutMetricFilter").members["metricTransformations"]
    assert to_aws(transformations, {"metricName": "a"}, {}) == [{"metricName": "a"}]
    containers = input_shape("ecs", "RegisterTaskDefinition").members["containerDefinitions"]
    assert to_aws(containers, '[{"name": "a"}]', {}) == [{"name": "a"}]


def test_what_aws_has_no_name_for_is_not_dropped() -> None:
    with pytest.raises(UnmappedError, match=r"service\.networkConfiguration\.vpc"):
        to_aws(input_shape("ecs", "CreateService"), {"networkConfiguration": {"vpc": "x"}}, {}, "service")


def test_values_from_aws() -> None:
    types = {
        "loadBalancers": ListOf(ObjectOf({"elbName": Scalar("str"), "containerPort": Scalar("int")})),
        "createDate": Scalar("str"),
        "policy": Scalar("str"),
        "enabled": Scalar("bool"),
        "runtimePlatform": ObjectOf({"cpuArchitecture": Scalar("str")}),
        "labels": MapOf(Scalar("str")),
        "missing": Scalar("str"),
    }
    body = {
        "LoadBalancers": [{"LoadBalancerName": "a", "ContainerPort": 80}],
        "CreateDate": datetime(2026, 1, 2, tzinfo=UTC),
        "PolicyDocument": {"b": 1, "a": 2},
        "Enabled": {"Value": True},
        "RuntimePlatform": [{"CpuArchitecture": "X86_64"}],
        "Labels": [{"Key": "a", "Value": "b"}],
        "Other": 1,
    }
    names = {"loadBalancers.elbName": "LoadBalancerName", "policy": "PolicyDocument"}
    assert properties(types, body, names) == {
        "loadBalancers": [{"elbName": "a", "containerPort": 80}],
        "createDate": "2026-01-02T00:00:00+00:00",
        "policy": '{"a": 2, "b": 1}',
        "enabled": True,
        "runtimePlatform": {"cpuArchitecture": "X86_64"},
        "labels": {"a": "b"},
    }
    assert from_aws(ObjectOf({}), [], {}) is None


def found(service: str, name: str, value: dict[str, Any], *, complete: bool = True) -> list[str]:
    return [str(violation) for violation in violations(input_shape(service, name), value, complete=complete)]


def test_models_say_what_is_wrong() -> None:
    assert found("iam", "CreateRole", {"RoleName": "a b" * 30, "MaxSessionDuration": 10**6}) == [
        "Value null at 'assumeRolePolicyDocument' failed to satisfy constraint: Member must not be null",
        (
            f"Value '{'a b' * 30}' at 'roleName' failed to satisfy constraint: Member must have length less than or"
            " equal to 64"
        ),
        (
            f"Value '{'a b' * 30}' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression"
            " pattern: [\\w+=,.@-]+"
        ),
        (
            "Value '1000000' at 'maxSessionDuration' failed to satisfy constraint: Member must have value less than or"
            " equal to 43200"
        ),
    ]
    assert found("iam", "CreateRole", {"RoleName": "a"}, complete=False) == []
    assert found("ecs", "CreateCluster", {"settings": [{"name": "x"}], "nonsense": 1}) == [
        (
            "Value 'x' at 'settings.1.member.name' failed to satisfy constraint: Member must satisfy enum value set:"
            " [containerInsights]"
        ),
        'Unknown parameter in input: "nonsense", must be one of: '
        + ", ".join(input_shape("ecs", "CreateCluster").members),
    ]
    assert found("ecs", "CreateService", {"serviceName": "a", "desiredCount": True}) == [
        "Invalid type for parameter desiredCount, value: True, valid type: integer"
    ]
    tags = {"logGroupName": "a", "tags": {"k" * 129: "v"}}
    assert "at 'tags." in found("logs", "CreateLogGroup", tags)[0]


def test_every_pattern_of_the_services_is_understood_or_left_alone() -> None:
    assert found("iam", "TagRole", {"RoleName": "a", "Tags": [{"Key": "ключ", "Value": "значение 1"}]}) == []
    assert found("iam", "TagRole", {"RoleName": "a", "Tags": [{"Key": "a#", "Value": ""}]}) != []
    assert operation("ecs", "CreateCluster").name == "CreateCluster"
