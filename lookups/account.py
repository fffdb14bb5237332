"""Whose account it is."""

from dataclasses import dataclass

from pulumi_aws import GetCallerIdentityResult

from lookups.ask import RefusedError, ask
from lookups.problems import Problems


@dataclass(frozen=True)
class Account:
    partition: str  # of AWS: aws, aws-cn, …
    id: str


async def look_up_account(problems: Problems) -> Account | None:
    try:
        caller = await ask("aws:index/getCallerIdentity:getCallerIdentity", {}, GetCallerIdentityResult)
    except RefusedError as error:
        problems.found.append(f"the AWS account cannot be looked up: {error}")
        return None
    return Account(caller.arn.split(":")[1], caller.account_id)
