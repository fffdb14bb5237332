"""Arguments that components share. Whatever may come from another resource may be an Output."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from ecs.compute import FARGATE, Compute

Inputs = pulumi.Input[Sequence[pulumi.Input[str]]]


@dataclass(frozen=True, kw_only=True)
class AccountArgs:
    """Where in AWS resources are made."""

    partition: pulumi.Input[str]  # aws, aws-cn, …
    id: pulumi.Input[str]
    region: pulumi.Input[str]

    @staticmethod
    def of(resource: pulumi.Resource) -> "AccountArgs":
        """The account and region of the provider that the resource hands to its children."""
        opts = pulumi.InvokeOptions(parent=resource)
        caller = aws.get_caller_identity_output(opts=opts)
        return AccountArgs(
            partition=caller.arn.apply(lambda arn: arn.split(":")[1]),
            id=caller.account_id,
            region=aws.get_region_output(opts=opts).region,
        )


@dataclass(frozen=True, kw_only=True)
class SecretArgs:
    """A secret of Secrets Manager that is there. Its value is never read."""

    arn: pulumi.Input[str]
    kms_key_arn: pulumi.Input[str | None] = None  # of a customer key that encrypts it


@dataclass(frozen=True, kw_only=True)
class RolesArgs:
    """What an organisation asks of every role."""

    permissions_boundary: pulumi.Input[str | None] = None  # ARN of a policy
    path: str | None = None  # in IAM; / when left out
    name_prefix: str = ""


NO_DEMANDS = RolesArgs()


@dataclass(frozen=True, kw_only=True)
class CapacityArgs:
    """What tasks run on."""

    compute: Compute
    provider: pulumi.Input[str]  # name of an ECS capacity provider


FARGATE_CAPACITY = CapacityArgs(compute=FARGATE, provider=FARGATE.capacity_provider)


@dataclass(frozen=True, kw_only=True)
class PlacementArgs:
    """Where tasks run."""

    account: AccountArgs
    vpc_id: pulumi.Input[str]
    subnet_ids: Inputs  # private, with a way to the internet
    cluster_arn: pulumi.Input[str]
    capacity: CapacityArgs = FARGATE_CAPACITY
    ready: Sequence[pulumi.Input[pulumi.Resource]] = ()  # without which a first task would reach nothing


class Peer(TypedDict, total=False):
    """The other side of a security group's rule: one of these."""

    cidr_ipv4: pulumi.Input[str]
    cidr_ipv6: pulumi.Input[str]
    referenced_security_group_id: pulumi.Input[str]
    prefix_list_id: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class RuleArgs:
    """A rule of a security group, about one TCP port."""

    name: str  # tells it from the others of its group and direction
    peer: Peer
    port: int
    description: str  # in AWS's characters
    formerly: Sequence[str] = ()  # other names that this very rule may have in a state


def awaited(opts: pulumi.ResourceOptions | None) -> Sequence[pulumi.Input[pulumi.Resource]]:
    """What a component was told to wait for. Pulumi does not hand that on to the component's children."""
    found = opts.depends_on if opts else None
    if isinstance(found, pulumi.Resource):
        return [found]
    return found if isinstance(found, list | tuple) else ()
