"""All of one deployment."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pulumi
import pulumi_aws as aws

from broker.regions import Endpoints
from components.args import FARGATE_CAPACITY, NO_DEMANDS, AccountArgs, PlacementArgs, RolesArgs, awaited
from components.integration import BrokerIntegration, BrokerIntegrationArgs, ClientsArgs
from components.network import ExistingNetworkArgs, Network, NewNetworkArgs
from ecs.names import Names, tags_of

CONTRACT = 1  # changes when an output that others read changes its name or meaning


@dataclass(frozen=True, kw_only=True)
class BrokerDeploymentArgs:
    endpoints: Endpoints  # of Snyk
    network: NewNetworkArgs | ExistingNetworkArgs
    integrations: Mapping[str, ClientsArgs]
    roles: RolesArgs = NO_DEMANDS
    account: AccountArgs | None = None  # the provider's, when left out
    tags: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])  # beside the own ones


class BrokerDeployment(pulumi.ComponentResource):
    """A cluster, the Broker clients of every integration in it, and a network unless there is one."""

    # What other programs may know of it: docs/outputs.md. Pulumi's component host reads this.
    contract: pulumi.Output[int]
    region: pulumi.Output[str]
    network: pulumi.Output[Mapping[str, Any]]
    cluster: pulumi.Output[Mapping[str, Any]]
    integrations: pulumi.Output[Mapping[str, Any]]

    def __init__(self, name: str, args: BrokerDeploymentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        project, stack = pulumi.get_project(), pulumi.get_stack()
        named = {key: Names.of(project, stack, name, key, args.roles.name_prefix) for key in args.integrations}
        if wrong := [problem for one in named.values() for problem in one.problems()]:
            raise pulumi.RunError(f"{name} cannot be made; nothing was changed.\n" + "\n".join(wrong))
        super().__init__("snyk-broker:index:BrokerDeployment", name, None, opts)
        below = pulumi.ResourceOptions(parent=self)
        tags = {**args.tags, **tags_of(project, stack)}
        account = args.account or AccountArgs.of(self)
        network = args.network
        if isinstance(network, NewNetworkArgs):
            network = Network(f"{name}-network", replace(network, tags=tags), opts=below).made
        cluster = aws.ecs.Cluster(name, tags=tags, opts=below)
        capacity = FARGATE_CAPACITY
        providers = aws.ecs.ClusterCapacityProviders(
            name, cluster_name=cluster.name, capacity_providers=[capacity.provider], opts=below
        )
        placement = PlacementArgs(
            account=account,
            vpc_id=network.vpc_id,
            subnet_ids=network.private_subnet_ids,
            cluster_arn=cluster.arn,
            capacity=capacity,
            ready=[providers, *network.outbound, *awaited(opts)],
        )
        integrations = {
            key: BrokerIntegration(
                named[key].resource,
                BrokerIntegrationArgs(
                    key=key,
                    clients=clients,
                    endpoints=args.endpoints,
                    placement=placement,
                    roles=args.roles,
                    tags={**args.tags, **tags_of(project, stack, key)},
                ),
                opts=below,
            )
            for key, clients in args.integrations.items()
        }
        outputs: dict[str, Any] = {
            "contract": CONTRACT,
            "region": account.region,
            "network": network.outputs,
            "cluster": {"name": cluster.name, "arn": cluster.arn},
            "integrations": {key: integration.outputs for key, integration in integrations.items()},
        }
        for key, value in outputs.items():
            setattr(self, key, pulumi.Output.from_input(value))
        self.outputs = outputs  # part by part, so that a preview shows what is known of each
        self.register_outputs(outputs)
