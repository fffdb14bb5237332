"""Networks. What EC2 refuses, or clears silently where the official provider refuses."""

import ipaddress
from collections.abc import Iterator

from sandbox.providers.aws.rules.common import known, tag_limits
from sandbox.providers.base.contract import Problem
from sandbox.providers.base.wire import Properties

tags = tag_limits

_LARGEST, _SMALLEST = 16, 28  # prefix lengths


def network_block(inputs: Properties) -> Iterator[Problem]:
    # CreateVpc and CreateSubnet in EC2's API reference; host bits: the official provider.
    yield from _block("cidrBlock", known(inputs, "cidrBlock"), sizes=True)


def route_destination(inputs: Properties) -> Iterator[Problem]:
    # CreateRoute: EC2 would change 100.68.0.18/18 to 100.68.0.0/18; the official provider refuses.
    for name in ("destinationCidrBlock", "destinationIpv6CidrBlock"):
        yield from _block(name, known(inputs, name), sizes=False)


def block(name: str, value: str | None) -> Iterator[Problem]:
    yield from _block(name, value, sizes=False)


def _block(name: str, value: str | None, *, sizes: bool) -> Iterator[Problem]:
    if value is None:
        return
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        yield Problem(name, f"Value ({value}) for parameter {name} is invalid. This is not a valid CIDR block.")
        return
    if str(network) != value and "/" in value:
        yield Problem(name, f'"{value}" is not a valid CIDR block; did you mean "{network}"?')
    elif "/" not in value:
        yield Problem(name, f'"{value}" is not a valid CIDR block: invalid CIDR address')
    if sizes and not _LARGEST <= network.prefixlen <= _SMALLEST:
        yield Problem(
            name,
            f"The CIDR '{value}' is invalid: the block size must be between a /{_LARGEST} and a /{_SMALLEST} netmask.",
        )


def public_nat_needs_address(inputs: Properties) -> Iterator[Problem]:
    # CreateNatGateway: AllocationId is for public gateways, which need it, and for them only.
    kind, address = known(inputs, "connectivityType"), inputs.get("allocationId")
    if kind == "public" and address is None:
        yield Problem(
            "allocationId",
            "The request must include the AllocationId parameter. Add the required parameter and retry the request.",
        )
    if kind == "private" and address is not None:
        yield Problem("allocationId", "AllocationId cannot be specified for a private NAT gateway.")
