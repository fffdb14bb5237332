"""One integration: the clients that connect one system to Snyk, and what they need."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from broker.client import NAME, PORT, ClientSpec, client_task
from broker.egress import HTTPS, Egress, egress, unnamed_ports
from broker.regions import Endpoints
from broker.rollout import rollout
from components.args import NO_DEMANDS, Peer, PlacementArgs, RolesArgs, RuleArgs, SecretArgs
from components.network import ANYWHERE
from components.task import BrokerTask, BrokerTaskArgs
from ecs.names import Names


@dataclass(frozen=True, kw_only=True)
class PeerArgs:
    """Who is on the other side of a rule, and why."""

    name: str  # tells its rule from the others
    peer: Peer
    reason: str | None = None  # for the rule's description, in AWS's characters


@dataclass(frozen=True, kw_only=True)
class DestinationArgs(PeerArgs):
    port: int  # TCP, another than 443, which is open anyway


@dataclass(frozen=True, kw_only=True)
class ClientsArgs:
    """The clients of one integration."""

    spec: ClientSpec
    secret: SecretArgs
    replicas: int = 2  # 1 to 4
    pull_credential: SecretArgs | None = None  # user and password for the image's registry
    inbound: Sequence[PeerArgs] = ()  # who may reach the client's port
    outbound: Sequence[DestinationArgs] = ()
    log_retention_days: int = 30


@dataclass(frozen=True, kw_only=True)
class BrokerIntegrationArgs:
    key: str  # lower-case letters, digits and hyphens; unique in the cluster
    clients: ClientsArgs
    endpoints: Endpoints
    placement: PlacementArgs
    roles: RolesArgs = NO_DEMANDS
    tags: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])


class BrokerIntegration(pulumi.ComponentResource):
    """The tasks of one entry in the map of integrations: today its clients."""

    clients: BrokerTask
    outputs: Mapping[str, Any]  # what other programs may know of it: docs/outputs.md

    def __init__(self, name: str, args: BrokerIntegrationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("snyk-broker:index:BrokerIntegration", name, None, opts)
        clients = args.clients
        project, stack = pulumi.get_project(), pulumi.get_stack()
        names = Names(project, stack, name, args.key, role_prefix=args.roles.name_prefix)
        self.clients = BrokerTask(
            names.component,
            BrokerTaskArgs(
                task=client_task(clients.spec, args.endpoints),
                names=names,
                placement=args.placement,
                roles=args.roles,
                replicas=clients.replicas,
                rollout=rollout(clients.replicas),
                secret=clients.secret,
                pull_credentials={NAME: clients.pull_credential} if clients.pull_credential else {},
                outbound=list(outbound(clients.outbound, egress(clients.spec, args.endpoints))),
                inbound=[
                    RuleArgs(
                        name=f"from-{source.name}",
                        peer=source.peer,
                        port=PORT,
                        description=source.reason or "Webhooks to the client",
                    )
                    for source in clients.inbound
                ],
                log_retention_days=clients.log_retention_days,
                tags=args.tags,
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        client_url = clients.spec.variables.get("BROKER_CLIENT_URL")
        self.outputs = {
            "type": clients.spec.type_name,
            "compute": args.placement.capacity.compute.name,
            "replicas": clients.replicas,
            "serviceName": self.clients.service_name,
            "serviceArn": self.clients.service_arn,
            "securityGroupId": self.clients.security_group_id,
            "port": PORT,
            **({"clientUrl": client_url} if client_url else {}),
            "secretArn": clients.secret.arn,
            "logGroupName": self.clients.log_group_name,
        }
        self.register_outputs(self.outputs)


_EVERYWHERE: Peer = {"cidr_ipv4": ANYWHERE}


def outbound(destinations: Sequence[DestinationArgs], reached: Sequence[Egress]) -> Iterator[RuleArgs]:
    """One rule for each peer and port, whoever asks for it: AWS takes none twice."""
    # Snyk publishes host names and no addresses, and a security group knows addresses only.
    anywhere = {HTTPS: ["HTTPS to Snyk, the connected system, the image registry and AWS"]}
    narrow = [destination for destination in destinations if destination.peer != _EVERYWHERE]
    implied = unnamed_ports(reached, {destination.port for destination in narrow})
    for destination in destinations:
        if destination.peer == _EVERYWHERE:
            anywhere.setdefault(destination.port, []).append(destination.reason or _NO_REASON)
    for port, hosts in implied.items():
        anywhere.setdefault(port, []).append(f"To {', '.join(hosts)}")
    for port, reasons in anywhere.items():
        yield RuleArgs(
            name="https" if port == HTTPS else f"to-{port}",
            peer=_EVERYWHERE,
            port=port,
            description="; ".join(reasons)[:255],
            formerly=[f"to-{ANYWHERE}-{port}"],
        )
    for destination in narrow:
        yield RuleArgs(
            name=f"to-{destination.name}-{destination.port}",
            peer=destination.peer,
            port=destination.port,
            description=destination.reason or _NO_REASON,
        )


_NO_REASON = "As the settings name it"
