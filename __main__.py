"""Runs Snyk Broker clients on AWS: reads the stack's settings, builds what they ask for, exports what others read."""

import pulumi
from pulumi.runtime import get_config_env, get_config_secret_keys_env

import settings
from components import BrokerDeployment
from settings.lookups import MissingError, look_up


def main() -> None:
    """Build the stack. Nothing is registered before all of its settings are right and all it needs is there."""
    try:
        asked = settings.load(pulumi.get_project(), pulumi.get_stack(), get_config_env(), get_config_secret_keys_env())
        found = look_up(asked)
    except (settings.SettingsError, MissingError) as error:
        raise pulumi.RunError(str(error)) from None
    for warning in asked.warnings:
        pulumi.log.warn(warning)
    deployment = BrokerDeployment("snyk-broker", asked, found)
    for name, value in deployment.contract().items():
        pulumi.export(name, value)


main()
