"""Which integrations a command is about, and what to type next."""

from collections.abc import Sequence
from typing import Annotated

import typer

from ops.stacks import integration_of
from settings import Settings

IntegrationsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="INTEGRATION", help="Keys of integrations. Default: all of them.")
]


def chosen(settings: Settings, integrations: Sequence[str] | None) -> list[str]:
    """Keys of the integrations that are named, or of all. Raises CommandError for one that the stack lacks."""
    for key in integrations or []:
        integration_of(settings, key)
    return list(dict.fromkeys(integrations or settings.integrations))


def command(form: str, settings: Settings, named: str, integration: str) -> str:
    """One of the commands of ops.clients.state for an integration of a stack that the person named so."""
    return form.format(stack=settings.stack, named=named, integration=integration)
