"""The engine's protocol, without the SDK around it, which takes longer to import than a provider may take to listen."""

import importlib.util
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType


@contextmanager
def _bare_packages(*names: str) -> Generator[None]:
    """Stand in for packages, so that modules in them are imported without what the packages themselves import."""
    absent = [name for name in names if name not in sys.modules]
    spec = importlib.util.find_spec("pulumi") if absent else None
    for name in absent:
        package = ModuleType(name)
        if spec and spec.origin:
            package.__path__ = [str(Path(spec.origin).parent.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = package
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


with _bare_packages("pulumi", "pulumi.runtime"):
    from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

__all__ = ["plugin_pb2", "provider_pb2", "provider_pb2_grpc", "status_pb2"]
