"""What a provider does, apart from the protocol."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sandbox.providers.base.contract import Contract, Problem
from sandbox.providers.base.wire import Properties

C = TypeVar("C", bound=Contract)


@dataclass(frozen=True)
class Found:
    """A resource as it is."""

    id: str
    state: Properties
    inputs: Properties


class Provider(ABC, Generic[C]):
    """Resource types and functions of one package. Methods raise RefusedError; PartialError when something was made."""

    package: str

    @abstractmethod
    def configure(self, settings: Properties) -> None: ...

    @abstractmethod
    def contract(self, token: str) -> C:
        """What a resource type accepts."""

    @abstractmethod
    def home(self, token: str) -> str:
        """The file that supports a resource type, or should."""

    def complete(self, contract: C, inputs: Properties) -> Properties:
        """Inputs that come from the provider's configuration."""
        del contract, inputs
        return {}

    def problems(self, contract: C, inputs: Properties) -> Iterable[Problem]:
        """What is wrong with inputs that are complete and of the right types. Some may be unknown yet."""
        del contract, inputs
        return ()

    @abstractmethod
    def create(self, contract: C, urn: str, inputs: Properties) -> tuple[str, Properties]: ...

    @abstractmethod
    def read(self, contract: C, id_: str, state: Properties, inputs: Properties) -> Found | None: ...

    @abstractmethod
    def update(self, contract: C, id_: str, state: Properties, old: Properties, new: Properties) -> Properties: ...

    @abstractmethod
    def delete(self, contract: C, id_: str, state: Properties) -> None: ...

    def invoke(self, token: str, arguments: Properties) -> Properties:
        del arguments
        raise NotImplementedError(f"the function {token} is not supported by the sandbox")
