"""python -m ops secrets: the credentials of the integrations, kept in AWS Secrets Manager."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer
from botocore.exceptions import ClientError
from rich.console import Console
from rich.table import Column, Table

from broker.catalogue import CATALOGUE, Credential, credentials
from ops.clients import roll
from ops.errors import CommandError
from ops.secret_store import ScheduledForDeletionError, SecretStore, json_object
from ops.stacks import settings_of
from settings import Settings

MISSING = 3  # exit code of status

app = typer.Typer(help="Store the integrations' credentials in AWS Secrets Manager.", no_args_is_help=True)

StackArgument = Annotated[str, typer.Argument(metavar="STACK", help="A name in stacks/, or a stack file's path.")]


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
    wanted = credentials(_type_of(settings, integration))
    store = SecretStore(settings, integration)
    stored = store.stored()
    before = store.values() if stored else {}
    given = _ask(wanted, before, settings, integration) if sys.stdin.isatty() else _read(wanted)
    after = before | given
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
    missing = [credential.name for credential in wanted if credential.name not in after]
    if missing:
        out.print(f"Still missing: {', '.join(missing)}.")
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
            "changed": self.changed,
            "ageDays": self.age_days,
            "note": self.note,
        }


def _status(settings: Settings, key: str) -> Status:
    wanted = {credential.name for credential in credentials(settings.integrations[key].type)}
    store = SecretStore(settings, key)
    note = None
    try:
        stored = store.stored()
    except ScheduledForDeletionError:
        stored, note = None, "scheduled for deletion"
    names = stored.names if stored else frozenset[str]()
    return Status(
        secret=store.name,
        arn=stored.arn if stored else None,
        present=sorted(wanted & names),
        missing=sorted(wanted - names),
        unknown=sorted(names - wanted),
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


def _type_of(settings: Settings, integration: str) -> str:
    if integration not in settings.integrations:
        known = ", ".join(settings.integrations)
        raise CommandError(f"The stack {settings.stack} has no integration {integration}. It has: {known}.")
    return settings.integrations[integration].type


def _ask(
    wanted: Sequence[Credential], before: Mapping[str, object], settings: Settings, integration: str
) -> dict[str, str]:
    """Hidden prompts, one for each credential; an empty answer keeps what is stored."""
    entry = CATALOGUE[settings.integrations[integration].type]
    typer.echo(
        f"{settings.stack}/{integration} is of type {entry.name}. Its Broker token comes from {entry.token_source}."
    )
    given: dict[str, str] = {}
    for credential in wanted:
        keep = " [Enter keeps the stored one]" if credential.name in before else ""
        while True:
            value: str = typer.prompt(
                f"{credential.label}, {credential.name}{keep}", default="", show_default=False, hide_input=True
            )
            if not value and keep:
                break
            if _fits(credential, value):
                given[credential.name] = value
                break
            typer.echo(f"{credential.name} must be {credential.shape}. Nothing was stored yet.", err=True)
    return given


def _read(wanted: Sequence[Credential]) -> dict[str, str]:
    """One JSON object from stdin. All that is wrong with it is said at once, and no value is repeated."""
    form = json.dumps({credential.name: "…" for credential in wanted}, ensure_ascii=False)
    given = json_object(sys.stdin.buffer.read().decode(errors="replace"))
    if not given:
        raise CommandError(f"Stdin must be one JSON object such as {form}")
    known = {credential.name: credential for credential in wanted}
    values: dict[str, str] = {}
    problems: list[str] = []
    for name, value in given.items():
        if name not in known:
            problems.append(f"{name} is no credential of this integration; it has {', '.join(known)}")
        elif not isinstance(value, str) or not _fits(known[name], value):
            problems.append(f"{name} must be {known[name].shape}")
        else:
            values[name] = value
    if problems:
        raise CommandError("\n".join(["Nothing was stored:", *(f"  {problem}" for problem in problems)]))
    return values


def _fits(credential: Credential, value: str) -> bool:
    return re.fullmatch(credential.pattern, value) is not None
