"""The engine's plugins, as launchers in the sandbox's own Pulumi home, where the engine looks for them."""

import os
import shlex
import sys
from importlib.metadata import version
from pathlib import Path

from sandbox import paths


def install() -> None:
    """Writes the launchers. The language host is used by an engine that has none beside it."""
    python, root = shlex.quote(sys.executable), shlex.quote(str(paths.ROOT))
    host = shlex.quote(str(paths.ROOT / "sandbox" / "language_host.py"))
    _launcher(f"language-python-v{version('pulumi')}", "pulumi-language-python", f"{python} -P {host}")
    for name in ("aws", "random"):
        _launcher(
            f"resource-{name}-v{version(f'pulumi-{name}')}",
            f"pulumi-resource-{name}",
            f"env PYTHONPATH={root} {python} -m sandbox.providers.{name}",
        )


def _launcher(folder: str, name: str, command: str) -> None:
    file = paths.PULUMI_HOME / "plugins" / folder / name
    script = f'#!/bin/sh\nexec {command} "$@"\n'
    if file.exists() and file.read_text() == script:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(f"{file}.{os.getpid()}")  # another command may be writing it too
    fresh.write_text(script)
    fresh.chmod(0o755)
    fresh.replace(file)
