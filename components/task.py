"""A task that is kept running: its definition, its service and what both need."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from broker.rollout import Rollout
from broker.task import Task
from components.args import NO_DEMANDS, PlacementArgs, RolesArgs, RuleArgs, SecretArgs
from components.roles import TaskRoles, TaskRolesArgs
from components.running import running
from components.security_group import TaskSecurityGroup, TaskSecurityGroupArgs
from ecs.definition import Bindings, container_definitions, task_properties
from ecs.names import Names


@dataclass(frozen=True, kw_only=True)
class BrokerTaskArgs:
    """What runs, how often, and where."""

    task: Task
    names: Names
    placement: PlacementArgs
    replicas: int
    rollout: Rollout
    roles: RolesArgs = NO_DEMANDS  # the prefix of their names is the names'
    secret: SecretArgs  # a JSON object; its keys are the names of the containers' secret variables
    pull_credentials: Mapping[str, SecretArgs] = field(default_factory=dict[str, SecretArgs])  # by container
    permissions: pulumi.Input[str] | None = None  # JSON of a policy: what the containers need of AWS, if anything
    outbound: Sequence[RuleArgs] = ()
    inbound: Sequence[RuleArgs] = ()
    log_retention_days: int = 30
    tags: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])


class BrokerTask(pulumi.ComponentResource):
    """An ECS service with log group, roles and security group of its own."""

    service_arn: pulumi.Output[str]
    service_name: pulumi.Output[str]
    task_definition_arn: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    log_group_name: pulumi.Output[str]
    execution_role_arn: pulumi.Output[str]

    def __init__(self, name: str, args: BrokerTaskArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("snyk-broker:index:BrokerTask", name, None, opts)
        below = pulumi.ResourceOptions(parent=self)
        logs = aws.cloudwatch.LogGroup(
            args.names.component, retention_in_days=args.log_retention_days, tags=args.tags, opts=below
        )
        roles = TaskRoles(
            name,
            TaskRolesArgs(
                names=args.names,
                roles=args.roles,
                account=args.placement.account,
                log_group_arn=logs.arn,
                secrets=[args.secret, *args.pull_credentials.values()],
                images=[container.image for container in args.task.containers],
                permissions=args.permissions,
                tags=args.tags,
            ),
            opts=below,
        )
        group = TaskSecurityGroup(
            name,
            TaskSecurityGroupArgs(
                names=args.names,
                vpc_id=args.placement.vpc_id,
                outbound=args.outbound,
                inbound=args.inbound,
                tags=args.tags,
            ),
            opts=below,
        )
        definition = _definition(args, roles, logs, below)
        service = _service(args, definition, group, [logs, *roles.policies, *group.rules], self)
        self.service_arn = running(service, definition, self)
        self.service_name = service.name
        self.task_definition_arn = definition.arn
        self.security_group_id = group.id
        self.log_group_name = logs.name
        self.execution_role_arn = roles.execution_role_arn
        self.register_outputs(
            {
                "serviceArn": self.service_arn,
                "serviceName": self.service_name,
                "taskDefinitionArn": self.task_definition_arn,
                "securityGroupId": self.security_group_id,
                "logGroupName": self.log_group_name,
                "executionRoleArn": self.execution_role_arn,
            }
        )


def _definition(
    args: BrokerTaskArgs, roles: TaskRoles, logs: aws.cloudwatch.LogGroup, opts: pulumi.ResourceOptions
) -> aws.ecs.TaskDefinition:
    task = task_properties(args.task, args.placement.capacity.compute, args.names.family)
    containers = pulumi.Output.all(
        secret=args.secret.arn,
        region=args.placement.account.region,
        log_group=logs.name,
        pull_credentials={container: secret.arn for container, secret in args.pull_credentials.items()},
    ).apply(
        lambda found: json.dumps(container_definitions(args.task, Bindings(log_prefix=args.names.log_prefix, **found)))
    )
    return aws.ecs.TaskDefinition(
        args.names.component,
        family=task["family"],
        requires_compatibilities=task["requiresCompatibilities"],
        network_mode=task["networkMode"],
        runtime_platform={
            "cpu_architecture": task["runtimePlatform"]["cpuArchitecture"],
            "operating_system_family": task["runtimePlatform"]["operatingSystemFamily"],
        },
        cpu=task["cpu"],
        memory=task["memory"],
        ephemeral_storage={"size_in_gib": args.task.disk} if args.task.disk else None,
        execution_role_arn=roles.execution_role_arn,
        task_role_arn=roles.task_role_arn,
        container_definitions=containers,
        # A revision that was replaced may be the one that runs, after a rollback; ECS deploys no deregistered one.
        skip_destroy=True,
        tags=args.tags,
        opts=opts,
    )


def _service(
    args: BrokerTaskArgs,
    definition: aws.ecs.TaskDefinition,
    group: TaskSecurityGroup,
    needs: Sequence[pulumi.Resource],
    parent: pulumi.Resource,
) -> aws.ecs.Service:
    return aws.ecs.Service(
        args.names.component,
        name=args.names.service,
        cluster=args.placement.cluster_arn,
        task_definition=definition.arn,
        desired_count=args.replicas,
        # Never a launch type: changing that replaces the service. A change of this list takes force_new_deployment,
        # which is not set otherwise: every change would restart the clients, even that of their number.
        capacity_provider_strategies=[{"capacity_provider": args.placement.capacity.provider, "weight": 1}],
        deployment_minimum_healthy_percent=args.rollout.minimum_percent,
        deployment_maximum_percent=args.rollout.maximum_percent,
        deployment_circuit_breaker={"enable": True, "rollback": True},
        # It starts tasks beyond the replicas, and so clients beyond Snyk's limit.
        availability_zone_rebalancing="DISABLED",
        network_configuration={
            "subnets": args.placement.subnet_ids,
            "security_groups": [group.id],
            "assign_public_ip": False,
        },
        enable_execute_command=False,
        enable_ecs_managed_tags=True,
        propagate_tags="SERVICE",
        # A green update means running clients.
        wait_for_steady_state=True,
        sigint_rollback=True,
        tags=args.tags,
        opts=pulumi.ResourceOptions(
            parent=parent,
            depends_on=[*needs, *args.placement.ready],
            # The circuit breaker gives up after three clients, each of them unhealthy after ten minutes at the latest.
            custom_timeouts=pulumi.CustomTimeouts(create="45m", update="45m"),
        ),
    )
