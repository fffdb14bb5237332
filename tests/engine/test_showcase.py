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
        assert all(text.endswith(f":{name}::") for name, text in one["secrets"].items())
        assert (container["image"], container["user"]) == (one["image"], one["user"])
        assert container["healthCheck"] == one["healthCheck"]
        assert (task["cpu"], task["memory"]) == (str(one["cpu"]), str(one["memory"]))
        assert container["portMappings"][0]["containerPort"] == one["port"]


def rendered(checkout: Checkout) -> list[dict[str, Any]]:
    command = [".venv/bin/python", "-m", "ops", "render", "showcase", "--json"]
    return json.loads(subprocess.run(command, cwd=checkout.root, capture_output=True, check=True).stdout)


def definition(checkout: Checkout, family: str) -> dict[str, Any]:
    return checkout.aws("ecs").describe_task_definition(taskDefinition=family)["taskDefinition"]
