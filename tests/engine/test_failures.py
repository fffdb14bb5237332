"""Deployments that fail, on the real engine: what the next update says, and what runs in the end."""

import json
from typing import Any

from tests.checkout import Checkout

NOTHING_TO_GO_BACK_TO = "create: No rollback candidate was found to run the rollback."
WENT_BACK = "update: Service deployment rolled back because the circuit breaker threshold was exceeded."


def up(checkout: Checkout, *, code: int) -> str:
    ran = checkout.sandbox("up", code=code)
    said = " ".join((ran.stdout + ran.stderr).split())
    assert "Traceback" not in said
    return said


def ops(checkout: Checkout, *arguments: str, code: int = 0) -> str:
    ran = checkout.sandbox("ops", "--", *arguments, code=code)
    return ran.stdout + ran.stderr


def service(checkout: Checkout) -> dict[str, Any]:
    ecs = checkout.aws("ecs")
    [cluster] = ecs.list_clusters()["clusterArns"]
    [found] = ecs.describe_services(cluster=cluster, services=["github"])["services"]
    return found


def test_after_a_first_deployment_that_failed_no_update_is_green_without_clients(checkout: Checkout) -> None:
    checkout.sandbox("fail", "github", "create", "--cause", "image")
    assert NOTHING_TO_GO_BACK_TO in up(checkout, code=1)
    # The cause is mended, and nothing changes that Pulumi could send: the provider updates nothing and is content.
    said = up(checkout, code=1)
    assert "github: none of 2 tasks runs" in said
    assert "python -m ops clients why sandbox github" in said
    assert "none of 2 tasks runs" in checkout.sandbox("preview").stdout
    assert "CannotPullContainerError" in ops(checkout, "clients", "why", "sandbox", "github")
    assert service(checkout)["runningCount"] == 0
    ops(checkout, "clients", "roll", "sandbox", "github", "--wait")
    up(checkout, code=0)
    assert service(checkout)["runningCount"] == 2


def test_after_a_rollback_the_next_update_is_red_and_the_one_after_it_tries_again(checkout: Checkout) -> None:
    ecs, before = checkout.aws("ecs"), service(checkout)["taskDefinition"]
    checkout.sandbox("fail", "github", "update")
    version = ("config", "set", "--path", "snyk-broker:integrations.github.image.version", "5.22.13")
    checkout.sandbox("pulumi", "--", *version)
    assert WENT_BACK in up(checkout, code=1)
    said = up(checkout, code=1)
    assert "github: ECS went back to revision 1, since revision 2 did not come up" in said
    running = service(checkout)
    assert (running["taskDefinition"], running["runningCount"]) == (before, 2)
    assert ecs.describe_task_definition(taskDefinition=before)["taskDefinition"]["status"] == "ACTIVE"
    ops(checkout, "clients", "roll", "sandbox", "github", "--wait")
    up(checkout, code=0)
    assert service(checkout)["taskDefinition"] == f"{before.removesuffix('1')}2"
    status = json.loads(ops(checkout, "clients", "status", "sandbox", "--json"))
    assert "5.22.13" in json.dumps(status)
