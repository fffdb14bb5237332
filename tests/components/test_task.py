"""The components by themselves, in a program that makes what they stand on."""

import json
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from broker.client import ClientSpec
from broker.image import Image
from broker.regions import REGIONS
from broker.rollout import rollout
from broker.task import Task
from components import (
    AccountArgs,
    BrokerIntegration,
    BrokerIntegrationArgs,
    BrokerTask,
    BrokerTaskArgs,
    ClientsArgs,
    PlacementArgs,
    RuleArgs,
    SecretArgs,
)
from ecs.names import Names
from tests.broker.test_task import AGENT, CLIENT
from tests.components.recording import Recorded, Resource, record

ROLE, POLICY = "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"
PAIR = Task((replace(CLIENT, secrets=("BROKER_TOKEN",), after_healthy=("agent",)), AGENT), 2048, 4096, disk=40)
ASSUME = '{"Statement": []}'
SPEC = ClientSpec(
    type_name="github-com",
    fields={},
    image=Image("snyk/broker", "5.1.2", None),
    cpu=1024,
    memory=2048,
    high_availability=True,
    accept={},
    variables={},
    environment={},
    secrets=("BROKER_TOKEN",),
)


def placement() -> PlacementArgs:
    """Where nothing is known before it is made, in a region that only the provider knows."""
    vpc = aws.ec2.Vpc("acme", cidr_block="10.60.0.0/20")
    subnet = aws.ec2.Subnet("acme", vpc_id=vpc.id, cidr_block="10.60.0.0/24")
    return PlacementArgs(
        account=AccountArgs(partition="aws", id="210987654321", region="eu-west-3"),
        vpc_id=vpc.id,
        subnet_ids=[subnet.id],
        cluster_arn=aws.ecs.Cluster("acme").arn,
        ready=[subnet],
    )


def secret() -> SecretArgs:
    key = aws.kms.Key("acme")
    return SecretArgs(arn=aws.secretsmanager.Secret("acme", kms_key_id=key.id).arn, kms_key_arn=key.arn)


def a_pair(*, permissions: str | None = None) -> Recorded:
    def program() -> None:
        args = BrokerTaskArgs(
            task=PAIR,
            names=Names("acme", "prod", "payments-ecr", "ecr"),
            placement=placement(),
            replicas=3,
            rollout=rollout(3),
            secret=secret(),
            pull_credentials={"agent": SecretArgs(arn="arn:pull")},
            permissions=permissions,
            outbound=[RuleArgs(name="to-8081", peer={"prefix_list_id": "pl-1"}, port=8081, description="d")],
            tags={"team": "security"},
        )
        pulumi.export("service", BrokerTask("payments-ecr", args).service_arn)

    return record(program)


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    return a_pair()


def definition(recorded: Recorded) -> dict[str, Any]:
    return recorded.one("aws:ecs/taskDefinition:TaskDefinition").inputs


def names(found: list[Resource]) -> list[str]:
    return sorted(resource.name for resource in found)


def test_a_task_may_have_several_containers_and_a_disk(recorded: Recorded) -> None:
    inputs = definition(recorded)
    client, agent = json.loads(inputs["containerDefinitions"])
    assert client["dependsOn"] == [{"containerName": "agent", "condition": "HEALTHY"}]
    assert [port["containerPort"] for port in agent["portMappings"]] == [8081, 17500]
    assert agent["repositoryCredentials"] == {"credentialsParameter": "arn:pull"}
    assert client["secrets"][0]["valueFrom"].endswith("acme:BROKER_TOKEN::")
    assert (inputs["cpu"], inputs["memory"]) == ("2048", "4096")
    assert inputs["ephemeralStorage"] == {"sizeInGib": 40}


def test_a_task_that_needs_nothing_of_aws_has_no_role_of_its_own(recorded: Recorded) -> None:
    assert names(recorded.all(ROLE)) == ["payments-ecr-exec"]
    assert "taskRoleArn" not in definition(recorded)


def test_a_task_that_needs_something_has_one_role_for_it_and_starts_after_its_policy() -> None:
    recorded = a_pair(permissions=ASSUME)
    assert names(recorded.all(ROLE)) == ["payments-ecr-exec", "payments-ecr-task"]
    assert definition(recorded)["taskRoleArn"].endswith(":payments-ecr-task")
    policy = recorded.one(POLICY, "payments-ecr-task")
    assert (policy.inputs["policy"], policy.inputs["role"]) == (ASSUME, "payments-ecr-task-0a1b2c3")
    assert policy.key in recorded.needs(recorded.one("aws:ecs/service:Service"))
    assert len({role.inputs["assumeRolePolicy"] for role in recorded.all(ROLE)}) == 1


def test_the_execution_role_reads_every_secret_of_the_task_and_decrypts_what_is_encrypted(recorded: Recorded) -> None:
    statements = json.loads(recorded.one(POLICY).inputs["policy"])["Statement"]
    [read] = (found for found in statements if found["Action"] == "secretsmanager:GetSecretValue")
    assert [arn.rpartition(":")[2] for arn in read["Resource"]] == ["acme", "pull"]
    [decrypt] = (found for found in statements if found["Action"] == "kms:Decrypt")
    assert decrypt["Condition"]["StringEquals"] == {"kms:EncryptionContext:SecretARN": read["Resource"][0]}


def test_tasks_run_where_they_were_placed_and_wait_for_what_that_needs(recorded: Recorded) -> None:
    service = recorded.one("aws:ecs/service:Service")
    assert service.inputs["networkConfiguration"]["subnets"] == ["acme-id"]
    assert service.inputs["cluster"].endswith(":acme")
    assert ("aws:ec2/subnet:Subnet", "acme") in recorded.needs(service)
    assert service.inputs["desiredCount"] == 3
    assert (service.inputs["deploymentMinimumHealthyPercent"], service.inputs["deploymentMaximumPercent"]) == (66, 100)
    [trust] = json.loads(recorded.one(ROLE).inputs["assumeRolePolicy"])["Statement"]
    assert trust["Condition"]["ArnLike"]["aws:SourceArn"] == "arn:aws:ecs:eu-west-3:210987654321:*"


def test_everything_of_a_task_carries_its_tags(recorded: Recorded) -> None:
    ours = [one for one in recorded.resources if one.name.startswith("payments-ecr") and "tags" in one.inputs]
    assert {one.inputs["tags"]["team"] for one in ours} == {"security"}
    assert len(ours) == 6  # role, log group, security group, rule, task definition, service


def test_an_integration_can_be_placed_in_a_cluster_that_is_there() -> None:
    def program() -> None:
        clients = ClientsArgs(spec=SPEC, secret=secret(), replicas=1)
        args = BrokerIntegrationArgs(
            key="github", clients=clients, endpoints=REGIONS["SNYK-US-01"], placement=placement()
        )
        pulumi.export("github", BrokerIntegration("acme-github", args).outputs)

    recorded = record(program)
    found = recorded.exports["github"]
    assert (found["type"], found["replicas"], found["serviceName"]) == ("github-com", 1, "github")
    assert definition(recorded)["family"] == "snyk-broker_test_acme-github"
    assert recorded.log == []
