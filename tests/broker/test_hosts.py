import pytest

from broker.hosts import never_public


@pytest.mark.parametrize(
    "host",
    [
        *("git.acme.internal", "GIT.ACME.INTERNAL", "git.acme.internal.", "acme.local", "a.corp", "nas.home.arpa"),
        *("proxy", "10.1.2.3", "172.31.0.1", "192.168.0.1", "100.64.0.1", "169.254.1.1", "fd00::1", "[fd12:3456::1]"),
    ],
)
def test_private_names_and_addresses_are_known(host: str) -> None:
    assert never_public(host)


@pytest.mark.parametrize(
    "host",
    [
        *("github.com", "internal.acme.com", "acme.internal.com", "notinternal.acme.io", "home.arpa.acme.de"),
        *("172.32.0.1", "11.0.0.1", "192.169.0.1", "8.8.8.8", "2600:1f14::1", "[2600:1f14::1]"),
        *("ip-10-40-0-9.eu-central-1.compute.internal", "ip-10-40-0-9.ec2.internal"),  # of the VPC itself
    ],
)
def test_what_may_be_public_is_left_alone(host: str) -> None:
    assert not never_public(host)
