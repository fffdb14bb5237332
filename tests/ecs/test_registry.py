"""Whose repository an image is in, in every part of AWS that the SDK knows."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.loaders import Loader

from ecs.registry import repository_arn

ACCOUNT = "210987654321"
# The dual-stack hosts that AWS documents, by the end of the others.
DUAL_STACK = {"amazonaws.com": "on.aws", "amazonaws.com.cn": "on.amazonwebservices.com.cn"}


def regions() -> Iterator[tuple[str, str, str]]:
    """Partition, region and how its hosts end."""
    known: Any = Loader().load_data("partitions")
    for partition in known["partitions"]:
        for region in partition["regions"]:
            if not region.endswith("-global"):
                yield partition["id"], region, partition["outputs"]["dnsSuffix"]


REGIONS = list(regions())


def test_the_sdk_knows_all_kinds_of_partitions() -> None:
    assert {"aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso"} <= {partition for partition, _, _ in REGIONS}


@pytest.mark.parametrize(("partition", "region", "domain"), REGIONS, ids=[region for _, region, _ in REGIONS])
def test_every_host_of_a_region_is_of_its_own_partition(partition: str, region: str, domain: str) -> None:
    hosts = [f"{ACCOUNT}.dkr.ecr.{region}.{domain}", f"{ACCOUNT}.dkr.ecr-fips.{region}.{domain}"]
    if domain in DUAL_STACK:
        hosts.append(f"{ACCOUNT}.dkr-ecr.{region}.{DUAL_STACK[domain]}")
    arns = {repository_arn(f"{host}/mirror/client:7.1.0-nexus") for host in hosts}
    assert arns == {f"arn:{partition}:ecr:{region}:{ACCOUNT}:repository/mirror/client"}


DIGEST = "sha256:" + "3f" * 32


@pytest.mark.parametrize("end", ["", ":7.1.0-nexus", f"@{DIGEST}", f":7.1.0-nexus@{DIGEST}"])
def test_tag_and_digest_are_no_part_of_the_repository(end: str) -> None:
    arn = repository_arn(f"{ACCOUNT}.dkr.ecr.ap-south-2.amazonaws.com/client{end}")
    assert arn == f"arn:aws:ecr:ap-south-2:{ACCOUNT}:repository/client"


@pytest.mark.parametrize(
    "host",
    [
        "public.ecr.aws",
        "21098765432.dkr.ecr.ap-south-2.amazonaws.com",
        f"{ACCOUNT}.dkr.ecr.ap-south-2.amazonaws.com.acme.internal",
        f"acme-{ACCOUNT}.dkr.ecr.ap-south-2.amazonaws.com",
        f"{ACCOUNT}.dkr.ecr.ap-south-2.amazonaws.com:5000",
        f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com",
        f"{ACCOUNT}.dkr.ecr.ap-south-2.amazonaws.com.cn",
        f"{ACCOUNT}.dkr.ecr.amazonaws.com",
        "registry.acme.internal:5000",
    ],
)
def test_what_is_no_host_of_ecr_is_none(host: str) -> None:
    assert repository_arn(f"{host}/snyk/broker:7.1.0-nexus") is None


def test_an_image_of_docker_hub_is_in_no_repository_of_ecr() -> None:
    assert repository_arn("snyk/broker:7.1.0-nexus") is None
