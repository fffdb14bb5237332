"""What a person or a pipeline is asked for, and what is made of the answers."""

import re
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import typer

from broker import registry
from broker.catalogue import Credential
from ops.errors import CommandError
from ops.secret_store import json_object
from settings import Integration
from settings.clients import secret_values

COMPOSED = "CR_CREDENTIALS"


def answered(integration: Integration, before: Mapping[str, object]) -> dict[str, str]:
    """Values for the secret, asked for at a terminal or else read from stdin. Raises CommandError for wrong ones."""
    questions = _questions(integration)
    answers = _ask(questions, before) if sys.stdin.isatty() else _read(questions)
    for name, value in answers.items():
        # Measured: $HOME inside of a password was replaced.
        if re.search(r"\$\w", value) and not name.startswith("CR_"):
            typer.echo(
                f"Warning: {name} holds a $ before a letter or digit, which the client may take for a variable and"
                " replace. Try it, or choose another value.",
                err=True,
            )
    return _composed(integration, answers)


def forms(integration: Integration, missing: Collection[str]) -> dict[str, str]:
    """The form of each answer that the missing values need."""
    return {c.name: c.form for c in _questions(integration) if c.name in missing or _is_part(c, missing)}


def _is_part(credential: Credential, missing: Collection[str]) -> bool:
    return COMPOSED in missing and credential.name.startswith("CR_")


def _questions(integration: Integration) -> list[Credential]:
    wanted = secret_values(integration)
    if not any(credential.name == COMPOSED for credential in wanted):
        return list(wanted)
    return [*(c for c in wanted if c.name != COMPOSED), *registry.questions(str(integration.fields["registry.kind"]))]


def _composed(integration: Integration, answers: dict[str, str]) -> dict[str, str]:
    """The answers, with those about a registry made into the one value that its agent takes."""
    if not any(credential.name == COMPOSED for credential in secret_values(integration)):
        return answers
    kind, host = (str(integration.fields[f"registry.{key}"]) for key in ("kind", "host"))
    parts = {c.name: answers.pop(c.name) for c in registry.questions(kind) if c.name in answers}
    if not parts:
        return answers
    lacking = [c.name for c in registry.questions(kind) if c.name not in parts]
    if lacking:
        raise CommandError(
            f"Nothing was stored: {', '.join(lacking)} is missing; a registry's credentials change together"
        )
    return answers | {COMPOSED: registry.composed(kind, host, parts)}


def _ask(questions: Sequence[Credential], before: Mapping[str, object]) -> dict[str, str]:
    """Hidden prompts, one for each; an empty answer keeps what is stored."""
    answers: dict[str, str] = {}
    for credential in questions:
        stored = credential.name in before or _is_part(credential, before)
        hints = (" [Enter keeps the stored one]" if stored else "", " or @FILE" if credential.of_file else "")
        while True:
            value: str = typer.prompt(
                f"{credential.label}, {credential.name}{''.join(hints)}",
                default="",
                show_default=False,
                hide_input=True,
            )
            if not value and stored:
                break
            if credential.of_file and value.startswith("@"):
                value = _content(value[1:]) or ""
            if _fits(credential, value):
                answers[credential.name] = value
                break
            typer.echo(f"{credential.name} must be {credential.shape}. Nothing was stored yet.", err=True)
    return answers


def _content(name: str) -> str | None:
    try:
        return Path(name).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        typer.echo(f"The file {name} cannot be read.", err=True)
        return None


def _read(questions: Sequence[Credential]) -> dict[str, str]:
    """One JSON object from stdin. All that is wrong with it is said at once, and no value is repeated."""
    known = {credential.name: credential for credential in questions}
    given = json_object(sys.stdin.buffer.read().decode(errors="replace"))
    if not given:
        form = ", ".join(f'"{name}": "…"' for name in known)
        raise CommandError(f"Stdin must be one JSON object such as {{{form}}}")
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
