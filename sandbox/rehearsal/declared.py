"""What a container definition says about how to run it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Limit(StrEnum):
    """What may be declared of a container, in words."""

    USER = "the declared user"
    CAPABILITIES = "no capabilities"
    ROOT = "a read-only root"
    INIT = "an init"
    MEMORY = "the declared memory"


@dataclass(frozen=True)
class Declared:
    """What a container definition says about how to run it, as far as a machine can enforce it."""

    user: str
    no_capabilities: bool
    read_only_root: bool
    init: bool
    memory: int  # MiB

    @staticmethod
    def by(definition: Mapping[str, Any], task_memory: int) -> "Declared":
        linux = definition.get("linuxParameters", {})
        return Declared(
            user=definition.get("user") or "1000",  # the image's own
            no_capabilities="ALL" in linux.get("capabilities", {}).get("drop", []),
            read_only_root=bool(definition.get("readonlyRootFilesystem")),
            init=bool(linux.get("initProcessEnabled")),
            memory=int(definition.get("memory") or task_memory),
        )

    def limits(self) -> list[Limit]:
        return [
            Limit.USER,
            Limit.MEMORY,
            *([Limit.CAPABILITIES] if self.no_capabilities else []),
            *([Limit.ROOT] if self.read_only_root else []),
            *([Limit.INIT] if self.init else []),
        ]
