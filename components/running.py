"""A green update means running tasks, also when the provider had nothing to update and so waited for nothing."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from ecs.deployed import Deployed, shortfall, trouble


def running(
    service: aws.ecs.Service, definition: aws.ecs.TaskDefinition, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """The service's ARN, once ECS says that it runs the definition.

    In an update, what is wrong raises RunError; in a preview it is a warning.
    """
    live = aws.ecs.get_service_output(
        cluster_arn=service.cluster,
        service_name=service.name,
        opts=pulumi.InvokeOutputOptions(parent=opts.parent, depends_on=[service]),
    )

    def check(found: Sequence[Any]) -> str:
        state: aws.ecs.GetServiceResult = found[0]
        deployed = Deployed(
            task_definition=state.task_definition,
            desired=state.desired_count,
            running=state.running_count,
            pending=state.pending_count,
        )
        wrong = trouble(deployed, registered=found[1])
        if wrong and not pulumi.runtime.is_dry_run():
            raise pulumi.RunError(_message(wrong, state))
        if remark := wrong or shortfall(deployed):
            pulumi.log.warn(_message(remark, state))
        return state.arn

    return pulumi.Output.all(live, definition.arn).apply(check)


def _message(what: str, state: aws.ecs.GetServiceResult) -> str:
    said = f" ECS says: {state.events[0].message}" if state.events else ""
    return (
        f"{state.service_name}: {what}.{said}\n"
        f"  To see why: python -m ops clients why {pulumi.get_stack()} {state.service_name}"
    )
