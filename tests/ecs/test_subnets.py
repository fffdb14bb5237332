from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs.subnets import MAX_ZONES, divide


def block(address: int, prefix: int) -> IPv4Network:
    return IPv4Network((address, prefix), strict=False)


blocks = st.builds(block, st.integers(0, 2**32 - 1), st.integers(16, 23))


@given(blocks)
def test_subnets_lie_inside_the_vpc_apart_from_each_other_and_are_of_a_size_that_aws_takes(
    vpc: IPv4Network,
) -> None:
    subnets = [IPv4Network(block) for pair in divide(str(vpc)) for block in (pair.private, pair.public)]
    assert len(subnets) == 2 * MAX_ZONES
    assert all(subnet.subnet_of(vpc) and 16 <= subnet.prefixlen <= 28 for subnet in subnets)
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))


@pytest.mark.parametrize(
    ("vpc", "place", "private", "public"),
    [
        ("10.40.0.0/16", 0, "10.40.0.0/19", "10.40.192.0/21"),
        ("10.40.0.0/16", 5, "10.40.160.0/19", "10.40.232.0/21"),
        ("10.40.0.0/23", 0, "10.40.0.0/26", "10.40.1.128/28"),
    ],
)
def test_the_division_never_changes(vpc: str, place: int, private: str, public: str) -> None:
    found = divide(vpc)[place]
    assert (found.private, found.public) == (private, public)
