"""What a stack takes of an account's quotas."""

from collections.abc import Iterable
from dataclasses import dataclass

from broker.rollout import rollout
from ecs.quotas import ELASTIC_IPS, VCPUS, VPCS
from settings.integration_types import Integration
from settings.network import Network

_CPU_UNITS = 1024  # to a vCPU


@dataclass(frozen=True)
class Demand:
    vcpus: float  # of Fargate, while nothing changes
    vcpus_at_peak: float  # while the clients of all integrations are replaced
    elastic_ips: int
    vpcs: int

    def __str__(self) -> str:
        """What it is, beside what an account has by default."""
        of_fargate = (
            f"{self.vcpus:g} vCPUs of Fargate, {self.vcpus_at_peak:g} while all clients are replaced"
            f" (AWS's default quota: {VCPUS.default})"
        )
        if not self.vpcs:
            return of_fargate
        addresses = "1 elastic IP address" if self.elastic_ips == 1 else f"{self.elastic_ips} elastic IP addresses"
        return f"{of_fargate}, {addresses} ({ELASTIC_IPS.default}) and {self.vpcs} VPC ({VPCS.default})"


def demand(integrations: Iterable[Integration], network: Network) -> Demand:
    """What the stack needs. Clients of all integrations are replaced at once when all get another image."""
    clients = [(one.size.cpu / _CPU_UNITS, one.replicas) for one in integrations]
    created = network.create
    gateways = (created.zones if created.nat_gateways == "perZone" else 1) if created else 0
    return Demand(
        vcpus=sum(cpu * replicas for cpu, replicas in clients),
        vcpus_at_peak=sum(cpu * rollout(replicas).most(replicas) for cpu, replicas in clients),
        elastic_ips=gateways,
        vpcs=1 if created else 0,
    )
