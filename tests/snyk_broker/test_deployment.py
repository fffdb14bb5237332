"""The component for other programs: what it takes, what it refuses, and what Pulumi makes of its annotations."""

import copy
import json
import subprocess
import sys
import tomllib
from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pulumi
import pulumi_aws as aws
import pytest
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, resource_pb2, resource_pb2_grpc

from snyk_broker import BrokerDeployment
from snyk_broker.host import schema_text
from tests.components.recording import Aws, Recorded, record
from tests.stack_files import ROOT

ROLE = "aws:iam/role:Role"
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:acme/{}-AbCdEf"
RIGHT: dict[str, Any] = {
    "snyk": {"region": "SNYK-AU-01"},
    "network": {"vpc_id": "vpc-1", "private_subnet_ids": ["subnet-1", "subnet-2"]},
    "integrations": {
        "lab": {"type": "gitlab", "host": "gitlab.acme.internal", "replicas": 3.0},
        "jira": {"type": "jira", "host": "jira.acme.internal", "size": {"cpu": 512.0, "memory": 1024.0}},
    },
    "secrets": {key: {"arn": SECRET.format(key)} for key in ("lab", "jira")},
    "tags": {"team": "security"},
}


def changed(*path: str, value: object = None) -> dict[str, Any]:
    """The right arguments with another value at the path, or without one."""
    args = copy.deepcopy(RIGHT)
    inner = args
    for key in path[:-1]:
        inner = inner[key]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return args


def deployed(args: Mapping[str, Any], recorded: Recorded | None = None) -> Recorded:
    def program() -> None:
        deployment = BrokerDeployment("payments", args)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
        for name in ("contract", "region", "network", "cluster", "integrations"):
            pulumi.export(name, getattr(deployment, name))

    return record(program, aws=Aws(secrets={}), recorded=recorded)


def container(recorded: Recorded, integration: str) -> dict[str, Any]:
    task = recorded.one("aws:ecs/taskDefinition:TaskDefinition", f"payments-{integration}")
    [found] = json.loads(task.inputs["containerDefinitions"])
    return found


def test_it_builds_what_a_stack_file_would_and_looks_up_no_secret() -> None:
    recorded = deployed(RIGHT)
    services = recorded.all("aws:ecs/service:Service")
    assert {one.inputs["name"]: one.inputs["desiredCount"] for one in services} == {"lab": 3, "jira": 2}
    lab, jira = (container(recorded, key) for key in ("lab", "jira"))
    assert {"name": "BROKER_SERVER_URL", "value": "https://broker.au.snyk.io"} in lab["environment"]
    assert jira["secrets"][0]["valueFrom"] == f"{SECRET.format('jira')}:BROKER_TOKEN::"
    assert all(one.inputs["tags"]["team"] == "security" for one in services)
    assert not [one for one in recorded.resources if one.type.startswith("aws:ec2/vpc")]


def test_outputs_are_those_of_a_stack() -> None:
    exports = deployed(RIGHT).exports
    assert exports["contract"] == 1
    assert exports["region"] == "eu-central-1"
    assert exports["network"] == {
        "vpcId": "vpc-1",
        "privateSubnetIds": ["subnet-1", "subnet-2"],
        "publicSubnetIds": [],
        "privateRouteTableIds": [],
        "natPublicIps": [],
    }
    assert exports["integrations"]["jira"]["secretArn"] == SECRET.format("jira")


def test_a_service_waits_for_what_the_component_waits_for() -> None:
    def program() -> None:
        route = aws.ec2.Route("nat", route_table_id="rtb-1")
        args: Any = RIGHT
        BrokerDeployment("payments", args, pulumi.ResourceOptions(depends_on=[route]))

    recorded = record(program)
    for service in recorded.all("aws:ecs/service:Service"):
        assert ("aws:ec2/route:Route", "nat") in recorded.needs(service)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (changed("snyk"), "snyk: is required"),
        (changed("snyk", "region", value="SNYK-EU-1"), "snyk.region: must be one of"),
        (changed("snyk", value={"broker_url": "https://broker.acme.io"}), "snyk: takes either region, or brokerUrl"),
        (changed("network"), "network: is required"),
        (changed("network", "vpc_id"), "network.vpc_id: is required"),
        (changed("network", value="vpc-1"), "network: must be a mapping"),
        (changed("network", "vpcId", value="vpc-1"), "network.vpcId: is not a key here"),
        (changed("network", "private_subnet_ids", value=["subnet-1"]), "network.private_subnet_ids: needs two subnets"),
        (changed("integrations"), "integrations: is required"),
        (changed("integrations", "jira", "replicas", value=9.0), "integrations.jira.replicas: must be 4 or less"),
        (changed("integrations", "jira", "replicas", value=2.5), "integrations.jira.replicas: must be a whole number"),
        (
            changed("integrations", "jira", "secret", value="acme"),
            "integrations.jira.secret: stands at secrets.jira.arn",
        ),
        (
            changed("integrations", "jira", "image", value={"pullCredential": "acme/docker-hub"}),
            "integrations.jira.image.pullCredential: must be a secret's full ARN here",
        ),
        (changed("roles", value={"path": "payments"}), "roles.path: must begin and end with a slash"),
        (changed("roles", value={"prefix": "a"}), "roles.namePrefix: prefix is not a key here"),
        (changed("secrets"), "secrets.lab: is required"),
        (changed("secrets", value="arn"), "secrets: must be a mapping"),
        (changed("secrets", "jira"), "secrets.jira: is required"),
        (changed("secrets", "jira", value={"name": "acme"}), "secrets.jira.name: is not a key here"),
        (changed("secrets", "jira", "arn", value="acme"), "secrets.jira.arn: must be a secret's full ARN"),
        (changed("secrets", "jira", "arn", value=SECRET.format("lab")), "secrets.jira.arn: is the secret of lab too"),
        (changed("secrets", "git", value={"arn": SECRET.format("git")}), "secrets.git: is of no integration"),
        (changed("networks", value={}), "networks: is no argument; the arguments are snyk, network"),
    ],
)
def test_a_wrong_argument_is_told_with_its_path_before_anything_is_registered(args: dict[str, Any], words: str) -> None:
    recorded = Recorded()
    with pytest.raises(pulumi.RunError) as refused:
        deployed(args, recorded)
    assert words in str(refused.value)
    assert str(refused.value).startswith("BrokerDeployment 'payments' has ")
    assert recorded.resources == []


def test_all_that_is_wrong_is_told_at_once() -> None:
    args = changed("snyk", "region", value="SNYK-EU-1")
    args.update(secrets={}, network={})
    with pytest.raises(pulumi.RunError, match="has 5 problems; nothing was changed"):
        deployed(args)


def test_what_decides_what_is_made_cannot_be_an_output() -> None:
    def program() -> None:
        host: Any = pulumi.Output.from_input("jira.acme.internal")
        args: Any = changed("integrations", "jira", "host", value=host)
        BrokerDeployment("payments", args)

    with pytest.raises(pulumi.RunError, match=r"jira\.host: is an Output.*must be known when the program starts"):
        record(program)


@pytest.mark.parametrize("output", [False, True])
def test_roles_are_what_the_organisation_asks_for_and_the_boundary_may_be_made_by_the_program(output: bool) -> None:
    boundary = "arn:aws:iam::123456789012:policy/limits"

    def program() -> None:
        given = pulumi.Output.from_input(boundary) if output else boundary
        roles = {"permissions_boundary": given, "path": "/payments/", "name_prefix": "pay-"}
        args: Any = {**RIGHT, "roles": roles}
        BrokerDeployment("payments", args)

    found = {one.name: (one.inputs["path"], one.inputs["permissionsBoundary"]) for one in record(program).all(ROLE)}
    assert found == {f"pay-payments-{key}-exec": ("/payments/", boundary) for key in ("lab", "jira")}


def test_a_prefix_with_which_names_of_roles_are_too_long_is_refused_before_anything_is_registered() -> None:
    recorded = Recorded()
    with pytest.raises(pulumi.RunError, match=r"p{39}payments-jira-exec would have 57 characters"):
        deployed({**RIGHT, "roles": {"name_prefix": "p" * 39}}, recorded)
    assert recorded.resources == []


def test_a_name_of_a_role_cannot_be_an_output() -> None:
    def program() -> None:
        args: Any = {**RIGHT, "roles": {"name_prefix": pulumi.Output.from_input("pay-")}}
        BrokerDeployment("payments", args)

    with pytest.raises(pulumi.RunError, match=r"roles\.name_prefix: is an Output"):
        record(program)


def test_a_credential_in_an_argument_is_refused_and_not_repeated() -> None:
    token = "ghp_" + "0123456789" * 4
    with pytest.raises(pulumi.RunError, match="looks like a GitHub token") as refused:
        deployed(changed("integrations", "jira", "environment", value={"SETTING": token}))
    assert token not in str(refused.value)


def test_the_schema_is_the_one_that_is_kept() -> None:
    kept = (ROOT / "docs" / "package.schema.json").read_text(encoding="utf-8")
    assert schema_text() == kept, "make schema writes it anew"


@pytest.fixture(scope="module")
def host() -> Generator[Any]:
    """Gives a connection to the component host, started as Pulumi starts it."""
    command = [sys.executable, "snyk_broker", "127.0.0.1:1"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = process.stdout.readline().strip()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield provider_pb2_grpc.ResourceProviderStub(channel)
        process.kill()


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """An engine that can nothing."""

    def SupportsFeature(  # noqa: N802 - the RPC's name
        self, request: resource_pb2.SupportsFeatureRequest, context: grpc.ServicerContext
    ) -> resource_pb2.SupportsFeatureResponse:
        return resource_pb2.SupportsFeatureResponse(hasSupport=False)


@pytest.fixture(scope="module")
def monitor() -> Generator[str]:
    """Gives the address of an engine."""
    server = grpc.server(ThreadPoolExecutor(1))
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(Monitor(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None)


def test_pulumi_s_host_serves_the_schema(host: Any) -> None:
    answer = host.GetSchema(provider_pb2.GetSchemaRequest(version=0), timeout=30)
    assert json.loads(answer.schema) == json.loads(schema_text())


def test_the_host_tells_what_is_wrong_without_a_traceback(host: Any, monitor: str) -> None:
    wrong = {
        "snyk": {"region": "SNYK-EU-1"},
        "network": {"vpcId": "vpc-1", "privateSubnetIds": ["subnet-1", "subnet-2"]},
        "integrations": {"jira": {"type": "jira", "replicas": 9}},
        "secrets": {"jira": {"arn": SECRET.format("jira")}},
    }
    request = provider_pb2.ConstructRequest(
        project="acme",
        stack="prod",
        type="snyk-broker:index:BrokerDeployment",
        name="payments",
        monitorEndpoint=monitor,
        inputs=json_format.ParseDict(wrong, struct_pb2.Struct()),
    )
    with pytest.raises(grpc.RpcError) as refused:
        host.Construct(request, timeout=30)
    said = refused.value.details() or ""
    for words in ("snyk.region: must be one of", "jira.replicas: must be 4 or less", "jira.host: is required"):
        assert words in said
    assert "Traceback" not in said
    assert ".py" not in said


def test_the_package_has_the_project_s_version() -> None:
    assert json.loads(schema_text())["version"] == pyproject()["project"]["version"]


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
