from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs.subnets import MAX_ZONES, divide


def block(address: int, prefix: int) -> IPv4Network:
    return IPv4Network((address, prefix), strict=False)


blocks = st.builds(block, st.integers(0, 2**32 - 1), st.integers(16, 23))
zone_counts = st.integers(1, MAX_ZONES)


@given(blocks, zone_counts)
def test_subnets_lie_inside_the_vpc_apart_from_each_other_and_are_of_a_size_that_aws_takes(
    vpc: IPv4Network, zones: int
) -> None:
    subnets = [IPv4Network(block) for pair in divide(str(vpc), zones) for block in (pair.private, pair.public)]
    assert len(subnets) == 2 * zones
    assert all(subnet.subnet_of(vpc) and 16 <= subnet.prefixlen <= 28 for subnet in subnets)
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))


@given(blocks, zone_counts, zone_counts)
def test_a_further_zone_moves_no_subnet(vpc: IPv4Network, zones: int, more: int) -> None:
    fewer, all_ = sorted((zones, more))
    assert divide(str(vpc), all_)[:fewer] == divide(str(vpc), fewer)


@pytest.mark.parametrize(
    ("vpc", "private", "public"),
    [("10.40.0.0/16", "10.40.0.0/19", "10.40.192.0/21"), ("10.40.0.0/23", "10.40.0.0/26", "10.40.1.128/28")],
)
def test_the_division_never_changes(vpc: str, private: str, public: str) -> None:
    first, *_ = divide(vpc, 2)
    assert (first.private, first.public) == (private, public)
