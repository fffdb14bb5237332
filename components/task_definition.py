"""The client's container in the words of ECS."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from broker.container import Container
from components.roles import ClientRoles
from components.site import Site


def task_definition(
    name: str,
    key: str,
    site: Site,
    container: Container,
    roles: ClientRoles,
    logs: aws.cloudwatch.LogGroup,
    opts: pulumi.ResourceOptions,
) -> aws.ecs.TaskDefinition:
    """A task of one client."""
    settings = site.settings
    return aws.ecs.TaskDefinition(
        name,
        # Neither a stack's name nor a key ends where the other begins: no key has an underscore.
        family=f"{settings.project}_{settings.stack}_{key}".replace(".", "-"),
        requires_compatibilities=["FARGATE"],
        network_mode="awsvpc",
        # Snyk builds its images for this architecture only.
        runtime_platform={"cpu_architecture": "X86_64", "operating_system_family": "LINUX"},
        cpu=str(container.cpu),
        memory=str(container.memory),
        execution_role_arn=roles.execution.arn,
        task_role_arn=roles.task.arn,
        container_definitions=pulumi.Output.json_dumps([_container(key, site, container, logs)]),
        tags=settings.tags(key),
        opts=opts,
    )


def _container(key: str, site: Site, container: Container, logs: aws.cloudwatch.LogGroup) -> Mapping[str, object]:
    secret = site.found.secrets[site.settings.secret(key)]
    pull_credential = site.settings.integrations[key].image.pull_credential
    definition: dict[str, object] = {
        "name": container.name,
        "image": container.image,
        "essential": True,
        "portMappings": [{"containerPort": container.port, "hostPort": container.port, "protocol": "tcp"}],
        "environment": [{"name": name, "value": value} for name, value in sorted(container.environment.items())],
        "secrets": [
            {"name": name, "valueFrom": pulumi.Output.concat(secret.arn, f":{name}::")}
            for name in sorted(container.secrets)
        ],
        "healthCheck": container.health_check.in_ecs(),
        # A client that exits starts again in place: a new task would pull the image again, and Docker Hub counts
        # pulls. ECS restarts no container that ran for less than 60 s.
        "restartPolicy": {"enabled": True, "restartAttemptPeriod": 60},
        # The client has no handler for SIGTERM, and as process 1 would ignore it.
        "linuxParameters": {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}},
        "readonlyRootFilesystem": container.read_only_root,
        "user": container.user,
        "stopTimeout": container.stop_timeout,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": logs.name,
                "awslogs-region": site.settings.region,
                "awslogs-stream-prefix": "broker",
                # A client must not stand still because CloudWatch does: what does not fit the buffer is lost.
                "mode": "non-blocking",
                "max-buffer-size": "10m",
            },
        },
    }
    if pull_credential:
        definition["repositoryCredentials"] = {"credentialsParameter": site.found.secrets[pull_credential].arn}
    return definition
