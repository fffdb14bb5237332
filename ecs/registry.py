"""Private registries of Amazon ECR, which a task's execution role may pull from."""

import re
from dataclasses import dataclass

from broker.reference import parse


@dataclass(frozen=True)
class _Partition:
    name: str
    regions: str  # how the names of its regions begin
    domains: tuple[str, ...]


# How ECR's hosts end: amazon-ecr-credential-helper, ecr-login/api/client.go; which regions are whose: botocore,
# data/partitions.json. The first one that fits is it.
_PARTITIONS = (
    _Partition("aws-cn", "cn-", ("amazonaws.com.cn", "on.amazonwebservices.com.cn")),
    _Partition("aws-us-gov", "us-gov-", ("amazonaws.com", "on.aws")),
    _Partition("aws-eusc", "eusc-", ("amazonaws.eu",)),
    _Partition("aws-iso", "us-iso-", ("c2s.ic.gov",)),
    _Partition("aws-iso-b", "us-isob-", ("sc2s.sgov.gov",)),
    _Partition("aws-iso-e", "eu-isoe-", ("cloud.adc-e.uk",)),
    _Partition("aws-iso-f", "us-isof-", ("csp.hci.ic.gov",)),
    _Partition("aws", "", ("amazonaws.com", "on.aws")),
)

# ACCOUNT.dkr.ecr.REGION…, for FIPS dkr.ecr-fips, for IPv6 too (dual-stack) dkr-ecr.
_HOST = re.compile(r"(?P<account>\d{12})\.dkr[.-]ecr(-fips)?\.(?P<region>[a-z0-9-]+)\.(?P<domain>[a-z0-9.-]+)")


def repository_arn(image: str) -> str | None:
    """The ARN of the repository that an image is in; None when that is not in ECR."""
    reference = parse(image)
    host = _HOST.fullmatch(reference.registry)
    if host is None:
        return None
    partition = next(one for one in _PARTITIONS if host["region"].startswith(one.regions))
    if host["domain"] not in partition.domains:
        return None
    return f"arn:{partition.name}:ecr:{host['region']}:{host['account']}:repository/{reference.repository}"
