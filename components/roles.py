"""Who the tasks are."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.args import AccountArgs, RolesArgs, SecretArgs
from ecs import policies
from ecs.names import Names
from ecs.policies import ReadableSecret


@dataclass(frozen=True, kw_only=True)
class TaskRolesArgs:
    names: Names
    roles: RolesArgs
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
        names, account = args.names, args.account
        self._args = args
        self._trust = pulumi.Output.all(account.partition, account.id, account.region).apply(
            lambda found: json.dumps(policies.trust(*found))
        )
        self.policies: list[pulumi.Resource] = []
        secrets = [pulumi.Output.all(secret.arn, secret.kms_key_arn) for secret in args.secrets]
        policy = pulumi.Output.all(args.log_group_arn, pulumi.Output.all(*secrets)).apply(
            lambda found: json.dumps(
                policies.execution(found[0], [ReadableSecret(*secret) for secret in found[1]], args.images)
            )
        )
        whose = f"Snyk Broker tasks of {names.stack}/{names.service}"
        self.execution_role_arn = self._role(names.execution_role, f"Starts the {whose}", policy)
        self.task_role_arn = (
            None if args.permissions is None else self._role(names.task_role, f"The {whose}", args.permissions)
        )
        self.register_outputs({"executionRoleArn": self.execution_role_arn, "taskRoleArn": self.task_role_arn})

    def _role(self, name: str, description: str, policy: pulumi.Input[str]) -> pulumi.Output[str]:
        """The ARN of a role that may do what the policy says, and nothing else."""
        below = pulumi.ResourceOptions(parent=self)
        asked = self._args.roles
        role = aws.iam.Role(
            name,
            description=description,
            path=asked.path,
            permissions_boundary=asked.permissions_boundary,
            assume_role_policy=self._trust,
            tags=self._args.tags,
            opts=below,
        )
        self.policies.append(aws.iam.RolePolicy(name, role=role.name, policy=policy, opts=below))
        return role.arn
