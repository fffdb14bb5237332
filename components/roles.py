"""Who the tasks are."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.args import AccountArgs, SecretArgs
from ecs import policies
from ecs.names import Names
from ecs.policies import ReadableSecret


@dataclass(frozen=True, kw_only=True)
class TaskRolesArgs:
    names: Names
    account: AccountArgs
    log_group_arn: pulumi.Input[str]
    secrets: Sequence[SecretArgs]
    images: Sequence[str]
    permissions: pulumi.Input[str] | None  # JSON of a policy: what the containers themselves need of AWS
    tags: Mapping[str, pulumi.Input[str]]


class TaskRoles(pulumi.ComponentResource):
    """The role with which ECS prepares a task, and one for its containers only where they need something of AWS.

    Without it, whoever breaks into a container has no identity in AWS.
    """

    def __init__(self, name: str, args: TaskRolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("snyk-broker:index:TaskRoles", name, None, opts)
        below = pulumi.ResourceOptions(parent=self)
        names, account = args.names, args.account
        trust = pulumi.Output.all(account.partition, account.id, account.region).apply(
            lambda found: json.dumps(policies.trust(*found))
        )
        whose = f"{names.stack}/{names.service}"
        execution = aws.iam.Role(
            names.execution_role,
            description=f"Starts the Snyk Broker tasks of {whose}",
            assume_role_policy=trust,
            tags=args.tags,
            opts=below,
        )
        secrets = [pulumi.Output.all(secret.arn, secret.kms_key_arn) for secret in args.secrets]
        policy = pulumi.Output.all(account.partition, args.log_group_arn, pulumi.Output.all(*secrets)).apply(
            lambda found: json.dumps(
                policies.execution(found[0], found[1], [ReadableSecret(*secret) for secret in found[2]], args.images)
            )
        )
        self.policies: list[pulumi.Resource] = [
            aws.iam.RolePolicy(names.execution_role, role=execution.name, policy=policy, opts=below)
        ]
        self.execution_role_arn = execution.arn
        self.task_role_arn: pulumi.Output[str] | None = None
        if args.permissions is not None:
            task = aws.iam.Role(
                names.task_role,
                description=f"The Snyk Broker tasks of {whose}",
                assume_role_policy=trust,
                tags=args.tags,
                opts=below,
            )
            self.task_role_arn = task.arn
            self.policies.append(
                aws.iam.RolePolicy(names.task_role, role=task.name, policy=args.permissions, opts=below)
            )
        self.register_outputs({"executionRoleArn": self.execution_role_arn, "taskRoleArn": self.task_role_arn})
