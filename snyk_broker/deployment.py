"""A deployment inside of another program: its arguments checked as a stack file is, then built by the components.

Pulumi's component host reads the annotations here, and hands over a bare mapping of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

import components
from program import clients_args, roles_args
from settings import SettingsError
from settings.warnings import warnings
from snyk_broker.checks import checked


class SnykArgs(TypedDict, total=False):
    """Where the Snyk organisation lives: its region, or both URLs of a single tenant."""

    region: str
    """Such as SNYK-EU-01."""
    broker_url: str
    """The Broker server of a single tenant."""
    api_url: str
    """The API of a single tenant."""


class NetworkArgs(TypedDict):
    """A VPC whose private subnets reach the internet on port 443."""

    vpc_id: pulumi.Input[str]
    """The VPC."""
    private_subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Where clients run: two subnets or more, in different availability zones."""
    public_subnet_ids: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """For the outputs only."""


class SecretArgs(TypedDict):
    """A secret of Secrets Manager: a JSON object of the Broker's variable names and their values."""

    arn: pulumi.Input[str]
    """The secret. Its value is never read."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The customer key that encrypts it, if one does."""


class RolesArgs(TypedDict, total=False):
    """What an organisation asks of every role that is made."""

    permissions_boundary: pulumi.Input[str]
    """The policy that bounds what a role may do, by ARN."""
    path: str
    """The path of the roles in IAM, such as /snyk/."""
    name_prefix: str
    """What the roles' names begin with."""


class BrokerDeploymentArgs(TypedDict):
    snyk: SnykArgs
    """Where the Snyk organisation lives."""
    network: NetworkArgs
    """Where the clients run."""
    integrations: Mapping[str, Any]
    """The systems that Snyk reaches, by a name of your choice, as a stack file has them (docs/configuration.md)."""
    secrets: Mapping[str, SecretArgs]
    """The secret of each integration, by the same names."""
    defaults: NotRequired[Mapping[str, Any]]
    """What holds for every integration that does not say otherwise."""
    roles: NotRequired[RolesArgs]
    """What your organisation asks of every role that is made: one for each integration."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything that is made, beside those of this component."""


class BrokerDeployment(components.BrokerDeployment):
    """An ECS cluster with the Snyk Broker clients of every integration, in the provider's account and region."""

    def __init__(self, name: str, args: BrokerDeploymentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, _checked(name, args), opts)


def _checked(name: str, given: Mapping[str, Any]) -> components.BrokerDeploymentArgs:
    """The components' arguments. Raises RunError with everything that is wrong."""
    parsed, problems = checked(given)
    if parsed.stack is None or problems:
        raise pulumi.RunError(str(SettingsError(f"BrokerDeployment {name!r}", "", problems)))
    for warning in warnings(parsed.integrations):
        pulumi.log.warn(warning)
    network, secrets = given["network"], given["secrets"]
    boundary = given.get("roles", {}).get("permissions_boundary")
    return components.BrokerDeploymentArgs(
        endpoints=parsed.stack.snyk.endpoints,
        network=components.ExistingNetworkArgs(
            vpc_id=network["vpc_id"],
            private_subnet_ids=network["private_subnet_ids"],
            public_subnet_ids=network.get("public_subnet_ids", ()),
        ),
        integrations={
            key: clients_args(
                integration,
                components.SecretArgs(arn=secrets[key]["arn"], kms_key_arn=secrets[key].get("kms_key_arn")),
                pull_credential=components.SecretArgs(arn=pull)
                if (pull := integration.image.pull_credential)
                else None,
            )
            for key, integration in parsed.integrations.items()
        },
        roles=roles_args(parsed.stack.roles, boundary),
        tags=given.get("tags", {}),
    )
