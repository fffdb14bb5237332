"""Runs program code against mocks that record everything it registers."""

# Pulumi's mocks carry bare dicts.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pulumi
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime import mocks, rpc
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import SETTINGS, set_root_resource
from pulumi.runtime.stack import run_in_stack

import settings
from components import BrokerDeployment
from lookups import look_up
from lookups.images import SWITCH
from program import deployment_args
from tests.stack_files import configuration

PROJECT, STACK, REGION, ACCOUNT = "snyk-broker", "test", "eu-central-1", "123456789012"
ARN = f"arn:aws:{{}}:{REGION}:{ACCOUNT}:"
SECRET = f"{PROJECT}/{STACK}/github/credentials"

Inputs = dict[str, Any]


@dataclass(frozen=True)
class Resource:
    type: str
    name: str
    inputs: Inputs
    request: resource_pb2.RegisterResourceRequest
    urn: str
    parent: "Resource | None"

    @property
    def key(self) -> tuple[str, str]:
        return self.type, self.name

    @property
    def former_names(self) -> list[str]:
        return [alias.spec.name for alias in self.request.aliases]


@dataclass
class Recorded:
    """What the program registered, in order, and what it said."""

    resources: list[Resource] = field(default_factory=list[Resource])
    exports: Inputs = field(default_factory=Inputs)
    finished: list[str] = field(default_factory=list[str])  # URNs whose outputs were registered
    log: list[str] = field(default_factory=list[str])

    def all(self, type_: str) -> list[Resource]:
        return [resource for resource in self.resources if resource.type == type_]

    def one(self, type_: str, name: str | None = None) -> Resource:
        (found,) = (resource for resource in self.all(type_) if name in (None, resource.name))
        return found

    def keys(self) -> set[tuple[str, str]]:
        return {resource.key for resource in self.resources}

    def needs(self, resource: Resource) -> set[tuple[str, str]]:
        """Type and name of what the resource waits for."""
        urns = set(resource.request.dependencies)
        return {other.key for other in self.resources if other.urn in urns}


class RefusedError(Exception):
    """The words of the provider when a lookup fails."""


@dataclass
class Aws(mocks.Mocks):
    """The lookups' answers. A secret or a subnet that is not listed does not exist; services run as registered."""

    secrets: Mapping[str, Inputs] = field(default_factory=lambda: {SECRET: {}})
    subnets: Mapping[str, Inputs] = field(default_factory=dict[str, Inputs])
    zones: Mapping[str, str] = field(
        default_factory=lambda: {
            "eu-central-1a": "euc1-az2",
            "eu-central-1b": "euc1-az3",
            "eu-central-1c": "euc1-az1",
        }
    )
    services: Mapping[str, Inputs] = field(default_factory=dict[str, Inputs])  # what they do else, by name
    quotas: Mapping[str, float] = field(default_factory=dict[str, float])  # by code; others are not told
    vpcs: Sequence[Inputs] = ()  # with cidr and tags
    addresses: Sequence[Inputs] = ()  # with tags
    preview: bool = False
    deployed: bool = False  # a preview knows what there is
    calls: list[tuple[str, Inputs]] = field(default_factory=list[tuple[str, Inputs]])
    registered: dict[str, Inputs] = field(default_factory=dict[str, Inputs])  # services, by name

    def call(self, args: mocks.MockCallArgs) -> tuple[Inputs, list[tuple[str, str]] | None]:
        self.calls.append((args.token, args.args))
        try:
            return self._answer(args.token.rpartition(":")[2], args.args), []
        except RefusedError as error:
            return {}, [("", str(error))]

    def _answer(self, function: str, args: Inputs) -> Inputs:
        match function:
            case "getCallerIdentity":
                return {"accountId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:user/test", "userId": "test"}
            case "getAvailabilityZones":
                return {"names": [*self.zones], "zoneIds": [*self.zones.values()]}
            case "getAlias":
                return {"targetKeyArn": f"{ARN.format('kms')}key/of-{args['name']}"}
            case "getSubnet":
                return {"id": args["id"], **self.subnets[args["id"]]}
            case _:
                return self._used(function, args)

    def _used(self, function: str, args: Inputs) -> Inputs:
        match function:
            case "getRegion":
                return {"region": REGION}
            case "getServiceQuota":
                if args["quotaCode"] not in self.quotas:
                    raise RefusedError("AccessDeniedException: not authorized to perform: servicequotas")
                return {"value": self.quotas[args["quotaCode"]]}
            case "getVpcs":
                return {"ids": ["vpc" for vpc in self.vpcs if _fits(vpc, args)]}
            case "getEips":
                return {"allocationIds": ["eipalloc" for address in self.addresses if _fits(address, args)]}
            case _:
                return {"getSecret": self._secret, "getService": self._service}[function](args)

    def _service(self, args: Inputs) -> Inputs:
        registered, told = self.registered[args["serviceName"]], self.services.get(args["serviceName"], {})
        if "refused" in told:
            raise RefusedError(told["refused"])
        count = registered["desiredCount"]
        return {
            "arn": registered["arn"],
            "serviceName": args["serviceName"],
            "clusterArn": args["clusterArn"],
            "taskDefinition": registered["taskDefinition"],
            "desiredCount": count,
            "runningCount": count,
            "pendingCount": 0,
            "events": [],
            **told,
        }

    def _secret(self, args: Inputs) -> Inputs:
        name = args.get("arn") or args["name"]
        if name not in self.secrets:
            raise RefusedError(f"reading Secrets Manager Secret ({name}): couldn't find resource")
        if "refused" in self.secrets[name]:
            raise RefusedError(self.secrets[name]["refused"])
        arn = name if name.startswith("arn:") else secret_arn(name)
        return {"arn": arn, "name": name, "kmsKeyId": "", "tags": {}, **self.secrets[name]}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, Inputs]:
        if self.preview and not self.deployed:
            return "", args.inputs
        service = args.typ.split(":")[1].split("/")[0]
        made = {"arn": f"{ARN.format(service)}{args.name}", "name": f"{args.name}-0a1b2c3", **args.inputs}
        if args.typ == "aws:ecs/service:Service":
            self.registered[made["name"]] = made
        if args.typ == "aws:ec2/natGateway:NatGateway":
            made["publicIp"] = f"address of {args.name}"
        return f"{args.name}-id", made


def _fits(found: Inputs, args: Inputs) -> bool:
    """Whether it has the tags that are asked for, and passes the filters."""
    filters = {one["name"]: one["values"] for one in args.get("filters", [])}
    return args.get("tags", {}).items() <= found["tags"].items() and all(
        found[name] in values for name, values in filters.items()
    )


def secret_arn(name: str = SECRET) -> str:
    return f"{ARN.format('secretsmanager')}secret:{name}-AbCdEf"


class Monitor(mocks.MockMonitor):
    def __init__(self, aws: Aws, recorded: Recorded) -> None:
        super().__init__(aws)
        self._recorded = recorded

    def RegisterResource(  # noqa: N802 - the RPC's name
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        response = super().RegisterResource(request)
        if request.type != "pulumi:pulumi:Stack":
            parent = next((other for other in self._recorded.resources if other.urn == request.parent), None)
            inputs = rpc.deserialize_properties(request.object, keep_unknowns=True)
            self._recorded.resources.append(Resource(request.type, request.name, inputs, request, response.urn, parent))
        return response

    def RegisterResourceOutputs(  # noqa: N802 - the RPC's name
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> empty_pb2.Empty:
        if request.urn.split("::")[2] == "pulumi:pulumi:Stack":
            self._recorded.exports.update(rpc.deserialize_properties(request.outputs, keep_unknowns=True))
        self._recorded.finished.append(request.urn)
        return super().RegisterResourceOutputs(request)


class Logger(logging.Logger):
    """The engine's log."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("engine", logging.INFO)
        self._lines = lines

    def handle(self, record: logging.LogRecord) -> None:
        self._lines.append(record.getMessage())


def record(
    program: Callable[[], Awaitable[None] | None],
    *,
    aws: Aws | None = None,
    preview: bool = False,
    recorded: Recorded | None = None,
) -> Recorded:
    """Run the program to its end. When it raises, `recorded` holds what was registered before."""
    recorded = recorded or Recorded()
    aws = aws or Aws()
    aws.preview = preview

    async def run() -> None:
        cast("Any", SETTINGS).outputs.clear()  # of a program that failed before
        mocks.set_mocks(aws, PROJECT, STACK, preview, Logger(recorded.log), Monitor(aws, recorded))
        set_root_resource(None)  # pyright: ignore[reportArgumentType] - for a stack of our own, which exports
        await run_in_stack(program)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PULUMI_ERROR_OUTPUT_STRING", "true")  # an Output in an f-string raises
        patch.setenv(SWITCH, os.environ.get(SWITCH, "false"))  # no registry is asked unless a test says so
        asyncio.run(run())  # a loop and a context of its own: nothing is left for the next test
    return recorded


def built(
    config: Mapping[str, object] | None = None,
    *,
    aws: Aws | None = None,
    preview: bool = False,
    recorded: Recorded | None = None,
) -> Recorded:
    """What the program registers for a small stack, with the given top-level settings in place of its own."""

    async def program() -> None:
        asked = settings.load(PROJECT, STACK, configuration(config or {}), ())
        deployment = BrokerDeployment("snyk-broker", deployment_args(asked, await look_up(asked)))
        for name, value in deployment.outputs.items():
            pulumi.export(name, value)

    return record(program, aws=aws, preview=preview, recorded=recorded)
