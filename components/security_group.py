"""What may come in and go out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.args import RuleArgs
from ecs.names import Names


@dataclass(frozen=True, kw_only=True)
class TaskSecurityGroupArgs:
    names: Names
    vpc_id: pulumi.Input[str]
    outbound: Sequence[RuleArgs]
    inbound: Sequence[RuleArgs]
    tags: Mapping[str, pulumi.Input[str]]


class TaskSecurityGroup(pulumi.ComponentResource):
    """A group with one resource per rule, and nothing else open."""

    def __init__(self, name: str, args: TaskSecurityGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("snyk-broker:index:TaskSecurityGroup", name, None, opts)
        below = pulumi.ResourceOptions(parent=self)
        names = args.names
        group = aws.ec2.SecurityGroup(
            names.component,
            vpc_id=args.vpc_id,
            description=f"Snyk Broker clients of {names.service}",  # never to change: that replaces the group
            tags={**args.tags, "Name": names.component},
            opts=below,
        )
        self.id = group.id
        self.rules: list[pulumi.Resource] = [
            kind(
                f"{names.component}-{rule.name}",
                security_group_id=group.id,
                description=rule.description,
                **rule.peer,
                ip_protocol="tcp",
                from_port=rule.port,
                to_port=rule.port,
                tags=args.tags,
                # AWS takes no rule twice: made under a new name before the old one is deleted, it would be refused.
                opts=pulumi.ResourceOptions(
                    parent=self, aliases=[pulumi.Alias(name=f"{names.component}-{name}") for name in rule.formerly]
                ),
            )
            for kind, rules in (
                (aws.vpc.SecurityGroupEgressRule, args.outbound),
                (aws.vpc.SecurityGroupIngressRule, args.inbound),
            )
            for rule in rules
        ]
        self.register_outputs({"id": self.id})
