"""The Broker's clients as a component for other Pulumi programs, in the language of the stack files."""

from snyk_broker.deployment import BrokerDeployment, BrokerDeploymentArgs, NetworkArgs, RolesArgs, SecretArgs, SnykArgs

__all__ = ["BrokerDeployment", "BrokerDeploymentArgs", "NetworkArgs", "RolesArgs", "SecretArgs", "SnykArgs"]
