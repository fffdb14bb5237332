"""Log groups. CreateLogGroup and PutRetentionPolicy in CloudWatch Logs' API reference."""

from collections.abc import Iterator

from sandbox.providers.aws.rules.common import known, tag_limits
from sandbox.providers.base.contract import Problem
from sandbox.providers.base.wire import Properties

tags = tag_limits

# 0: for ever, in the official provider
_RETENTIONS = (
    *(0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)


def group_name(inputs: Properties) -> Iterator[Problem]:
    name: str | None = known(inputs, "name")
    if name is not None and name.startswith("aws/"):
        yield Problem("name", f"Log groups starting with 'aws/' are reserved for AWS: {name}")


def retention(inputs: Properties) -> Iterator[Problem]:
    days: int | None = known(inputs, "retentionInDays")
    if days is not None and days not in _RETENTIONS:
        listed = ", ".join(map(str, _RETENTIONS))
        yield Problem("retentionInDays", f"expected retention_in_days to be one of [{listed}], got {days}")
