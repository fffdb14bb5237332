"""Hosts to which nothing leads from a new VPC."""

from collections.abc import Mapping

import pytest

from settings import load
from tests.stack_files import configuration

EXISTING = {"existing": {"vpcId": "vpc-0a1b2c3d", "privateSubnetIds": ["subnet-0a1b2c3d", "subnet-0f9e8d7c"]}}
NEXUS = {"type": "nexus", "host": "nexus.acme.internal"}
PROXY = {"HTTPS_PROXY": "http://proxy.acme.io:3129"}


def nowhere(*integrations: Mapping[str, object], network: object = None) -> str | None:
    """To what nothing leads, as the one warning about that says it."""
    config = {
        "network": network or {"create": {"cidr": "10.44.0.0/16"}},
        "integrations": {f"i{number}": one for number, one in enumerate(integrations)},
    }
    warnings = load("snyk-broker", "test", configuration(config), ()).warnings
    found = [warning for warning in warnings if warning.startswith("network.create: ")]
    assert len(found) <= 1
    return found[0].partition(" and not to ")[2].partition(": connect it")[0] if found else None


@pytest.mark.parametrize(
    ("integrations", "words"),
    [
        pytest.param([NEXUS], "nexus.acme.internal", id="a name"),
        pytest.param([NEXUS, NEXUS], "nexus.acme.internal", id="the same in two"),
        pytest.param([NEXUS, {**NEXUS, "host": "172.20.0.9"}], "nexus.acme.internal and 1 more", id="an address too"),
        pytest.param([{**NEXUS, "host": "nexus.acme.io"}], None, id="a name that may be public"),
        pytest.param([{**NEXUS, "host": "10.44.3.9"}], None, id="an address of the VPC"),
        pytest.param([{**NEXUS, "host": "10.45.3.9"}], "10.45.3.9", id="an address beside the VPC"),
        pytest.param([{**NEXUS, "environment": PROXY}], None, id="by a proxy"),
        pytest.param([{**NEXUS, "secretEnvironment": ["HTTPS_PROXY"]}], None, id="by a secret proxy"),
        pytest.param(
            [{**NEXUS, "environment": {**PROXY, "NO_PROXY": "nexus.acme.internal"}}],
            "nexus.acme.internal",
            id="past the proxy",
        ),
        pytest.param(
            [{**NEXUS, "environment": {"HTTP_PROXY": "http://10.9.8.7:3129"}}], "10.9.8.7", id="by a private proxy"
        ),
    ],
)
def test_a_new_network_is_told_what_it_does_not_reach(
    integrations: list[Mapping[str, object]], words: str | None
) -> None:
    assert nowhere(*integrations) == words


def test_a_network_that_is_there_may_lead_anywhere() -> None:
    assert nowhere(NEXUS, network=EXISTING) is None
