"""python -m ops secrets: the credentials of the integrations, kept in AWS Secrets Manager."""

import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Column, Table

from ops.account import place
from ops.clients.deployments import start
from ops.clients.services import connect, find, may_read
from ops.console import console
from ops.errors import CommandError
from ops.questions import answered, forms
from ops.secret_store import NAMES_TAG, SERVICE, ForeignSecretError, ScheduledForDeletionError, SecretStore
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
    out = console()
    store = SecretStore(settings, integration)
    where = store.place()
    out.print(f"In {where}, as {where.caller}:")
    stored = store.stored()
    before = store.values() if stored else {}
    if sys.stdin.isatty():
        out.print(f"The Broker token of {chosen.entry.system} comes from {chosen.entry.token_source}.")
    after = before | answered(chosen, before)
    roll_command = f"python -m ops clients roll {shlex.quote(stack)} {integration}"
    if stored is None:
        store.create(after, kms_key)
        out.print(f"Created the secret {store.name} in {where}.")
    elif after == before and not kms_key and stored.names == frozenset(after):
        out.print(f"The secret {store.name} in {where} holds all of that already; nothing was written.")
        out.print(f"Clients that are older take it with: {roll_command}")
        return
    else:
        store.replace(after, kms_key)
        out.print(f"Stored a new version of the secret {store.name} in {where}; the last one stays as AWSPREVIOUS.")
    missing = [credential.name for credential in secret_values(chosen) if credential.name not in after]
    if missing:
        out.print(
            f"Still missing: {', '.join(missing)}. Until they are there, clients cannot start; none was replaced."
        )
        return
    try:
        if stored is None:
            _after_creation(out, settings, integration)
        elif kms_key:
            _after_change_of_key(out, settings, roll_command)
        else:
            _roll(out, settings, integration, stored.arn)
    except (BotoCoreError, ClientError) as error:
        raise CommandError(
            f"The credentials are stored, but running clients could not be replaced, and keep the old ones: {error}\n"
            f"To try again: {'pulumi up --stack ' + settings.stack if stored is None else roll_command}"
        ) from None


def _after_creation(out: Console, settings: Settings, integration: str) -> None:
    if find(connect(settings).ecs, settings, [integration]):
        _of_another_secret(out, settings)


def _of_another_secret(out: Console, settings: Settings) -> None:
    """They are told a secret's ARN, which ends in letters of chance: of one that was made anew it is another."""
    out.print(
        "The clients that run were made for another secret and cannot read this one, so none was replaced. Now"
        f" type, which gives it to them:\n    pulumi up --stack {settings.stack}"
    )


def _after_change_of_key(out: Console, settings: Settings, roll_command: str) -> None:
    out.print(
        "The clients may not use the key yet, so none was replaced, and one that starts now fails. Now type, one after"
        f" the other:\n    pulumi up --stack {settings.stack}\n    {roll_command}\n"
        "The first lets them use the key. The second replaces those that run, which have the old values."
    )


def _roll(out: Console, settings: Settings, integration: str, secret: str) -> None:
    ecs = connect(settings).ecs
    services = find(ecs, settings, [integration]).values()
    if not services:
        out.print("No clients are running yet.")
    elif not all(may_read(ecs, service, secret) for service in services):
        _of_another_secret(out, settings)
    else:
        for service in services:
            out.print(f"Rolling the clients of {start(ecs, service).service}.")


@app.command()
def status(
    stack: StackArgument, *, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """Tell which credentials are stored, never a value. Exit code 3 when some are missing."""
    settings = settings_of(stack)
    where = place(settings, SERVICE)
    rows = {key: _status(settings, key) for key in settings.integrations}
    if as_json:
        report = {
            "stack": settings.stack,
            "account": where.account,
            "region": where.region,
            "integrations": {key: row.as_json() for key, row in rows.items()},
        }
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        out = console()
        out.print(f"In {where}, as {where.caller}:")
        out.print(_table(rows))
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
    written = store.written() if stored else None
    names = stored.names if stored else frozenset[str]()
    if names is None:
        # The program takes such a secret as it is, too.
        names, missing, note = frozenset[str](), set[str](), f"no tag {NAMES_TAG} tells what it holds"
    else:
        missing = wanted - names
    return Status(
        secret=store.name,
        arn=stored.arn if stored else None,
        present=sorted(wanted & names),
        missing=sorted(missing),
        unknown=sorted(names - wanted),
        forms=forms(integration, missing),
        changed=written.isoformat(timespec="seconds") if written else None,
        age_days=(datetime.now(UTC) - written).days if written else None,
        note=note,
    )


def _table(rows: Mapping[str, Status]) -> Table:
    table = Table("integration", Column("secret", overflow="fold"), "present", "missing", "unknown", "age")
    for key, row in rows.items():
        lists = (" ".join(names) or "-" for names in (row.present, row.missing, row.unknown))
        table.add_row(key, row.secret, *lists, _age(row))
    return table


def _age(row: Status) -> str:
    if row.arn is None:
        return row.note or "does not exist"
    age = "no value" if row.age_days is None else f"{row.age_days} days"
    return f"{age}, {row.note}" if row.note else age
