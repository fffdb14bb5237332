"""What the rehearsal reads of a deployed integration."""

import pytest

from sandbox.rehearsal.deployed import Deployed


@pytest.mark.parametrize(
    ("image", "version", "image_type"),
    [
        ("snyk/broker:6.7.8-jira-bearer-auth", "6.7.8", "jira-bearer-auth"),
        ("registry.acme.internal:5000/broker:6.7.8-rhel-ubi-nexus2", "6.7.8", "nexus2"),
        (f"snyk/broker:6.7.8-rhel-ubi-gitlab@sha256:{'0a' * 32}", "6.7.8", "gitlab"),
    ],
)
def test_the_tag_tells_version_and_type(image: str, version: str, image_type: str) -> None:
    deployed = Deployed("one", "any", 1, {"image": image}, 512, "acme/one", {})
    assert (deployed.version, deployed.image_type) == (version, image_type)
