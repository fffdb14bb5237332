"""Somebody else's program: a security group for an appliance that admits exactly the Broker's clients."""

from collections.abc import Mapping
from typing import Any, cast

import pulumi
import pulumi_aws as aws

CONTRACT = 1  # the version of the outputs that this program was written for

config = pulumi.Config()
stack, integration = config.require("broker"), config.require("integration")
broker = pulumi.StackReference(stack)


def read(outputs: Mapping[str, Any], *path: str) -> str:
    """The text at the path. Says in one line which part of it the Broker's stack does not have."""
    if outputs.get("contract") != CONTRACT:
        raise pulumi.RunError(
            f"The stack {stack} has outputs of contract {outputs.get('contract')}, not {CONTRACT}."
            " Is it a Broker's stack, and deployed?"
        )
    value: Any = outputs
    for depth, key in enumerate(path):
        if key not in value:
            where = ".".join(path[:depth]) or "its outputs"
            raise pulumi.RunError(f"The stack {stack} has no {key} in {where}. It has: {', '.join(sorted(value))}.")
        value = value[key]
    return cast("str", value)


def output(*path: str) -> pulumi.Output[str]:
    return broker.outputs.apply(lambda outputs: read(outputs, *path))


appliance = aws.ec2.SecurityGroup(
    "appliance", vpc_id=output("network", "vpcId"), description="The appliance that Snyk scans through the Broker"
)
aws.vpc.SecurityGroupIngressRule(
    "from-broker",
    security_group_id=appliance.id,
    description="HTTPS from the Snyk Broker clients",
    referenced_security_group_id=output("integrations", integration, "securityGroupId"),
    ip_protocol="tcp",
    from_port=443,
    to_port=443,
)
pulumi.export("securityGroupId", appliance.id)
