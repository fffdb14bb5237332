"""What the sandbox says to a person. Its words go to stderr, so that stdout stays Pulumi's and the table's."""

import contextlib
import time
from collections.abc import Callable, Generator

from rich.console import Console

SECONDS_BETWEEN_LINES = 15

# Without emoji, which would stand for `:secret:` in an ARN.
_console = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


class SandboxError(Exception):
    """Something that the person can put right: shown as one message, without a traceback."""


def say(text: str) -> None:
    _console.print(text, markup=False)


def complain(text: str) -> None:
    _console.print(text, markup=False, style="red")


def for_tables(width: int) -> Console:
    """A console on stdout, which is as wide as told where no terminal says it."""
    console = Console(highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = width
    return console


@contextlib.contextmanager
def progress(text: str) -> Generator[Callable[[str], None]]:
    """Shows a changing text: in place on a terminal, as a line now and then elsewhere."""
    if _console.is_terminal:
        with _console.status(text) as status:
            yield status.update
        return
    last = time.monotonic()

    def show(text: str) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            say(text)

    yield show
