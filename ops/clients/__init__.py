"""python -m ops clients: what runs, why it does not, and starting it anew."""

import typer

from ops.clients.roll import roll
from ops.clients.status import status
from ops.clients.why import why

app = typer.Typer(help="Look after the running clients.", no_args_is_help=True)
app.command()(status)
app.command()(why)
app.command()(roll)
