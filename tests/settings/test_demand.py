import pytest

from settings import load
from tests.stack_files import configuration

EXISTING = {"existing": {"vpcId": "vpc-0a1b2c3d", "privateSubnetIds": ["subnet-0a1b2c3d", "subnet-0f9e8d7c"]}}


def taken(network: object, *sizes: tuple[int, int]) -> str:
    """What a stack takes with integrations of so many replicas and CPU units."""
    integrations = {
        f"i{number}": {"type": "github-com", "replicas": replicas, "size": {"cpu": cpu, "memory": 2 * cpu}}
        for number, (replicas, cpu) in enumerate(sizes)
    }
    config = configuration({"network": network, "integrations": integrations})
    return str(load("snyk-broker", "test", config, ()).demand)


@pytest.mark.parametrize(
    ("sizes", "rest", "peak"),
    [
        ([(1, 1024)], "1", "2"),
        ([(2, 1024)], "2", "3"),
        ([(3, 1024)], "3", "3"),
        ([(4, 2048)], "8", "8"),
        ([(2, 256)], "0.5", "0.75"),
        ([(1, 512), (2, 2048), (3, 256)], "5.25", "7.75"),
    ],
)
def test_vcpus_at_rest_and_while_all_clients_are_replaced(sizes: list[tuple[int, int]], rest: str, peak: str) -> None:
    assert taken(EXISTING, *sizes) == (
        f"{rest} vCPUs of Fargate, {peak} while all clients are replaced (AWS's default quota: 6)"
    )


@pytest.mark.parametrize(
    ("create", "addresses"),
    [
        ({"zones": 4}, "4 elastic IP addresses"),
        ({"zones": 4, "natGateways": "single"}, "1 elastic IP address"),
        ({}, "2 elastic IP addresses"),
    ],
)
def test_a_new_network_takes_an_address_for_each_nat_gateway(create: dict[str, object], addresses: str) -> None:
    network = {"create": {"cidr": "10.46.0.0/16", **create}}
    assert taken(network, (2, 1024)).endswith(f", {addresses} (5) and 1 VPC (5)")
