"""How a VPC's address block is divided into subnets."""

from dataclasses import dataclass
from ipaddress import IPv4Network

# Room for every zone a region has, so that adding a zone never moves a subnet.
MAX_ZONES = 6


@dataclass(frozen=True)
class Subnets:
    private: str  # CIDR block
    public: str


def divide(vpc: str) -> tuple[Subnets, ...]:
    """One pair of subnets for each of MAX_ZONES zones.

    The VPC's block, from /16 to /23, is cut into eighths: one for the clients of each of up to six zones, the last
    two for the small public subnets, which hold nothing but NAT gateways. A /16 gives /19 and /21, a /23 gives /26
    and /28, the smallest that AWS allows.
    """
    eighths = list(IPv4Network(vpc).subnets(prefixlen_diff=3))
    publics = [block for eighth in eighths[MAX_ZONES:] for block in eighth.subnets(prefixlen_diff=2)]
    return tuple(Subnets(str(eighths[zone]), str(publics[zone])) for zone in range(MAX_ZONES))
