"""A green update means running tasks, also when the provider had nothing to update and so waited for nothing."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi.runtime import invoke_async

from ecs.deployed import Deployed, shortfall, trouble

_VERSION = version("pulumi-aws")  # of the provider that the SDK's own resources ask for


def running(
    service: aws.ecs.Service, definition: aws.ecs.TaskDefinition, parent: pulumi.Resource
) -> pulumi.Output[str]:
    """The service's ARN, once ECS says that it runs the definition.

    In an update, what is wrong raises RunError. In a preview it is a warning, and nothing where ECS does not tell: a
    preview's role may do less.
    """

    async def check(found: Sequence[Any]) -> str:
        arn, cluster, name, registered = found
        try:
            state = await _service(cluster, name, parent)
        except Exception as error:  # noqa: BLE001 - the SDK raises nothing more exact
            if pulumi.runtime.is_dry_run():
                return arn
            raise pulumi.RunError(f"{name}: whether its tasks run cannot be looked up: {error}") from None
        deployed = Deployed(
            task_definition=state.task_definition,
            desired=state.desired_count,
            running=state.running_count,
            pending=state.pending_count,
        )
        wrong = trouble(deployed, registered)
        if wrong and not pulumi.runtime.is_dry_run():
            raise pulumi.RunError(_message(wrong, state))
        if remark := wrong or shortfall(deployed):
            pulumi.log.warn(_message(remark, state))
        return arn

    return pulumi.Output.all(service.arn, service.cluster, service.name, definition.arn).apply(check)


async def _service(cluster: str, name: str, parent: pulumi.Resource) -> aws.ecs.GetServiceResult:
    asked = {"clusterArn": cluster, "serviceName": name}
    opts = pulumi.InvokeOptions(parent=parent, version=_VERSION)
    return await invoke_async("aws:ecs/getService:getService", asked, opts, typ=aws.ecs.GetServiceResult)


def _message(what: str, state: aws.ecs.GetServiceResult) -> str:
    said = f" ECS says: {state.events[0].message}" if state.events else ""
    return (
        f"{state.service_name}: {what}.{said}\n"
        f"  To see why: python -m ops clients why {pulumi.get_stack()} {state.service_name}"
    )
