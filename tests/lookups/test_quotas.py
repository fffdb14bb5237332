"""Warnings of quotas, by what an account tells."""

from collections.abc import Mapping

import pytest

from tests.components.recording import Aws, Inputs, built

VCPUS, ADDRESSES, VPCS = "L-3032A538", "L-0263D0A3", "L-F678F1CE"
CIDR = "10.45.0.0/16"
OURS = {"snyk-broker:project": "snyk-broker", "snyk-broker:stack": "test", "Name": "any"}
THEIRS = {**OURS, "snyk-broker:stack": "other"}
EXISTING = {"existing": {"vpcId": "vpc-0a1b2c3d", "privateSubnetIds": ["subnet-0a1b2c3d", "subnet-0f9e8d7c"]}}


def warned(aws: Aws, changes: Mapping[str, object] | None = None, *, preview: bool = True) -> list[str]:
    """The warnings for a stack that takes three addresses, one VPC and two vCPUs, three at the peak."""
    network = {"create": {"cidr": CIDR, "zones": 3}}
    return built({"network": network, **(changes or {})}, aws=aws, preview=preview).log


def vpc(tags: Mapping[str, str], cidr: str = CIDR) -> Inputs:
    return {"tags": tags, "cidr": cidr}


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize(
    ("allowed", "words"), [(3, None), (2, "take 2 vCPUs, and 3 while all of them are replaced"), (0, "may have 0 of")]
)
def test_vcpus_are_counted_at_the_peak_of_an_update(allowed: float, words: str | None, preview: bool) -> None:
    found = warned(Aws(quotas={VCPUS: allowed}), preview=preview)
    assert len(found) == (words is not None)
    for warning in found:
        assert words
        assert words in warning
        assert warning.endswith(
            "aws service-quotas request-service-quota-increase --region eu-central-1 --service-code fargate"
            " --quota-code L-3032A538 --desired-value 3"
        )


ALLOWED = {ADDRESSES: 5, VPCS: 5}


@pytest.mark.parametrize(
    ("vpcs", "addresses", "words"),
    [
        pytest.param([], [], [], id="an empty account"),
        pytest.param([vpc(THEIRS)] * 4, [{"tags": THEIRS}] * 2, [], id="just enough"),
        pytest.param([vpc(THEIRS)] * 5, [], ["1 more VPCs; the account has 5 and may have 5"], id="VPCs"),
        pytest.param(
            [], [{"tags": THEIRS}] * 3, ["3 more elastic IP addresses; the account has 3 and may"], id="addresses"
        ),
        pytest.param(
            [vpc(OURS), *[vpc(THEIRS)] * 4], [*[{"tags": OURS}] * 3, *[{"tags": THEIRS}] * 2], [], id="deployed"
        ),
        pytest.param(
            [vpc(OURS)],
            [*[{"tags": OURS}] * 2, *[{"tags": THEIRS}] * 3],
            ["1 more elastic IP addresses"],
            id="a zone more",
        ),
        pytest.param([vpc(OURS)], [{"tags": OURS}] * 6, [], id="zones fewer"),
        pytest.param(
            [vpc(OURS, "10.99.0.0/16")], [{"tags": OURS}] * 3, ["3 more elastic IP addresses"], id="another block"
        ),
        pytest.param(
            [vpc(OURS, "10.99.0.0/16"), *[vpc(THEIRS)] * 4],
            [{"tags": OURS}] * 3,
            ["1 more VPCs; the account has 5", "3 more elastic IP addresses"],
            id="another block, and no VPC left",
        ),
    ],
)
def test_what_a_network_takes_more_is_counted_on_top_of_what_is_there(
    vpcs: list[Inputs], addresses: list[Inputs], words: list[str]
) -> None:
    found = warned(Aws(quotas=ALLOWED, vpcs=vpcs, addresses=addresses))
    assert [part in warning for part, warning in zip(words, found, strict=True)] == [True] * len(words)


def test_a_network_that_is_there_takes_nothing_more() -> None:
    aws = Aws(
        quotas={**ALLOWED, VCPUS: 6},
        vpcs=[vpc(THEIRS)] * 5,
        subnets={
            name: {"vpcId": "vpc-0a1b2c3d", "availabilityZoneId": f"euc1-az{number}"}
            for number, name in enumerate(EXISTING["existing"]["privateSubnetIds"])
        },
    )
    assert warned(aws, {"network": EXISTING}) == []
    assert not [token for token, _ in aws.calls if token.endswith(("getVpcs", "getEips"))]


def test_an_account_that_tells_nothing_is_left_alone() -> None:
    assert warned(Aws(quotas={}, vpcs=[vpc(THEIRS)] * 9)) == []
