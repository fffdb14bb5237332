"""What tasks run on, and which sizes it offers.

Source of the sizes: the ECS API reference, RegisterTaskDefinition, parameters cpu and memory.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Compute:
    name: str  # in outputs
    compatibility: str  # that a task definition requires
    capacity_provider: str  # of AWS's own
    memory_by_cpu: Mapping[int, frozenset[int]]  # CPU units (1024 to a vCPU): MiB of memory

    def refusal(self, cpu: int, memory: int) -> "Refusal | None":
        """Why no task can have this size; None when one can."""
        if cpu not in self.memory_by_cpu:
            return self._refusal("cpu", cpu, list(self.memory_by_cpu), "")
        if memory not in self.memory_by_cpu[cpu]:
            return self._refusal("memory", memory, sorted(self.memory_by_cpu[cpu]), f" MiB beside cpu {cpu}")
        return None

    def _refusal(self, part: str, given: int, offered: Sequence[int], beside: str) -> "Refusal":
        sizes = ", ".join(map(str, offered))
        why = f"must be one of {sizes}{beside}: {self.name.title()} offers nothing else"
        return Refusal(part, why, min(offered, key=lambda size: abs(size - given)))


@dataclass(frozen=True)
class Refusal:
    part: str  # of the size: cpu or memory
    why: str
    offered: int  # the nearest that is offered


def _steps(first: int, last: int, step: int) -> frozenset[int]:
    return frozenset(range(first, last + 1, step))


FARGATE = Compute(
    name="fargate",
    compatibility="FARGATE",
    capacity_provider="FARGATE",
    memory_by_cpu={
        256: frozenset({512, 1024, 2048}),
        512: _steps(1024, 4096, 1024),
        1024: _steps(2048, 8192, 1024),
        2048: _steps(4096, 16384, 1024),
        4096: _steps(8192, 30720, 1024),
        8192: _steps(16384, 61440, 4096),
        16384: _steps(32768, 122880, 8192),
    },
)
