"""Mistakes in the tables themselves, told so that whoever wrote one knows what to correct."""

import traceback
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.providers.base.contract import RefusedError

if TYPE_CHECKING:
    from sandbox.providers.aws.resource import Resource

_ROOT = Path(__file__).parents[3]


class TableError(Exception):
    """A table and AWS do not fit. The message names the property and says what to do."""


@contextmanager
def named(resource: "Resource") -> Generator[None]:
    """Let what goes wrong because of a table name its type and its file."""
    try:
        yield
    except Exception as error:
        if _is_of_the_table(error):
            raise RefusedError(explain(resource, error)) from error
        raise


def explain(resource: "Resource", error: Exception) -> str:
    if not _is_of_the_table(error):
        return str(error) or type(error).__name__
    from sandbox.providers.aws.types import home  # noqa: PLC0415 - the tables import what uses this

    words = str(error) if isinstance(error, TableError) else f"{type(error).__name__}: {error}, {_place(error)}"
    return f"{resource.token}: {words} (its table is in {home(resource.token)})"


def _is_of_the_table(error: Exception) -> bool:
    from botocore.exceptions import ParamValidationError  # noqa: PLC0415 - slow, and the server must listen first

    return isinstance(error, TableError | ParamValidationError | LookupError | TypeError | ValueError | AttributeError)


def _place(error: Exception) -> str:
    """The innermost line of the sandbox's own code."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(_ROOT)]
    frames = [frame for frame in own if ".venv" not in frame.filename]
    return f"in {frames[-1].name}, {Path(frames[-1].filename).relative_to(_ROOT)}:{frames[-1].lineno}"
