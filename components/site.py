"""What the integrations of a stack share."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.network import Network
from settings import Settings
from settings.lookups import Found


@dataclass(frozen=True)
class Site:
    settings: Settings
    found: Found
    network: Network
    cluster: aws.ecs.Cluster
    capacity: pulumi.Resource  # what lets the cluster start tasks
