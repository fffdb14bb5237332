"""The published Broker and the Node versions of its client and its server, from npm."""

import fcntl
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sandbox import paths
from sandbox.console import SandboxError, say

MANIFEST = Path(__file__).parent / "npm"
FOLDER = paths.WORK / "npm"
LINES_SHOWN = 15
_NAMES = {"x86_64": "x64", "aarch64": "arm64"}  # Node's names of the machine's


@dataclass(frozen=True)
class Packages:
    modules: Path
    client_node: str  # below `modules`
    server_node: str

    @property
    def broker(self) -> str:
        """The Broker's command, below `modules`."""
        return "snyk-broker/dist/cli/index.js"


def install() -> Packages:
    """Installs what the lock file says, unless that is there already. Raises SandboxError when it cannot be had."""
    machine = _NAMES.get(platform.machine())
    if machine is None or platform.system() != "Linux":
        raise SandboxError(
            f"The rehearsal needs Linux on x86_64 or aarch64; this is {platform.system()} on {platform.machine()}."
        )
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install()
    return Packages(FOLDER / "node_modules", f"node24-{machine}/bin/node", f"node20-{machine}/bin/node")


def _install() -> None:
    wanted = (MANIFEST / "package-lock.json").read_bytes()
    installed = FOLDER / "installed.json"  # written last, so that half an installation is no installation
    if installed.exists() and installed.read_bytes() == wanted:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise SandboxError(
            "The rehearsal runs the published Broker, which npm installs, and there is no npm. Install Node.js with npm"
            " (https://nodejs.org), any version."
        )
    say("Installing the published Broker and its Node versions with npm, once in this checkout.")
    installed.unlink(missing_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(MANIFEST / name, FOLDER)
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-bin-links", "--no-audit", "--no-fund"],
        cwd=FOLDER,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        umask=0o022,  # the clients' user reads it
        check=False,
    )
    if done.returncode != 0:
        last = "\n".join(done.stdout.splitlines()[-LINES_SHOWN:])
        raise SandboxError(f"npm could not install the Broker. It says:\n{last}")
    installed.write_bytes(wanted)
