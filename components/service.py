"""The service that keeps an integration's clients running."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from broker.rollout import rollout
from components.security_group import ClientSecurityGroup
from components.site import Site


def service(
    name: str,
    key: str,
    site: Site,
    definition: aws.ecs.TaskDefinition,
    security_group: ClientSecurityGroup,
    *,
    needs: Sequence[pulumi.Resource],
    parent: pulumi.Resource,
) -> aws.ecs.Service:
    """An ECS service on Fargate. `needs`: without which its first tasks would fail."""
    replicas = site.settings.integrations[key].replicas
    bounds = rollout(replicas)
    return aws.ecs.Service(
        name,
        name=key,
        cluster=site.cluster.arn,
        task_definition=definition.arn,
        desired_count=replicas,
        # Never a launch type: changing that replaces the service. A change of this list is refused without a forced
        # deployment.
        capacity_provider_strategies=[{"capacity_provider": "FARGATE", "weight": 1}],
        force_new_deployment=True,
        deployment_minimum_healthy_percent=bounds.minimum_percent,
        deployment_maximum_percent=bounds.maximum_percent,
        deployment_circuit_breaker={"enable": True, "rollback": True},
        # It starts tasks beyond the replicas, and so clients beyond Snyk's limit.
        availability_zone_rebalancing="DISABLED",
        network_configuration={
            "subnets": site.network.private_subnet_ids,
            "security_groups": [security_group.id],
            "assign_public_ip": False,
        },
        enable_execute_command=False,
        enable_ecs_managed_tags=True,
        propagate_tags="SERVICE",
        # A green update means running clients.
        wait_for_steady_state=True,
        tags=site.settings.tags(key),
        opts=pulumi.ResourceOptions(
            parent=parent,
            depends_on=needs,
            # The circuit breaker gives up after three clients, each of them unhealthy after ten minutes at the latest.
            custom_timeouts=pulumi.CustomTimeouts(create="45m", update="45m"),
        ),
    )
