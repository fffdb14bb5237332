"""How it is built on AWS: Pulumi components, and nothing but resources."""

from components.deployment import BrokerDeployment

__all__ = ["BrokerDeployment"]
