"""A command of this process that sees and leaves no more than one with a process of its own, which takes seconds."""

import logging
import os
import sys
import warnings
from collections.abc import Generator, Mapping
from contextlib import ExitStack, chdir, contextmanager
from io import BytesIO, TextIOWrapper
from subprocess import CompletedProcess
from unittest.mock import patch

from typer import rich_utils

from ops import account
from ops.cli import main
from tests.stack_files import ROOT

NOT_SHOWN = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)  # by Python itself


def run(arguments: tuple[str, ...], stdin: bytes, environment: Mapping[str, str]) -> CompletedProcess[str]:
    given, output, complaints = BytesIO(stdin), BytesIO(), BytesIO()
    # By default as Python has it where no language is set.
    encoding, _, errors = environment.get("PYTHONIOENCODING", "utf-8:surrogateescape").partition(":")
    streams = patch.multiple(
        sys,
        stdin=TextIOWrapper(given, encoding, errors),
        stdout=TextIOWrapper(output, encoding, errors, write_through=True),
        stderr=TextIOWrapper(complaints, encoding, "backslashreplace", write_through=True),
    )
    with _own(environment), streams:
        try:
            main(arguments)
        except SystemExit as end:
            code = end.code or 0
    assert isinstance(code, int)
    return CompletedProcess(arguments, code, output.getvalue().decode(), complaints.getvalue().decode())


@contextmanager
def _own(environment: Mapping[str, str]) -> Generator[None]:
    """What else a process has for itself."""
    with ExitStack() as stack:
        stack.enter_context(chdir(ROOT))
        stack.enter_context(patch.dict(os.environ, environment, clear=True))
        account.connected.cache_clear()
        stack.enter_context(patch.object(sys, "excepthook", sys.excepthook))
        # Typer reads the environment when it is imported.
        stack.enter_context(patch.multiple(rich_utils, MAX_WIDTH=None, FORCE_TERMINAL=None))
        # A warning would stand on stderr, by the logger of last resort or by Python. Here it is an exception.
        stack.enter_context(patch.object(logging.root, "handlers", list[logging.Handler]()))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("error")
        for kind in NOT_SHOWN:
            warnings.simplefilter("ignore", kind)
        yield
