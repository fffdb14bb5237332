"""The one description of what runs: a task of one or more containers, whatever it runs on."""

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter


@dataclass(frozen=True)
class HealthCheck:
    """When a container counts as unhealthy. Times in seconds."""

    command: tuple[str, ...]
    interval: int
    timeout: int
    retries: int
    start_period: int


@dataclass(frozen=True)
class Scratch:
    """A folder that a container may write to beside its read-only root. It is kept in memory, out of the task's."""

    path: str
    size: int  # MiB


@dataclass(frozen=True)
class Container:
    """What a container runtime needs to run one container."""

    name: str
    image: str
    environment: Mapping[str, str]
    secrets: tuple[str, ...]  # names of variables, whose values are the same-named keys of the integration's secret
    user: str
    read_only_root: bool
    stop_timeout: int  # seconds between SIGTERM and SIGKILL
    ports: tuple[int, ...] = ()  # TCP
    health_check: HealthCheck | None = None  # an image without a shell or an interpreter has none
    scratch: tuple[Scratch, ...] = ()
    after_healthy: tuple[str, ...] = ()  # names of containers that must be healthy before it starts


@dataclass(frozen=True)
class Task:
    """Containers that are started, placed and stopped together, and reach each other by loopback.

    Raises ValueError when they cannot be together.
    """

    containers: tuple[Container, ...]
    cpu: int  # CPU units, 1024 to a vCPU, of all containers together
    memory: int  # MiB, of all containers together
    disk: int | None = None  # GiB, where that which every task gets is not enough

    def __post_init__(self) -> None:
        names = [container.name for container in self.containers]
        ports = [port for container in self.containers for port in container.ports]
        checked = {container.name for container in self.containers if container.health_check}
        if len(set(names)) != len(names):
            raise ValueError(f"two containers of a task have one name: {', '.join(names)}")
        if len(set(ports)) != len(ports):
            raise ValueError(f"two containers of a task listen at one port: {', '.join(map(str, ports))}")
        for container in self.containers:
            if unknown := set(container.after_healthy) - checked:
                raise ValueError(
                    f"{container.name} would wait for ever: {', '.join(sorted(unknown))} is no container of the task"
                    " with a health check"
                )
        TopologicalSorter({one.name: one.after_healthy for one in self.containers}).prepare()  # raises for a circle
