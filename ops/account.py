"""Which AWS account and region a command works in."""

import boto3

from settings import Settings


def session(settings: Settings, region: str | None = None) -> boto3.Session:
    """A session in the stack's account, and in its region unless another is given."""
    return boto3.Session(region_name=region or settings.region)
