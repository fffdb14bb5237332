"""python -m ops secrets: the credentials of the integrations, kept in AWS Secrets Manager."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer
from botocore.exceptions import ClientError
from rich.console import Console
from rich.table import Column, Table

from ops.clients import roll
from ops.errors import CommandError
from ops.questions import answered, forms
from ops.secret_store import ForeignSecretError, ScheduledForDeletionError, SecretStore
from ops.stacks import StackArgument, integration_of, settings_of
from settings import Settings
from settings.clients import secret_values

MISSING = 3  # exit code of status

app = typer.Typer(help="Store the integrations' credentials in AWS Secrets Manager.", no_args_is_help=True)


@app.command("set")
def set_(
    stack: StackArgument,
    integration: Annotated[str, typer.Argument(help="A key of the stack's integrations.")],
    kms_key: Annotated[
        str | None, typer.Option(help="Id, ARN or alias of the KMS key to encrypt with. Default: the account's own.")
    ] = None,
) -> None:
    """Ask for an integration's credentials, store them, and roll its running clients.

    Without a terminal, reads one JSON object from stdin: {"BROKER_TOKEN": "…", …}. What is not given stays as stored.
    """
    settings = settings_of(stack)
    chosen = integration_of(settings, integration)
    store = SecretStore(settings, integration)
    stored = store.stored()
    before = store.values() if stored else {}
    if sys.stdin.isatty():
        typer.echo(f"The Broker token of {chosen.entry.system} comes from {chosen.entry.token_source}.")
    after = before | answered(chosen, before)
    out = Console(soft_wrap=True, highlight=False)
    if stored is None:
        store.create(after, kms_key)
        out.print(f"Created the secret {store.name}.")
    elif after == before and not kms_key and stored.names == frozenset(after):
        out.print(f"The secret {store.name} holds all of that already; nothing was written.")
        return
    else:
        store.replace(after, kms_key)
        out.print(f"Stored a new version of the secret {store.name}; the last one stays as AWSPREVIOUS.")
    missing = [credential.name for credential in secret_values(chosen) if credential.name not in after]
    if missing:
        out.print(
            f"Still missing: {', '.join(missing)}. Until they are there, clients cannot start; none was replaced."
        )
        return
    if stored and kms_key:
        out.print("Now run pulumi up, which lets the clients use the key. Before that, a client that starts fails.")
        return
    try:
        rolled = roll(settings, integration)
    except ClientError as error:
        raise CommandError(
            f"The credentials are stored, but running clients could not be replaced, and keep the old ones: {error}"
        ) from None
    for arn in rolled:
        out.print(f"Rolling the clients of {arn}.")


@app.command()
def status(
    stack: StackArgument, *, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """Tell which credentials are stored, never a value. Exit code 3 when some are missing."""
    settings = settings_of(stack)
    rows = {key: _status(settings, key) for key in settings.integrations}
    if as_json:
        report = {
            "stack": settings.stack,
            "region": settings.region,
            "integrations": {key: row.as_json() for key, row in rows.items()},
        }
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        Console(soft_wrap=True).print(_table(rows))
    if any(row.missing for row in rows.values()):
        raise typer.Exit(MISSING)


@dataclass(frozen=True)
class Status:
    secret: str
    arn: str | None
    present: Sequence[str]
    missing: Sequence[str]
    unknown: Sequence[str]
    forms: Mapping[str, str]  # of what `set` wants for the missing ones
    changed: str | None  # ISO 8601
    age_days: int | None
    note: str | None

    def as_json(self) -> Mapping[str, object]:
        return {
            "secret": self.secret,
            "exists": self.arn is not None,
            "arn": self.arn,
            "present": self.present,
            "missing": self.missing,
            "unknown": self.unknown,
            "forms": self.forms,
            "changed": self.changed,
            "ageDays": self.age_days,
            "note": self.note,
        }


def _status(settings: Settings, key: str) -> Status:
    integration = settings.integrations[key]
    wanted = {credential.name for credential in secret_values(integration)}
    store = SecretStore(settings, key)
    note = None
    try:
        stored = store.stored()
    except ScheduledForDeletionError:
        stored, note = None, "scheduled for deletion"
    except ForeignSecretError:
        stored, note = None, "another integration's"
    names = stored.names if stored else frozenset[str]()
    return Status(
        secret=store.name,
        arn=stored.arn if stored else None,
        present=sorted(wanted & names),
        missing=sorted(wanted - names),
        unknown=sorted(names - wanted),
        forms=forms(integration, wanted - names),
        changed=stored.changed.isoformat(timespec="seconds") if stored else None,
        age_days=stored.age_days if stored else None,
        note=note,
    )


def _table(rows: Mapping[str, Status]) -> Table:
    table = Table("integration", Column("secret", overflow="fold"), "present", "missing", "unknown", "age")
    for key, row in rows.items():
        age = row.note or ("does not exist" if row.age_days is None else f"{row.age_days} days")
        lists = (" ".join(names) or "-" for names in (row.present, row.missing, row.unknown))
        table.add_row(key, row.secret, *lists, age)
    return table
