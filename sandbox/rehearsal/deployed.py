"""What is deployed: read from the stack's outputs and from ECS, beside what the stack file asks for."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from sandbox import paths
from sandbox.console import SandboxError
from sandbox.pulumi_command import Pulumi

if TYPE_CHECKING:
    from mypy_boto3_ecs.client import ECSClient
    from mypy_boto3_secretsmanager.client import SecretsManagerClient


@dataclass(frozen=True)
class Deployed:
    """One integration."""

    name: str
    type: str
    replicas: int
    container: Mapping[str, Any]  # of the task definition that the service runs
    memory: int  # MiB of the task
    secret: str  # its name
    rendered: Mapping[str, Any]  # what `ops render` prints of it

    @property
    def image_type(self) -> str:
        """The type of client in the image, which is the tag without its version, and without a base."""
        tag = str(self.container["image"]).split("@")[0].rsplit(":", maxsplit=1)[-1]
        return tag.partition("-")[2].removeprefix("rhel-ubi-")

    @property
    def version(self) -> str:
        return str(self.container["image"]).split("@")[0].rsplit(":", maxsplit=1)[-1].partition("-")[0]

    @property
    def port(self) -> int:
        """The port at which the task definition says that the client listens."""
        return int(self.container["portMappings"][0]["containerPort"])

    @property
    def stated(self) -> Mapping[str, str]:
        """The environment that the stack file asks for, without secrets."""
        client = _client(self.rendered["taskDefinition"]["containerDefinitions"])
        return {variable["name"]: variable["value"] for variable in client["environment"]}

    @property
    def egress(self) -> Sequence[Mapping[str, Any]]:
        """Host and port of all that the client may connect to, as the stack file has it."""
        return self.rendered["egress"]


def read(pulumi: Pulumi) -> list[Deployed]:
    """Every integration of the stack. Raises SandboxError when none is deployed."""
    outputs = json.loads(pulumi.read("stack", "output", "--json"))
    if not outputs.get("integrations"):
        raise SandboxError(
            f"The stack {pulumi.stack.name} is not deployed. First: python -m sandbox --stack {pulumi.stack.name} up"
        )
    ecs: ECSClient = boto3.client("ecs", **_local_aws(pulumi))
    rendered = {one["integration"]: one for one in _rendered(pulumi)}
    found: list[Deployed] = []
    for name, integration in outputs["integrations"].items():
        if name not in rendered:
            raise SandboxError(f"{name} is deployed, and the stack file has it no more. Run `up` first.")
        services = ecs.describe_services(cluster=outputs["cluster"]["arn"], services=[integration["serviceArn"]])
        [service] = services["services"]
        described = ecs.describe_task_definition(taskDefinition=service.get("taskDefinition", ""))
        task = described["taskDefinition"]
        containers = task.get("containerDefinitions", [])
        found.append(
            Deployed(
                name=name,
                type=integration["type"],
                replicas=service.get("desiredCount", 0),
                container=_client(containers),
                memory=int(task.get("memory", 0)),
                secret=integration["secretArn"].rsplit(":", maxsplit=1)[-1][: -len("-xxxxxx")],
                rendered=rendered[name],
            )
        )
    return found


def _client(containers: Sequence[Any]) -> Any:
    return next(one for one in containers if one["name"] == "client")


def secrets_manager(pulumi: Pulumi) -> "SecretsManagerClient":
    return boto3.client("secretsmanager", **_local_aws(pulumi))


def _local_aws(pulumi: Pulumi) -> dict[str, Any]:
    """What leads a client to the local AWS, and to nothing else."""
    environment = pulumi.environment
    return {
        "endpoint_url": environment["AWS_ENDPOINT_URL"],
        "region_name": environment["AWS_REGION"],
        "aws_access_key_id": environment["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": environment["AWS_SECRET_ACCESS_KEY"],
        "config": Config(proxies={}),  # whatever the user's environment says
    }


def _rendered(pulumi: Pulumi) -> list[dict[str, Any]]:
    """A process of its own: the sandbox shares no code with the program."""
    done = subprocess.run(
        [sys.executable, "-m", "ops", "render", pulumi.stack.config, "--json"],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SandboxError(done.stderr.strip())
    return json.loads(done.stdout)
