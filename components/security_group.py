"""What may come in and go out."""

from collections.abc import Iterator, Sequence
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from broker.egress import HTTPS, Egress
from components.network import ANYWHERE
from components.site import Site
from settings import Destination, Source


class ClientSecurityGroup(pulumi.ComponentResource):
    """Outbound TCP 443 and the ports that the settings name; inbound the client's port, from the named sources only.

    One resource per rule.
    """

    def __init__(
        self,
        name: str,
        key: str,
        site: Site,
        port: int,
        reached: Sequence[Egress],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("snyk-broker:index:ClientSecurityGroup", name, None, opts)
        below = pulumi.ResourceOptions(parent=self)
        asked, tags = site.settings.integrations[key], site.settings.tags(key)
        group = aws.ec2.SecurityGroup(
            name,
            vpc_id=site.network.vpc_id,
            description=f"Snyk Broker clients of {key}",  # never to change: that replaces the group
            tags=tags | {"Name": name},
            opts=below,
        )
        self.id = group.id
        self.rules: list[pulumi.Resource] = [
            aws.vpc.SecurityGroupEgressRule(
                f"{name}-{purpose}",
                security_group_id=group.id,
                description=description,
                **peer,
                ip_protocol="tcp",
                from_port=destination_port,
                to_port=destination_port,
                tags=tags,
                opts=below,
            )
            for purpose, description, peer, destination_port in _outbound(asked.egress, reached)
        ]
        self.rules += [
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-from-{source.value}",
                security_group_id=group.id,
                description=source.reason or "Webhooks to the client",
                **_peer(source),
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                tags=tags,
                opts=below,
            )
            for source in asked.inbound
        ]
        self.register_outputs({})


class Peer(TypedDict, total=False):
    """The other side of a rule: one of these."""

    cidr_ipv4: str
    cidr_ipv6: str
    referenced_security_group_id: str
    prefix_list_id: str


def _outbound(destinations: Sequence[Destination], reached: Sequence[Egress]) -> Iterator[tuple[str, str, Peer, int]]:
    """Purpose, description, peer and port of each outbound rule."""
    # Snyk publishes host names and no addresses, and a security group knows addresses only.
    yield "https", "HTTPS to Snyk, the connected system, the image registry and AWS", {"cidr_ipv4": ANYWHERE}, HTTPS
    for destination in destinations:
        purpose = f"to-{destination.value}-{destination.port}"
        yield purpose, destination.reason or "As the settings name it", _peer(destination), destination.port
    named = {HTTPS, *(destination.port for destination in destinations)}
    for port in sorted({entry.port for entry in reached} - named):
        hosts = sorted({entry.host for entry in reached if entry.port == port})
        yield f"to-{port}", f"To {', '.join(hosts)}"[:255], {"cidr_ipv4": ANYWHERE}, port


def _peer(source: Source) -> Peer:
    if source.cidr:
        return {"cidr_ipv6": source.cidr} if ":" in source.cidr else {"cidr_ipv4": source.cidr}
    if source.security_group:
        return {"referenced_security_group_id": source.security_group}
    return {"prefix_list_id": source.prefix_list or ""}
