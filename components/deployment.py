"""All of one stack."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.integration import Integration
from components.network import Network
from components.site import Site
from settings import Settings
from settings.lookups import Found

CONTRACT = 1  # changes when an output that others read changes its name or meaning


class BrokerDeployment(pulumi.ComponentResource):
    """A network, a cluster, and the Broker clients of every integration in it."""

    def __init__(self, name: str, settings: Settings, found: Found, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("snyk-broker:index:BrokerDeployment", name, None, opts)
        below = pulumi.ResourceOptions(parent=self)
        self.settings = settings
        self.network = Network(f"{name}-network", settings, found.zones, opts=below)
        self.cluster = aws.ecs.Cluster(name, tags=settings.tags(), opts=below)
        capacity = aws.ecs.ClusterCapacityProviders(
            name, cluster_name=self.cluster.name, capacity_providers=["FARGATE"], opts=below
        )
        site = Site(settings, found, self.network, self.cluster, capacity)
        self.integrations = {key: Integration(f"{name}-{key}", key, site, opts=below) for key in settings.integrations}
        self.register_outputs({})

    def contract(self) -> Mapping[str, object]:
        """The stack's outputs, which other programs read. docs/outputs.md describes them."""
        return {
            "contract": CONTRACT,
            "region": self.settings.region,
            "network": {
                "vpcId": self.network.vpc_id,
                "privateSubnetIds": self.network.private_subnet_ids,
                "publicSubnetIds": self.network.public_subnet_ids,
            },
            "cluster": {"name": self.cluster.name, "arn": self.cluster.arn},
            "integrations": {key: integration.contract() for key, integration in self.integrations.items()},
        }
