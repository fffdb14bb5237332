"""What a user's own file sets, as Pulumi hands a resource to it and takes it back."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components import Made, Transform
from program import transforms
from tests.components.recording import built
from tests.stack_files import ROOT

BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
DOCUMENT = (ROOT / "docs" / "transforms.md").read_text(encoding="utf-8")


def set_boundary(made: Made, role: aws.iam.RoleArgs) -> None:
    role.permissions_boundary = BOUNDARY


def transformed(transform: Transform, type_: str, props: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The inputs afterwards; None when the transform leaves the resource alone."""

    async def run() -> Mapping[str, Any] | None:
        args = pulumi.ResourceTransformArgs(True, type_, "it", dict(props), pulumi.ResourceOptions())
        result = await transform(args)
        return result.props if result else None

    return asyncio.run(run())


def test_what_is_set_is_added_and_the_rest_stays() -> None:
    found = transformed(Transform(aws.iam.Role, set_boundary), "aws:iam/role:Role", {"description": "d"})
    assert found == {"description": "d", "permissionsBoundary": BOUNDARY}


def test_a_resource_of_another_class_is_left_alone() -> None:
    transform = Transform(aws.iam.Role, set_boundary)
    assert transformed(transform, "aws:iam/rolePolicy:RolePolicy", {"policy": "{}"}) is None


def test_nested_values_reach_aws_in_its_provider_s_names() -> None:
    def change(made: Made, service: aws.ecs.ServiceArgs) -> None:
        service.deployment_circuit_breaker = aws.ecs.ServiceDeploymentCircuitBreakerArgs(enable=True, rollback=False)
        service.network_configuration = aws.ecs.ServiceNetworkConfigurationArgs(subnets=made.inputs["subnets"])

    found = transformed(Transform(aws.ecs.Service, change), "aws:ecs/service:Service", {"subnets": ["s"]})
    assert found == {
        "subnets": ["s"],
        "deploymentCircuitBreaker": {"enable": True, "rollback": False},
        "networkConfiguration": {"subnets": ["s"]},
    }


def test_a_name_that_the_class_does_not_have_is_refused_with_the_nearest() -> None:
    def change(made: Made, role: Any) -> None:
        role.permission_boundary = BOUNDARY

    with pytest.raises(pulumi.RunError, match="RoleArgs has no permission_boundary; did you mean permissions_boundary"):
        transformed(Transform(aws.iam.Role, change), "aws:iam/role:Role", {})


def test_a_name_that_is_like_none_is_refused_too() -> None:
    def change(made: Made, role: Any) -> None:
        role.xyz = BOUNDARY

    with pytest.raises(pulumi.RunError, match=r"RoleArgs has no xyz$"):
        transformed(Transform(aws.iam.Role, change), "aws:iam/role:Role", {})


def test_the_options_of_the_resource_stay() -> None:
    options = pulumi.ResourceOptions(protect=True)
    args = pulumi.ResourceTransformArgs(True, "aws:iam/role:Role", "it", {}, options)
    result = asyncio.run(Transform(aws.iam.Role, set_boundary)(args))
    assert result
    assert result.opts is options


def test_without_the_file_nothing_is_changed(tmp_path: Path) -> None:
    assert transforms(tmp_path) == ()


def test_the_documented_file_is_right(tmp_path: Path) -> None:
    [code] = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    (tmp_path / "transforms.py").write_text(code)
    role, logs = transforms(tmp_path)
    assert transformed(role, "aws:iam/role:Role", {}) == {"forceDetachPolicies": True}
    assert transformed(logs, "aws:cloudwatch/logGroup:LogGroup", {}) == {"skipDestroy": False}


@pytest.mark.parametrize("content", ["", "TRANSFORMS = [print]", "TRANSFORMS = None"])
def test_a_file_without_a_list_of_transforms_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "transforms.py").write_text(content)
    with pytest.raises(pulumi.RunError, match=r"must have a list TRANSFORMS of Transform"):
        transforms(tmp_path)


def test_every_class_of_resource_is_documented() -> None:
    network = {"github": {"type": "github-com", "inbound": [{"cidr": "10.20.0.0/16"}]}}
    made = {one.type for one in built({"integrations": network}).resources if one.request.custom}
    documented = re.findall(r"`aws\.(\w+)\.(\w+)`", DOCUMENT)
    assert {f"aws:{module}/{name[0].lower()}{name[1:]}:{name}" for module, name in documented} == made
