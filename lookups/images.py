"""Whether the images are there: a warning, since a registry may be out of reach for who deploys."""

import asyncio
import os

import pulumi

from images import Result, check, pulls
from settings import Settings

# "false" asks nobody. The sandbox sets it, which sends nothing to the internet.
SWITCH = "SNYK_BROKER_ASK_REGISTRIES"
SECONDS = 2.5  # all of it together, beside the other look-ups


async def warn_of_missing_images(settings: Settings) -> None:
    """Says nothing of an image unless it is certain that it is missing."""
    if os.environ.get(SWITCH) == "false":
        return
    wanted = tuple(pulls(settings))
    answers = await asyncio.to_thread(check, wanted, SECONDS)
    missing = [pull for pull in wanted if answers[pull].result is Result.MISSING]
    if missing:
        lines = (f"  integrations.{pull.integration}.image: {pull.said(answers[pull])}" for pull in missing)
        again = f"python -m ops images check {settings.stack}"
        pulumi.log.warn(
            "\n".join(
                [
                    "Clients cannot start without their image:",
                    *lines,
                    f"Name a version that is there, or push the image. Ask again with: {again}",
                ]
            )
        )
