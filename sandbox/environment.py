"""The environment of the sandbox's processes: nothing of the user's AWS or Pulumi account gets in."""

import os
from collections.abc import Mapping

from sandbox import paths

_LOOPBACK = "127.0.0.1,localhost"


def without_accounts(environment: Mapping[str, str]) -> dict[str, str]:
    """Returns the environment without AWS and Pulumi settings, and with no proxy before the local AWS."""
    kept = {name: value for name, value in environment.items() if not name.startswith(("AWS_", "PULUMI_"))}
    for name in ("NO_PROXY", "no_proxy"):
        kept[name] = ",".join(filter(None, (environment.get(name), _LOOPBACK)))
    return kept


def for_aws(endpoint: str | None, region: str | None) -> dict[str, str]:
    """Returns what makes AWS clients talk to the local AWS only, with credentials that open nothing."""
    settings = {
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    if endpoint is not None:
        # The second tells the project's commands that it is no forgotten variable: they trust no other such address.
        settings["AWS_ENDPOINT_URL"] = settings["SANDBOX_AWS_ENDPOINT"] = endpoint
    if region is not None:
        settings["AWS_REGION"] = settings["AWS_DEFAULT_REGION"] = region
    return settings


def for_pulumi(stack: str) -> dict[str, str]:
    return {
        "PULUMI_STACK": stack,
        "PULUMI_HOME": str(paths.PULUMI_HOME),
        # Without the files of metadata beside each file: those are not written in one step, so a kill breaks them.
        "PULUMI_BACKEND_URL": f"{paths.BACKEND.as_uri()}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE": "sandbox",  # protects nothing: the state of an emulation
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",  # an official AWS provider on PATH would want an account
        "SNYK_BROKER_ASK_REGISTRIES": "false",  # the program would ask for images: nothing leaves this machine
    }
