"""What an account may have of something, unless AWS has raised it.

The values are AWS's defaults: "Amazon VPC quotas" in the VPC user guide, "Amazon ECS service quotas" in the ECS
developer guide.
"""

# Of a security group, for each direction, and for IPv4 and IPv6 by themselves.
RULES = 60
