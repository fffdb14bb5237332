"""What may come in and go out."""

import pulumi
import pulumi_aws as aws

from components.network import ANYWHERE
from components.site import Site

HTTPS = 443


class ClientSecurityGroup(pulumi.ComponentResource):
    """Outbound TCP 443; inbound the client's port, from the named sources only. One resource per rule."""

    def __init__(self, name: str, key: str, site: Site, port: int, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("snyk-broker:index:ClientSecurityGroup", name, None, opts)
        below = pulumi.ResourceOptions(parent=self)
        tags = site.settings.tags(key)
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
                f"{name}-https",
                security_group_id=group.id,
                description="HTTPS to Snyk, the connected system, the image registry and AWS",
                # Snyk publishes host names and no addresses, and a security group knows addresses only.
                cidr_ipv4=ANYWHERE,
                ip_protocol="tcp",
                from_port=HTTPS,
                to_port=HTTPS,
                tags=tags,
                opts=below,
            )
        ]
        for source in site.settings.integrations[key].inbound:
            ipv6 = source.cidr is not None and ":" in source.cidr
            self.rules.append(
                aws.vpc.SecurityGroupIngressRule(
                    f"{name}-from-{source.value}",
                    security_group_id=group.id,
                    description=source.reason or "Webhooks to the client",
                    cidr_ipv4=None if ipv6 else source.cidr,
                    cidr_ipv6=source.cidr if ipv6 else None,
                    referenced_security_group_id=source.security_group,
                    prefix_list_id=source.prefix_list,
                    ip_protocol="tcp",
                    from_port=port,
                    to_port=port,
                    tags=tags,
                    opts=below,
                )
            )
        self.register_outputs({})
