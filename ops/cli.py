"""The command line of python -m ops."""

import sys
from collections.abc import Sequence
from typing import NoReturn

import typer
from botocore.exceptions import BotoCoreError, ClientError

from ops import clients, images, secrets
from ops.check import check
from ops.console import console
from ops.errors import CommandError
from ops.reference import reference
from ops.render import render
from settings import SettingsError

# No pretty tracebacks: they can show local variables, and here those hold credentials.
app = typer.Typer(help="Operate the stacks of this project.", no_args_is_help=True, pretty_exceptions_enable=False)
app.command()(check)
app.command()(render)
app.command()(reference)
app.add_typer(secrets.app, name="secrets")
app.add_typer(clients.app, name="clients")
app.add_typer(images.app, name="images")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command of the arguments, by default this process's, and exit. What fails in a known way is one line."""
    try:
        app(arguments, prog_name="python -m ops")
    except (CommandError, SettingsError) as error:
        message = str(error)
    except (BotoCoreError, ClientError) as error:
        message = f"AWS refused or could not be reached: {error}"
    else:
        sys.exit()
    console(stderr=True).print(message, style="red")
    sys.exit(1)
