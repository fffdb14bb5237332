"""The engine's protocol for providers of resources."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from typing import Generic, NoReturn

import grpc
from google.protobuf import any_pb2, empty_pb2
from typing_extensions import override

from sandbox.providers.base import sdk
from sandbox.providers.base.check import DEFAULTS, Naming, check
from sandbox.providers.base.contract import PartialError, Problem
from sandbox.providers.base.diff import diff
from sandbox.providers.base.protocol import plugin_pb2, provider_pb2_grpc, status_pb2
from sandbox.providers.base.protocol import provider_pb2 as pb
from sandbox.providers.base.provider import C, Provider
from sandbox.providers.base.wire import UNKNOWN, Properties, decode, encode, has_unknown


class Server(provider_pb2_grpc.ResourceProviderServicer, Generic[C]):
    """Speaks the protocol for a provider. Requests may hold credentials and are never logged."""

    def __init__(self, provider: Provider[C]) -> None:
        self._provider = provider

    @override
    def Handshake(
        self, request: pb.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> pb.ProviderHandshakeResponse:
        return pb.ProviderHandshakeResponse(supports_autonaming_configuration=True)

    @override
    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    @override
    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=sdk.version(self._provider.package))

    @override
    def GetSchema(self, request: pb.GetSchemaRequest, context: grpc.ServicerContext) -> pb.GetSchemaResponse:
        package = self._provider.package
        return pb.GetSchemaResponse(schema=json.dumps({"name": package, "version": sdk.version(package)}))

    @override
    def CheckConfig(self, request: pb.CheckRequest, context: grpc.ServicerContext) -> pb.CheckResponse:
        return pb.CheckResponse(inputs=request.news)

    @override
    def DiffConfig(self, request: pb.DiffRequest, context: grpc.ServicerContext) -> pb.DiffResponse:
        old, new = decode(request.old_inputs), decode(request.news)
        changed = sorted(key for key in {*old, *new} - {"version"} if old.get(key) != new.get(key))
        return pb.DiffResponse(
            changes=pb.DiffResponse.DIFF_SOME if changed else pb.DiffResponse.DIFF_NONE, diffs=changed
        )

    @override
    def Configure(self, request: pb.ConfigureRequest, context: grpc.ServicerContext) -> pb.ConfigureResponse:
        with _errors(context):
            self._provider.configure(decode(request.args))
        # Secrets arrive unwrapped; the engine encrypts an output whose input was secret.
        return pb.ConfigureResponse(supportsPreview=True, supports_autonaming_configuration=True)

    @override
    def Check(self, request: pb.CheckRequest, context: grpc.ServicerContext) -> pb.CheckResponse:
        with _errors(context):
            contract = self._contract(request.type, request.urn)
            naming = Naming(
                resource=request.urn.rpartition("::")[2],
                seed=request.randomSeed,
                configured=request.autonaming if request.HasField("autonaming") else None,
            )
            inputs, problems = check(
                contract,
                sdk.resource(contract.token),
                self._provider.home(contract.token),
                decode(request.olds),
                decode(request.news),
                naming,
            )
            inputs |= self._provider.complete(contract, inputs)
            problems += self._provider.problems(contract, inputs)
            return pb.CheckResponse(inputs=encode(inputs), failures=_failures(problems))

    @override
    def Diff(self, request: pb.DiffRequest, context: grpc.ServicerContext) -> pb.DiffResponse:
        with _errors(context):
            contract = self._contract(request.type, request.urn)
            old, new = decode(request.old_inputs), decode(request.news)
            return diff(contract, old, new, list(request.ignoreChanges), decode(request.olds))

    @override
    def Create(self, request: pb.CreateRequest, context: grpc.ServicerContext) -> pb.CreateResponse:
        inputs = decode(request.properties)
        with _errors(context, inputs):
            contract = self._contract(request.type, request.urn)
            new = _without_defaults(inputs)
            if request.preview:
                outputs = dict.fromkeys(sdk.resource(contract.token).outputs, UNKNOWN)
                return pb.CreateResponse(properties=encode({**outputs, **new}))
            id_, state = self._provider.create(contract, request.urn, new)
            return pb.CreateResponse(id=id_, properties=encode(state))

    @override
    def Read(self, request: pb.ReadRequest, context: grpc.ServicerContext) -> pb.ReadResponse:
        inputs = decode(request.inputs)
        with _errors(context, inputs):
            contract = self._contract(request.type, request.urn)
            found = self._provider.read(contract, request.id, decode(request.properties), inputs)
            if found is None:
                return pb.ReadResponse()
            return pb.ReadResponse(id=found.id, properties=encode(found.state), inputs=encode(found.inputs))

    @override
    def Update(self, request: pb.UpdateRequest, context: grpc.ServicerContext) -> pb.UpdateResponse:
        old, inputs = decode(request.old_inputs), decode(request.news)
        with _errors(context, inputs):
            contract = self._contract(request.type, request.urn)
            state, new = decode(request.olds), _without_defaults(inputs)
            if request.preview:
                return pb.UpdateResponse(properties=encode({**state, **new}))
            updated = self._provider.update(contract, request.id, state, _without_defaults(old), new)
            return pb.UpdateResponse(properties=encode(updated))

    @override
    def Delete(self, request: pb.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        with _errors(context):
            contract = self._contract(request.type, request.urn)
            self._provider.delete(contract, request.id, decode(request.properties))
            return empty_pb2.Empty()

    @override
    def Invoke(self, request: pb.InvokeRequest, context: grpc.ServicerContext) -> pb.InvokeResponse:
        with _errors(context):
            arguments = decode(request.args)
            if has_unknown(arguments):
                return pb.InvokeResponse()
            response = pb.InvokeResponse()
            getattr(response, "return").CopyFrom(encode(self._provider.invoke(request.tok, arguments)))
            return response

    @override
    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def _contract(self, token: str, urn: str) -> C:
        return self._provider.contract(token or urn.split("::")[2].rpartition("$")[2])


def _without_defaults(inputs: Properties) -> Properties:
    return {key: value for key, value in inputs.items() if key != DEFAULTS}


def _failures(problems: list[Problem]) -> list[pb.CheckFailure]:
    unique = dict.fromkeys(problems)
    return [pb.CheckFailure(property=problem.property, reason=problem.reason) for problem in unique]


@contextmanager
def _errors(context: grpc.ServicerContext, inputs: Properties | None = None) -> Generator[None]:
    """Answer any exception as an error of the protocol: an RPC must never end the process."""
    try:
        yield
    except PartialError as failure:
        _abort_with_state(context, failure, inputs or {})
    except Exception as error:  # noqa: BLE001 - whatever it is, the engine reports it with the resource's name
        context.abort(grpc.StatusCode.UNKNOWN, str(error) or type(error).__name__)


def _abort_with_state(context: grpc.ServicerContext, failure: PartialError, inputs: Properties) -> NoReturn:
    """The engine keeps the partial state only from this detail, which grpc for Python wants set by hand."""
    partial = pb.ErrorResourceInitFailed(
        id=failure.id, properties=encode(failure.state), reasons=[str(failure)], inputs=encode(inputs)
    )
    detail = any_pb2.Any(
        type_url=f"type.googleapis.com/{partial.DESCRIPTOR.full_name}", value=partial.SerializeToString()
    )
    code = grpc.StatusCode.UNKNOWN
    status = status_pb2.Status(code=code.value[0], message=str(failure), details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(code, str(failure))
