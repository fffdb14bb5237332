"""What an account may have of something in a region, unless AWS has raised it.

Names, codes and defaults are those of Service Quotas, as the AWS General Reference lists them (endpoints and quotas of
Fargate, EC2 and VPC). New accounts may have less.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quota:
    name: str
    service: str  # its code
    code: str
    default: int


VCPUS = Quota("Fargate On-Demand vCPU resource count", "fargate", "L-3032A538", 6)
ELASTIC_IPS = Quota("EC2-VPC Elastic IPs", "ec2", "L-0263D0A3", 5)
VPCS = Quota("VPCs per Region", "vpc", "L-F678F1CE", 5)

# Of a security group, for each direction, and for IPv4 and IPv6 by themselves.
RULES = Quota("Inbound or outbound rules per security group", "vpc", "L-0EA8095F", 60)
