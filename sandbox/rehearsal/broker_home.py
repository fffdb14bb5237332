"""The home folder of the Broker's image, with its rules and defaults for a type of client.

The npm package has no such data. It comes from a copy of the Broker's repository (BROKER_HOME), else out of the image
by Docker.
"""

import os
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from sandbox import paths
from sandbox.console import SandboxError, say

VARIABLE = "BROKER_HOME"
DATA = ("config.default.json", "defaultFilters")
_IMAGES = paths.WORK / "images"
_one_at_a_time = threading.Lock()

HOW_TO_GET = f"""\
The rehearsal needs the Broker's own rules and defaults, which are in its image and in its source. Either have Docker
running, or get the source once and check what it holds:
    git clone --depth 1 --branch v5.21.5 https://github.com/snyk/broker.git ~/snyk-broker
    (cd ~/snyk-broker && sha256sum --check --quiet) < sandbox/rehearsal/broker-home.sha256
    export {VARIABLE}=~/snyk-broker"""


def source() -> str:
    """Says where the data comes from. Raises SandboxError when it cannot be had."""
    if (folder := _folder()) is not None:
        return str(folder)
    docker = shutil.which("docker")
    if docker and subprocess.run([docker, "info"], capture_output=True, check=False).returncode == 0:
        return "the Broker's image"
    raise SandboxError(HOW_TO_GET)


def lay_out(image: str, image_type: str, home: Path) -> None:
    """Makes the home of a client of this image, readable by any user. Raises SandboxError for an unknown type."""
    folder = _folder()
    if folder is None:
        shutil.copytree(_out_of(image), home)
    else:
        templates = folder / "client-templates" / image_type
        if not templates.is_dir():
            raise SandboxError(f"{image}: {folder} has no client-templates/{image_type}.")
        _lay_out_data(folder, home)
        shutil.copy(templates / "accept.json.sample", home / "accept.json")
        if (templates / ".env.sample").exists():
            shutil.copy(templates / ".env.sample", home / ".env")
    for path in (home, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def lay_out_server(image: str, home: Path) -> None:
    """Makes the home of a server, which reads the same defaults as the clients of this image."""
    _lay_out_data(_folder() or _out_of(image), home)


def _lay_out_data(folder: Path, home: Path) -> None:
    home.mkdir(parents=True)
    for name in DATA:
        (shutil.copytree if (folder / name).is_dir() else shutil.copy)(folder / name, home / name)


def _folder() -> Path | None:
    """Raises SandboxError when what is named is no such folder."""
    named = os.environ.get(VARIABLE)
    if not named:
        return None
    folder = Path(named).expanduser().resolve()
    missing = [name for name in (*DATA, "client-templates") if not (folder / name).exists()]
    if missing:
        raise SandboxError(f"{VARIABLE} is {folder}, where there is no {', '.join(missing)}.\n{HOW_TO_GET}")
    return folder


def _out_of(image: str) -> Path:
    """The home in the image, without its Node modules."""
    with _one_at_a_time:
        return _taken_out_of(image)


def _taken_out_of(image: str) -> Path:
    target = _IMAGES / image.replace("/", "_").replace(":", "_").replace("@", "_")
    if target.exists():
        return target
    say(f"Taking the Broker's rules and defaults out of the image {image}.")
    _IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_IMAGES) as made:
        container = _docker("create", image).strip()
        try:
            home = _docker("inspect", "--format", "{{.Config.WorkingDir}}", container).strip()
            _docker("cp", f"{container}:{home}/.", made)
        finally:
            _docker("rm", container)
        shutil.rmtree(Path(made, "node_modules"), ignore_errors=True)
        Path(made).rename(target)
        Path(made).mkdir()  # for the context manager to remove
    return target


def _docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SandboxError(f"`docker {' '.join(arguments)}` failed: {done.stderr.strip()}")
    return done.stdout
