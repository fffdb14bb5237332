"""Runs Snyk Broker clients on AWS: reads the stack's settings, builds what they ask for, exports what others read."""

from collections.abc import Mapping

import pulumi
from pulumi.runtime import get_config_env, get_config_secret_keys_env

import settings
from components import BrokerDeployment
from ecs.names import DEPLOYMENT
from lookups import MissingError, look_up
from program import deployment_args, transforms


async def main() -> Mapping[str, object]:
    """Build the stack. Nothing is registered before all of its settings are right and all it needs is there."""
    try:
        stack = settings.load(pulumi.get_project(), pulumi.get_stack(), get_config_env(), get_config_secret_keys_env())
        found = await look_up(stack)
    except (settings.SettingsError, MissingError) as error:
        raise pulumi.RunError(str(error)) from None
    for warning in stack.warnings:
        pulumi.log.warn(warning)
    if pulumi.runtime.is_dry_run():
        pulumi.log.info(f"The stack takes {stack.demand}.")
    opts = pulumi.ResourceOptions(transforms=[*transforms()])
    return BrokerDeployment(DEPLOYMENT, deployment_args(stack, found), opts).outputs


pulumi.run(main)
