"""Talks to a provider as the engine does, over gRPC."""

import hashlib
import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import grpc

from sandbox.providers.base.protocol import provider_pb2 as pb
from sandbox.providers.base.protocol import provider_pb2_grpc, status_pb2
from sandbox.providers.base.provider import Provider
from sandbox.providers.base.server import Server
from sandbox.providers.base.wire import Properties, decode, encode

Kind = pb.PropertyDiff.Kind


@dataclass(frozen=True)
class Made:
    """A resource as the engine's state has it."""

    token: str
    urn: str
    id: str
    inputs: Properties
    state: Properties


class RefusalError(Exception):
    """The provider answered with an error, perhaps with the state of a resource that was made all the same."""

    def __init__(self, error: grpc.RpcError) -> None:
        assert isinstance(error, grpc.Call)
        super().__init__(error.details())
        self.partial: pb.ErrorResourceInitFailed | None = None
        metadata: Any = error.trailing_metadata() or ()
        details = dict(metadata).get("grpc-status-details-bin")
        if details:
            [detail] = status_pb2.Status.FromString(details).details
            assert detail.type_url.endswith("/pulumirpc.ErrorResourceInitFailed")
            self.partial = pb.ErrorResourceInitFailed.FromString(detail.value)

    def made(self, token: str) -> Made:
        """What was made all the same."""
        assert self.partial
        urn = f"urn:pulumi:stack::project::{token}::thing"
        return Made(token, urn, self.partial.id, decode(self.partial.inputs), decode(self.partial.properties))


class Driver:
    def __init__(self, provider: Provider[Any], settings: Mapping[str, Any] | None = None) -> None:
        self._seed = secrets.token_bytes(8)
        self._server = grpc.server(ThreadPoolExecutor(4))
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(Server(provider), self._server)
        port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub: Any = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self._call("Configure", pb.ConfigureRequest(args=encode(settings or {})))

    def close(self) -> None:
        self._channel.close()
        self._server.stop(None).wait()

    def _call(self, method: str, request: Any) -> Any:
        try:
            return getattr(self.stub, method)(request)
        except grpc.RpcError as error:
            raise RefusalError(error) from None

    def check(
        self,
        token: str,
        inputs: Properties,
        *,
        old: Properties | None = None,
        name: str = "thing",
        autonaming: pb.CheckRequest.AutonamingOptions | None = None,
    ) -> tuple[Properties, dict[str, str]]:
        """The completed inputs, and what is wrong with them by property."""
        urn = f"urn:pulumi:stack::project::{token}::{name}"
        request = pb.CheckRequest(
            urn=urn,
            type=token,
            name=name,
            olds=encode(old or {}),
            news=encode(inputs),
            randomSeed=hashlib.sha256(self._seed + urn.encode()).digest(),
            autonaming=autonaming,
        )
        answer = self._call("Check", request)
        failures: dict[str, str] = {}
        for failure in answer.failures:
            failures[failure.property] = "; ".join(filter(None, (failures.get(failure.property), failure.reason)))
        return decode(answer.inputs), failures

    def checked(
        self, token: str, inputs: Properties, *, old: Properties | None = None, name: str = "thing"
    ) -> Properties:
        complete, failures = self.check(token, inputs, old=old, name=name)
        assert failures == {}
        return complete

    def preview(self, token: str, inputs: Properties) -> Properties:
        request = pb.CreateRequest(
            urn=f"urn:pulumi:stack::project::{token}::thing", type=token, properties=encode(inputs), preview=True
        )
        return decode(self._call("Create", request).properties)

    def create(self, token: str, inputs: Properties, name: str = "thing") -> Made:
        """Check and create."""
        return self.create_unchecked(token, self.checked(token, inputs, name=name), name)

    def create_unchecked(self, token: str, inputs: Properties, name: str = "thing") -> Made:
        answer = self.answer_to_create(token, inputs, name)
        urn = f"urn:pulumi:stack::project::{token}::{name}"
        return Made(token, urn, answer.id, inputs, decode(answer.properties))

    def answer_to_create(self, token: str, inputs: Properties, name: str = "thing") -> pb.CreateResponse:
        urn = f"urn:pulumi:stack::project::{token}::{name}"
        return self._call("Create", pb.CreateRequest(urn=urn, type=token, properties=encode(inputs)))

    def diff(self, made: Made, inputs: Properties) -> pb.DiffResponse:
        """What a change to these inputs, which are checked first, would mean."""
        complete = self.checked(made.token, inputs, old=made.inputs)
        request = pb.DiffRequest(
            id=made.id,
            urn=made.urn,
            type=made.token,
            olds=encode(made.state),
            old_inputs=encode(made.inputs),
            news=encode(complete),
        )
        return self._call("Diff", request)

    def update(self, made: Made, inputs: Properties, *, preview: bool = False) -> Made:
        complete = self.checked(made.token, inputs, old=made.inputs)
        request = pb.UpdateRequest(
            id=made.id,
            urn=made.urn,
            type=made.token,
            olds=encode(made.state),
            old_inputs=encode(made.inputs),
            news=encode(complete),
            preview=preview,
        )
        answer = self._call("Update", request)
        return Made(made.token, made.urn, made.id, complete, decode(answer.properties))

    def read(self, made: Made) -> Made | None:
        request = pb.ReadRequest(
            id=made.id,
            urn=made.urn,
            type=made.token,
            properties=encode(made.state),
            inputs=encode(made.inputs),
        )
        return self._found(made.token, made.urn, self._call("Read", request))

    def import_(self, token: str, id_: str) -> Made | None:
        urn = f"urn:pulumi:stack::project::{token}::thing"
        return self._found(token, urn, self._call("Read", pb.ReadRequest(id=id_, urn=urn, type=token)))

    def _found(self, token: str, urn: str, answer: pb.ReadResponse) -> Made | None:
        if not answer.id:
            return None
        return Made(token, urn, answer.id, decode(answer.inputs), decode(answer.properties))

    def delete(self, made: Made) -> None:
        request = pb.DeleteRequest(id=made.id, urn=made.urn, type=made.token, properties=encode(made.state))
        self._call("Delete", request)

    def invoke(self, token: str, arguments: Properties | None = None) -> Properties:
        answer = self._call("Invoke", pb.InvokeRequest(tok=token, args=encode(arguments or {})))
        return decode(getattr(answer, "return"))


def kinds(answer: pb.DiffResponse) -> dict[str, str]:
    """The detailed differences, in words."""
    return {where: Kind.Name(detail.kind) for where, detail in sorted(answer.detailedDiff.items())}
