"""What `ops render` prints is what is deployed, for every type of integration."""

import json
import subprocess
from typing import Any

from tests.checkout import Checkout

STACK = ("--stack", "showcase")


def test_what_is_rendered_is_what_is_deployed(checkout: Checkout) -> None:
    checkout.sandbox(*STACK, "up")
    checkout.sandbox(*STACK, "pulumi", "--", "preview", "--expect-no-changes")
    outputs = checkout.outputs("showcase")["integrations"]
    described = rendered(checkout)
    assert {one["integration"] for one in described} == set(outputs)
    for one in described:
        key = one["integration"]
        task = definition(checkout, f"snyk-broker_showcase_{key}")
        [container] = task["containerDefinitions"]
        arn = outputs[key]["secretArn"]
        assert {pair["name"]: pair["value"] for pair in container["environment"]} == one["environment"]
        assert {pair["name"]: pair["valueFrom"] for pair in container["secrets"]} == {
            name: f"{arn}:{name}::" for name in one["secrets"]
        }
        for name, text in one["secrets"].items():
            secret, _, rest = text.partition(":")
            assert arn.rpartition(":secret:")[2][: -len("-xxxxxx")] == secret
            assert rest == f"{name}::"
        assert (container["image"], container["user"]) == (one["image"], one["user"])
        assert container["healthCheck"] == one["healthCheck"]
        assert (task["cpu"], task["memory"]) == (str(one["cpu"]), str(one["memory"]))
        assert container["portMappings"][0]["containerPort"] == one["port"]
        assert (container["stopTimeout"], container.get("command")) == (one["stopTimeout"], one["command"])
        assert container["readonlyRootFilesystem"] == one["readonlyRootFilesystem"]
        assert service(checkout, outputs[key]["serviceArn"])["desiredCount"] == one["replicas"]
        assert {entry["port"] for entry in one["egress"]} <= open_ports(checkout, outputs[key]["securityGroupId"])


def rendered(checkout: Checkout) -> list[dict[str, Any]]:
    command = [".venv/bin/python", "-m", "ops", "render", "showcase", "--json"]
    return json.loads(subprocess.run(command, cwd=checkout.root, capture_output=True, check=True).stdout)


def service(checkout: Checkout, arn: str) -> dict[str, Any]:
    cluster = arn.split("/")[1]
    [described] = checkout.aws("ecs").describe_services(cluster=cluster, services=[arn])["services"]
    return described


def open_ports(checkout: Checkout, group: str) -> set[int]:
    rules = checkout.aws("ec2").describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
    return {rule["FromPort"] for rule in rules["SecurityGroupRules"] if rule["IsEgress"]}


def definition(checkout: Checkout, family: str) -> dict[str, Any]:
    return checkout.aws("ecs").describe_task_definition(taskDefinition=family)["taskDefinition"]
