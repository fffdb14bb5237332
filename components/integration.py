"""One integration: the clients that connect one system to Snyk, and what they need."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from broker.container import client
from broker.egress import egress
from components.roles import ClientRoles
from components.security_group import ClientSecurityGroup
from components.service import service
from components.site import Site
from components.task_definition import task_definition
from settings.wishes import wish


class Integration(pulumi.ComponentResource):
    """Log group, roles, security group, task definition and service of one entry in the map of integrations."""

    def __init__(self, name: str, key: str, site: Site, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("snyk-broker:index:Integration", name, None, opts)
        below = pulumi.ResourceOptions(parent=self)
        self.key, self.site = key, site
        self.asked = site.settings.integrations[key]
        wished = wish(self.asked)
        self.container = client(wished, site.settings.endpoints)
        self.logs = aws.cloudwatch.LogGroup(
            name,
            retention_in_days=self.asked.log_retention_days,
            tags=site.settings.tags(key),
            opts=below,
        )
        roles = ClientRoles(name, key, site, self.logs, opts=below)
        reached = egress(wished, site.settings.endpoints)
        self.security_group = ClientSecurityGroup(name, key, site, self.container.port, reached, opts=below)
        definition = task_definition(name, key, site, self.container, roles, self.logs, opts=below)
        self.service = service(
            name,
            key,
            site,
            definition,
            self.security_group,
            needs=[
                site.capacity,
                self.logs,
                *roles.policies,
                *self.security_group.rules,
                *site.network.outbound,
            ],
            parent=self,
        )
        self.register_outputs({})

    def contract(self) -> Mapping[str, object]:
        """What other programs may know of the integration."""
        return {
            "type": self.asked.type,
            "compute": "fargate",
            "replicas": self.asked.replicas,
            "serviceName": self.service.name,
            "serviceArn": self.service.arn,
            "securityGroupId": self.security_group.id,
            "port": self.container.port,
            "clientUrl": self.asked.client_url,
            "secretArn": self.site.found.secrets[self.site.settings.secret(self.key)].arn,
            "logGroupName": self.logs.name,
        }
