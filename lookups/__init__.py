"""What the stack uses and does not make, looked up before anything is registered, so that a gap stops an update."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from lookups.account import Account, look_up_account
from lookups.images import warn_of_missing_images
from lookups.network import check_network, look_up_zones
from lookups.problems import MissingError, Problems
from lookups.quotas import check_quotas
from lookups.secrets import Secret, Secrets, look_up_secrets
from settings import Settings

__all__ = ["Account", "Found", "MissingError", "Secret", "Secrets", "look_up"]


@dataclass(frozen=True)
class Found:
    account: Account
    zones: Mapping[str, int]  # those of the region that have Fargate, in order, by their place among all
    secrets: Mapping[str, Secrets]  # by integration


async def look_up(settings: Settings) -> Found:
    """Look up what the settings name, side by side.

    A missing secret is a warning in a preview, since a pull request may come before the token, and an error in an
    update. What is wrong is an error in both. An image that is certain to be missing is a warning in both. Raises
    MissingError with all that is an error.
    """
    problems = Problems()
    account, zones, secrets, *_ = await asyncio.gather(
        look_up_account(problems),
        look_up_zones(settings, problems),
        look_up_secrets(settings, problems),
        check_network(settings, problems),
        warn_of_missing_images(settings),
        check_quotas(settings, problems),
    )
    problems.stop_if_any(update=not pulumi.runtime.is_dry_run())
    if account is None:
        raise AssertionError("an account that cannot be looked up is a problem")
    return Found(account, zones, secrets)
