"""What `ops render` prints is what is deployed, for every type of integration."""

import json
import subprocess
from typing import Any, cast

from tests.checkout import Checkout

STACK = ("--stack", "showcase")


def test_what_is_rendered_is_what_is_deployed(checkout: Checkout) -> None:
    checkout.sandbox(*STACK, "up")
    checkout.sandbox(*STACK, "pulumi", "--", "preview", "--expect-no-changes")
    outputs = checkout.outputs("showcase")["integrations"]
    described = rendered(checkout)
    assert {one["integration"] for one in described} == set(outputs)
    for one in described:
        output = outputs[one["integration"]]
        service = running(checkout, output["serviceArn"])
        assert one["service"].items() <= {**service, "deploymentConfiguration": bounds(service)}.items()
        # ECS knows the secret by its ARN and the log group by its name, which Pulumi chose.
        stated = json.dumps(one["taskDefinition"]).replace("known after up", output["logGroupName"])
        secret = output["secretArn"].rpartition(":secret:")[2][: -len("-xxxxxx")]
        expected = json.loads(stated.replace(f'"{secret}:', f'"{output["secretArn"]}:'))
        assert within(definition(checkout, service["taskDefinition"]), expected) == expected
        assert {entry["port"] for entry in one["egress"]} <= open_ports(checkout, output["securityGroupId"])


def within(actual: Any, expected: Any) -> Any:
    """The part of what is there that was asked for: ECS adds defaults, and keeps no order of variables."""
    if isinstance(expected, dict):
        wanted = cast("dict[str, Any]", expected)
        return {key: within(actual.get(key), wanted[key]) for key in wanted}
    if isinstance(expected, list) and all(isinstance(one, dict) for one in cast("list[Any]", expected)):
        ordered = sorted(actual, key=lambda item: item.get("name", ""))
        return [within(one, other) for one, other in zip(ordered, cast("list[Any]", expected), strict=True)]
    return actual


def bounds(service: dict[str, Any]) -> dict[str, int]:
    return {key: service["deploymentConfiguration"][key] for key in ("minimumHealthyPercent", "maximumPercent")}


def rendered(checkout: Checkout) -> list[dict[str, Any]]:
    command = [".venv/bin/python", "-m", "ops", "render", "showcase", "--json"]
    return json.loads(subprocess.run(command, cwd=checkout.root, capture_output=True, check=True).stdout)


def running(checkout: Checkout, arn: str) -> dict[str, Any]:
    cluster = arn.split("/")[1]
    [described] = checkout.aws("ecs").describe_services(cluster=cluster, services=[arn])["services"]
    return described


def open_ports(checkout: Checkout, group: str) -> set[int]:
    rules = checkout.aws("ec2").describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
    return {rule["FromPort"] for rule in rules["SecurityGroupRules"] if rule["IsEgress"]}


def definition(checkout: Checkout, arn: str) -> dict[str, Any]:
    return checkout.aws("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
