"""The table of what was deployed, and the words that say what an emulation is worth."""

import json

from rich.table import Column, Table

from sandbox.console import for_tables
from sandbox.pulumi_command import Pulumi

NOTE = """\
This is an emulation. The Pulumi engine and the program are the real ones; AWS is played by Moto on this
machine, and stand-in providers take the place of the official ones. Not emulated: no container runs, so there
is no health, no restart and no tunnel to Snyk, and a deployment fails only when `fail` says so; IAM permissions
are not enforced; there is no network, so no route or security-group rule stops anything."""

WIDTH = 160  # where no terminal sets one, so that names stay in one piece


def show(pulumi: Pulumi) -> None:
    outputs = json.loads(pulumi.read("stack", "output", "--json"))
    columns = ("integration", "type", "compute", "replicas", "service", "secret", "security group")
    table = Table(*(Column(name, overflow="fold") for name in columns))
    for name, integration in outputs["integrations"].items():
        table.add_row(
            name,
            integration["type"],
            integration["compute"],
            str(integration["replicas"]),
            integration["serviceName"],
            _secret_name(integration["secretArn"]),
            integration["securityGroupId"],
        )
    console = for_tables(WIDTH)
    console.print(table)
    console.print(NOTE, markup=False)


def _secret_name(arn: str) -> str:
    return arn.rsplit(":", maxsplit=1)[-1][: -len("-xxxxxx")]  # Secrets Manager adds six random characters
