"""What was asked: the stack's configuration as one frozen, validated object."""

from settings.model import Integration, Network, NewNetwork, Source
from settings.problems import SettingsError
from settings.stack import TAG, Settings, load, project_name, read, stack_name

__all__ = [
    "TAG",
    "Integration",
    "Network",
    "NewNetwork",
    "Settings",
    "SettingsError",
    "Source",
    "load",
    "project_name",
    "read",
    "stack_name",
]
