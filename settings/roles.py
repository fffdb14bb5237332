"""What an organisation asks of every role."""

from pydantic import Field

from settings.base import Model
from settings.values import PolicyArn, RoleNamePrefix, RolePath


class Roles(Model):
    """For accounts in which other roles cannot be made."""

    permissions_boundary: PolicyArn | None = Field(
        description="The policy that bounds what a role may do, by ARN; it must allow what the clients' roles need",
        default=None,
        examples=["arn:aws:iam::123456789012:policy/boundary"],
    )
    path: RolePath | None = Field(
        description="The path of the roles in IAM. Another one makes the roles anew and replaces the clients",
        default=None,
        examples=["/snyk/"],
    )
    name_prefix: RoleNamePrefix = Field(
        description="What the roles' names begin with. Another one makes the roles anew and replaces the clients",
        default="",
        examples=["acme-"],
    )
