"""How it is built on AWS: Pulumi components, and nothing but resources.

Usable from any Pulumi program in Python: the arguments take Outputs wherever a value may come from another resource.
"""

from components.args import AccountArgs, CapacityArgs, Peer, PlacementArgs, RolesArgs, RuleArgs, SecretArgs
from components.deployment import BrokerDeployment, BrokerDeploymentArgs
from components.integration import (
    BrokerIntegration,
    BrokerIntegrationArgs,
    ClientsArgs,
    DestinationArgs,
    PeerArgs,
)
from components.network import ExistingNetworkArgs, NewNetworkArgs
from components.task import BrokerTask, BrokerTaskArgs
from components.transforms import Made, Transform

__all__ = [
    "AccountArgs",
    "BrokerDeployment",
    "BrokerDeploymentArgs",
    "BrokerIntegration",
    "BrokerIntegrationArgs",
    "BrokerTask",
    "BrokerTaskArgs",
    "CapacityArgs",
    "ClientsArgs",
    "DestinationArgs",
    "ExistingNetworkArgs",
    "Made",
    "NewNetworkArgs",
    "Peer",
    "PeerArgs",
    "PlacementArgs",
    "RolesArgs",
    "RuleArgs",
    "SecretArgs",
    "Transform",
]
