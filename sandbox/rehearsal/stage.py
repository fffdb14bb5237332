"""What all integrations of a rehearsal share: Snyk's side, the authority, the processes, a folder for their logs."""

import contextlib
import fcntl
import shutil
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sandbox import paths
from sandbox.console import SandboxError
from sandbox.rehearsal import broker_home, cgroup, traffic
from sandbox.rehearsal.checks.base import Case
from sandbox.rehearsal.children import Children
from sandbox.rehearsal.container import Container
from sandbox.rehearsal.declared import Declared
from sandbox.rehearsal.deployed import Deployed
from sandbox.rehearsal.isolation import IsolatedContainer, can_isolate
from sandbox.rehearsal.packages import Packages
from sandbox.rehearsal.recorder import Authority
from sandbox.rehearsal.replica import CA, Replica, SnykHosts
from sandbox.rehearsal.snyk import Snyk


@dataclass(frozen=True)
class Stage:
    folder: Path
    children: Children
    packages: Packages
    authority: Authority
    snyk: Snyk

    @contextlib.contextmanager
    def case(self, one: Deployed, environment: traffic.Environment) -> Generator[Case]:
        """Starts the replicas of an integration in the environment that ECS gives them."""
        stated = one.stated
        hosts = SnykHosts(_host(stated["BROKER_SERVER_URL"]), _host(stated["BROKER_DISPATCHER_BASE_URL"]))
        scripted = traffic.entry_script(environment)
        of_image = {"BROKER_TYPE": one.image_type, "BROKER_VERSION": one.version}
        environment = {**of_image, **environment, **scripted}
        with contextlib.ExitStack() as cleared:
            replicas: list[Replica] = []
            for number in range(1, one.replicas + 1):
                container = self._container(one, f"{one.name}-{number}")
                cleared.callback(container.remove)
                command = [f"node_modules/{self.packages.broker}", "client"]
                replica = Replica(container, environment, command, self.snyk, hosts, self.authority)
                cleared.callback(replica.close)
                replicas.append(replica)
            yield Case(
                deployed=one,
                environment=environment,
                replicas=replicas,
                snyk=self.snyk,
                hosts=hosts,
                traffic=traffic.of(one.image_type, environment),
                children=self.children,
                notes=["CR_CREDENTIALS as the image's entry script makes it, which is emulated"] if scripted else [],
            )

    def _container(self, one: Deployed, name: str) -> Container:
        home = self.folder / name
        broker_home.lay_out(one.container["image"], one.image_type, home)
        (home / CA).write_bytes(self.authority.pem)
        (home / CA).chmod(0o644)  # whatever the user's umask
        kind = IsolatedContainer if can_isolate() else Container
        return kind(name, self.children, Declared.by(one.container, one.memory), home, self.packages)


@contextlib.contextmanager
def opened(stack: str, packages: Packages, image: str) -> Generator[Stage]:
    """Starts Snyk's side, and ends it with all that was started. Raises SandboxError when the stack has one already.

    `image`: any that the rehearsal runs.
    """
    folder = paths.WORK / "rehearsal" / stack
    folder.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{stack}.lock").open("w") as lock, contextlib.ExitStack() as cleared:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SandboxError(f"Another rehearsal of the stack {stack} is under way.") from None
        shutil.rmtree(folder)
        folder.mkdir()
        cgroup.remove_left_over()
        children = Children()
        cleared.callback(children.close)
        authority = Authority()
        snyk = Snyk(children, packages, authority, image, folder)
        cleared.callback(snyk.close)
        yield Stage(folder, children, packages, authority, snyk)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
