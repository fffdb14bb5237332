"""What was asked: the stack's configuration as one frozen, validated object."""

from settings.integration import Destination, Source
from settings.integration_types import Integration
from settings.network import ExistingNetwork, Network, NewNetwork
from settings.problems import SettingsError
from settings.roles import Roles
from settings.stack import Settings, environments, load, project_name, read, stack_name

__all__ = [
    "Destination",
    "ExistingNetwork",
    "Integration",
    "Network",
    "NewNetwork",
    "Roles",
    "Settings",
    "SettingsError",
    "Source",
    "environments",
    "load",
    "project_name",
    "read",
    "stack_name",
]
