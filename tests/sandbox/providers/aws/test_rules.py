"""What AWS refuses and its models do not say."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from sandbox.providers.aws.rules import ec2, ecs, ecs_container, fargate, iam, logs, security_group
from sandbox.providers.aws.types import TABLES
from sandbox.providers.base.contract import Problem
from sandbox.providers.base.wire import UNKNOWN, Properties

Rule = Callable[[Properties], Iterable[Problem]]
ROLE = "arn:aws:iam::123456789012:role/x"
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:snyk/github-AbCdEf"


def task(*containers: dict[str, Any], **more: Any) -> Properties:
    complete = [{"name": f"c{number}", "image": "i", **container} for number, container in enumerate(containers)]
    return {
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "1024",
        "memory": "2048",
        "executionRoleArn": ROLE,
        "containerDefinitions": json.dumps(complete or [{"name": "c0", "image": "i"}]),
        **more,
    }


def logging(**options: str) -> dict[str, Any]:
    complete = {"awslogs-group": "g", "awslogs-region": "r", "awslogs-stream-prefix": "p", **options}
    return {"logConfiguration": {"logDriver": "awslogs", "options": {k: v for k, v in complete.items() if v}}}


def secret(value: str) -> dict[str, Any]:
    return {"secrets": [{"name": "TOKEN", "valueFrom": value}]}


def trust(**more: Any) -> Properties:
    statement = {"Effect": "Allow", "Principal": {"Service": "x"}, "Action": "sts:AssumeRole", **more}
    statement = {key: value for key, value in statement.items() if value is not None}
    return {"assumeRolePolicy": json.dumps({"Statement": [statement]})}


def inline(**more: Any) -> Properties:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", **more}
    statement = {key: value for key, value in statement.items() if value is not None}
    return {"policy": json.dumps({"Statement": statement})}


ACCEPTED: list[tuple[Rule, Properties]] = [
    (ec2.network_block, {"cidrBlock": "10.0.0.0/16"}),
    (ec2.network_block, {"cidrBlock": UNKNOWN}),
    (ec2.route_destination, {"destinationCidrBlock": "0.0.0.0/0"}),
    (ec2.route_destination, {"destinationIpv6CidrBlock": "::/0"}),
    (ec2.public_nat_needs_address, {"connectivityType": "public", "allocationId": UNKNOWN}),
    (ec2.tags, {"tags": {f"k{n}": "v" for n in range(50)}}),
    (security_group.group_name, {"name": "my group (1)"}),
    (security_group.description, {"description": "HTTPS to Snyk, the connected system and AWS"}),
    (security_group.ports, {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443}),
    (security_group.ports, {"ipProtocol": "tcp", "fromPort": UNKNOWN, "toPort": 443}),
    (security_group.ports, {"ipProtocol": "icmp", "fromPort": -1, "toPort": -1}),
    (security_group.ports, {"ipProtocol": "-1"}),
    (security_group.source_block, {"cidrIpv4": "10.0.0.0/8", "cidrIpv6": "fd00::/8"}),
    (iam.trust_policy, trust()),
    (iam.inline_policy, inline()),
    (iam.tags, {"tags": {"a": "b"}}),
    (logs.retention, {"retentionInDays": 0}),
    (logs.retention, {"retentionInDays": 30}),
    (logs.group_name, {"name": "/aws/ecs/x"}),
    (ecs.name, {"name": "github-1_x"}),
    (ecs.family, {"family": "snyk-broker-prod-github"}),
    (ecs.rebalancing, {"availabilityZoneRebalancing": "ENABLED", "deploymentMaximumPercent": 101}),
    (ecs.rebalancing, {"availabilityZoneRebalancing": "DISABLED", "deploymentMaximumPercent": 100}),
    (ecs.launch_type_or_strategy, {"launchType": "FARGATE"}),
    (ecs.strategy, {"capacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1, "base": 1}]}),
    (ecs_container.names, task({}, {})),
    (ecs_container.names, task(containerDefinitions=UNKNOWN)),
    (ecs_container.health_check, task({"healthCheck": {"command": ["CMD", "x"], "interval": 60, "startPeriod": 300}})),
    (ecs_container.restart_policy, task({"restartPolicy": {"enabled": True, "restartAttemptPeriod": 60}})),
    (
        ecs_container.dependencies,
        task({"essential": False}, {"dependsOn": [{"containerName": "c0", "condition": "SUCCESS"}]}),
    ),
    (ecs_container.ports, task({"portMappings": [{"containerPort": 8000, "hostPort": 8000}]})),
    (ecs_container.ports, task({"portMappings": [{"containerPort": 8000, "hostPort": 0}]}, networkMode="bridge")),
    (ecs_container.secrets, task(secret(f"{SECRET}:KEY::"))),
    (ecs_container.secrets, task(secret(SECRET))),
    (ecs_container.secrets, task(secret("/prod/token"))),
    (ecs_container.secrets, task(secret(SECRET), executionRoleArn=UNKNOWN)),
    (fargate.size, task()),
    (fargate.size, task(cpu="1 vCPU", memory="2 GB")),
    (fargate.size, task(cpu="16384", memory="122880")),
    (fargate.size, task(cpu=UNKNOWN)),
    (fargate.size, {"requiresCompatibilities": ["EC2"]}),
    (fargate.container_sizes, task({"cpu": 512, "memory": 1024}, {"cpu": 512, "memoryReservation": 1024})),
    (fargate.refused_in_task, task(pidMode="task")),
    (fargate.refused_in_containers, task({"linuxParameters": {"initProcessEnabled": True, "tmpfs": [{}]}})),
    (fargate.refused_in_containers, task({"privileged": True}, requiresCompatibilities=["EC2"])),
    (fargate.capabilities, task({"linuxParameters": {"capabilities": {"drop": ["ALL"], "add": ["SYS_PTRACE"]}}})),
    (fargate.stop_timeout, task({"stopTimeout": 30})),
    (fargate.storage, task(ephemeralStorage={"sizeInGib": 21})),
    (fargate.logs, task(logging(mode="non-blocking"))),
]

BY_PROPERTY: list[tuple[Rule, Properties, str, str]] = [
    (ec2.network_block, {"cidrBlock": "10.0.0.0/15"}, "cidrBlock", "between a /16 and a /28 netmask"),
    (ec2.network_block, {"cidrBlock": "10.0.0.0/29"}, "cidrBlock", "between a /16 and a /28 netmask"),
    (ec2.network_block, {"cidrBlock": "10.0.0.1/16"}, "cidrBlock", 'did you mean "10.0.0.0/16"'),
    (ec2.network_block, {"cidrBlock": "ten"}, "cidrBlock", "not a valid CIDR block"),
    (ec2.route_destination, {"destinationCidrBlock": "10.1.0.0/8"}, "destinationCidrBlock", "did you mean"),
    (ec2.public_nat_needs_address, {"connectivityType": "public"}, "allocationId", "must include the AllocationId"),
    (ec2.public_nat_needs_address, {"connectivityType": "private", "allocationId": "x"}, "allocationId", "private NAT"),
    (ec2.tags, {"tags": {f"k{n}": "v" for n in range(51)}}, "tags", "Tag limit exceeded"),
    (ec2.tags, {"tags": {"aws:x": "v"}}, "tags", "reserved for internal use"),
    (ec2.tags, {"tags": {"k" * 129: "v"}}, "tags", "Tag key exceeds"),
    (ec2.tags, {"tags": {"k": "v" * 257}}, "tags", "Tag value exceeds"),
    (security_group.group_name, {"name": "sg-clients"}, "name", "may not be in the format sg-*"),
    (security_group.group_name, {"name": "default"}, "name", "reserved security group name"),
    (security_group.group_name, {"name": "x" * 256}, "name", "255"),
    (security_group.description, {"description": "Snyk's clients"}, "description", "Valid characters are"),
    (security_group.description, {"description": "für"}, "description", "Valid characters are"),
    (security_group.ports, {"ipProtocol": "tcp", "fromPort": 443}, "toPort", "both from and to ports"),
    (security_group.ports, {"ipProtocol": "tcp", "fromPort": 2, "toPort": 1}, "fromPort", "Invalid TCP/UDP port range"),
    (security_group.ports, {"ipProtocol": "tcp", "fromPort": 1, "toPort": 65536}, "toPort", "Must be 0 to 65535"),
    (security_group.ports, {"ipProtocol": "-1", "fromPort": 0}, "fromPort", "covers all ports"),
    (security_group.source_block, {"cidrIpv4": "10.20.0.1/16"}, "cidrIpv4", "did you mean"),
    (security_group.source_block, {"cidrIpv4": "10.20.0.1"}, "cidrIpv4", "not a valid CIDR block"),
    (iam.trust_policy, {"assumeRolePolicy": "{"}, "assumeRolePolicy", "MalformedPolicyDocument: Syntax errors"),
    (iam.trust_policy, {"assumeRolePolicy": "{}"}, "assumeRolePolicy", "Missing required field Statement"),
    (iam.trust_policy, trust(Principal=None), "assumeRolePolicy", "Missing required field Principal"),
    (iam.trust_policy, trust(Resource="*"), "assumeRolePolicy", "prohibited field Resource"),
    (iam.trust_policy, trust(Sid="x" * 2048), "assumeRolePolicy", "at most 2048 are allowed"),
    (iam.inline_policy, inline(Effect="Maybe"), "policy", "Missing required field Effect"),
    (iam.inline_policy, inline(Action=None), "policy", "Missing required field Action"),
    (iam.inline_policy, inline(Resource=None), "policy", "must contain resources"),
    (iam.inline_policy, inline(Principal="*"), "policy", "should not specify a principal"),
    (iam.inline_policy, inline(Sid="x" * 10240), "policy", "at most 10240 are allowed"),
    (iam.tags, {"tags": {"Team": "a", "team": "b"}}, "tags", "Duplicate tag keys"),
    (logs.retention, {"retentionInDays": 31}, "retentionInDays", "to be one of [0, 1, 3, 5, 7, 14, 30,"),
    (logs.group_name, {"name": "aws/x"}, "name", "reserved for AWS"),
    (ecs.name, {"name": "my.service"}, "name", "hyphens are allowed"),
    (ecs.family, {"family": "a/b"}, "family", "hyphens are allowed"),
    (
        ecs.rebalancing,
        {"availabilityZoneRebalancing": "ENABLED", "deploymentMaximumPercent": 100},
        "availabilityZoneRebalancing",
        "greater than 100",
    ),
    (
        ecs.rebalancing,
        {"availabilityZoneRebalancing": "ENABLED", "schedulingStrategy": "DAEMON"},
        "availabilityZoneRebalancing",
        "DAEMON",
    ),
    (
        ecs.launch_type_or_strategy,
        {"launchType": "FARGATE", "capacityProviderStrategies": [{}]},
        "launchType",
        "Specifying both",
    ),
    (
        ecs.strategy,
        {"capacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 0}]},
        "capacityProviderStrategies",
        "weight greater than zero",
    ),
    (
        ecs.strategy,
        {
            "capacityProviderStrategies": [
                {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
                {"capacityProvider": "mine", "weight": 1, "base": 1},
            ]
        },
        "capacityProviderStrategies",
        "Only one capacity provider in a strategy can have a base",
    ),
]

IN_CONTAINERS: list[tuple[Rule, Properties, str]] = [
    (ecs_container.names, task(containerDefinitions="[]"), "Container list cannot be empty"),
    (ecs_container.names, task({"image": ""}), "Container.image should not be null"),
    (ecs_container.names, task({"name": "a b"}), "Invalid container name"),
    (ecs_container.names, task({"name": "a"}, {"name": "a"}), "must be unique"),
    (ecs_container.names, task({"essential": False}), "At least one container must be marked as essential"),
    (ecs_container.health_check, task({"healthCheck": {"command": ["node"]}}), "must start with CMD or CMD-SHELL"),
    (ecs_container.health_check, task({"healthCheck": {"command": ["CMD"], "interval": 4}}), "between 5 and 300"),
    (ecs_container.health_check, task({"healthCheck": {"command": ["CMD"], "timeout": 61}}), "between 2 and 60"),
    (ecs_container.health_check, task({"healthCheck": {"command": ["CMD"], "retries": 11}}), "between 1 and 10"),
    (ecs_container.health_check, task({"healthCheck": {"command": ["CMD"], "startPeriod": 301}}), "between 0 and 300"),
    (ecs_container.restart_policy, task({"restartPolicy": {"restartAttemptPeriod": 59}}), "between 60 and 1800"),
    (
        ecs_container.dependencies,
        task({"dependsOn": [{"containerName": "x", "condition": "START"}]}),
        "the container x does not exist",
    ),
    (
        ecs_container.dependencies,
        task({}, {"dependsOn": [{"containerName": "c0", "condition": "COMPLETE"}]}),
        "cannot be set on the essential container c0",
    ),
    (
        ecs_container.dependencies,
        task({}, {"dependsOn": [{"containerName": "c0", "condition": "HEALTHY"}]}),
        "needs a health check of the container c0",
    ),
    (
        ecs_container.ports,
        task({"portMappings": [{"containerPort": 8000, "hostPort": 80}]}),
        "host ports and container ports in port mappings must match",
    ),
    (ecs_container.ports, task({"hostname": "x"}), "hostname is not supported"),
    (ecs_container.secrets, task(secret(f"{SECRET}:KEY")), "with all three colons"),
    (ecs_container.secrets, task(secret(f"{SECRET}:KEY:")), "with all three colons"),
    (ecs_container.secrets, task(secret("my secret")), "Invalid valueFrom"),
    (
        ecs_container.secrets,
        task({**secret(SECRET), "environment": [{"name": "TOKEN", "value": "x"}]}),
        "The variable TOKEN is given more than once",
    ),
    (ecs_container.secrets, task(secret(SECRET), executionRoleArn=""), "also specify a value for 'executionRoleArn'"),
    (fargate.container_sizes, task({"cpu": 1025}), "The cpu of all containers (1025)"),
    (fargate.container_sizes, task({"memory": 1024}, {"memory": 1025}), "The memory of all containers (2049)"),
    (fargate.refused_in_containers, task({"privileged": True}), "Fargate does not support privileged"),
    (fargate.refused_in_containers, task({"dnsServers": ["1.1.1.1"]}), "Fargate does not support dnsServers"),
    (fargate.refused_in_containers, task({"linuxParameters": {"swappiness": 0}}), "linuxParameters.swappiness"),
    (fargate.refused_in_containers, task({"resourceRequirements": [{"type": "GPU", "value": "1"}]}), "GPU"),
    (fargate.capabilities, task({"linuxParameters": {"capabilities": {"add": ["NET_ADMIN"]}}}), "not NET_ADMIN"),
    (fargate.stop_timeout, task({"stopTimeout": 121}), "Invalid stopTimeout 121: must be between 2 and 120"),
    (fargate.logs, task(logging(**{"awslogs-stream-prefix": ""})), "requires options: awslogs-stream-prefix"),
    (fargate.logs, task(logging(), executionRoleArn=""), "execution role ARN to support log driver awslogs"),
    (fargate.logs, task({"logConfiguration": {"logDriver": "syslog"}}), "does not support the log driver syslog"),
]
ON_FARGATE: list[tuple[Rule, Properties, str, str]] = [
    (fargate.size, task(cpu="1024", memory="1024"), "memory", "No Fargate configuration exists for given values"),
    (fargate.size, task(cpu="300"), "cpu", "No Fargate configuration exists for given values"),
    (fargate.size, {"requiresCompatibilities": ["FARGATE"], "memory": "512"}, "cpu", "'cpu' be defined at the task"),
    (fargate.refused_in_task, task(networkMode="bridge"), "networkMode", "only supports network mode 'awsvpc'"),
    (fargate.refused_in_task, task(ipcMode="host"), "ipcMode", "does not support ipcMode"),
    (fargate.refused_in_task, task(pidMode="host"), "pidMode", "pidMode 'task' only"),
    (fargate.refused_in_task, task(volumes=[{"name": "v", "hostPath": "/x"}]), "volumes", "hostPath (volume v)"),
    (fargate.storage, task(ephemeralStorage={"sizeInGib": 20}), "ephemeralStorage", "between 21 and 200"),
]
REFUSED = [
    *BY_PROPERTY,
    *((rule, inputs, "containerDefinitions", words) for rule, inputs, words in IN_CONTAINERS),
    *ON_FARGATE,
]


def name(rule: Rule) -> str:
    return f"{rule.__module__.rpartition('.')[2]}.{getattr(rule, '__name__', '')}"


@pytest.mark.parametrize(("rule", "inputs"), ACCEPTED, ids=[name(case[0]) for case in ACCEPTED])
def test_accepted(rule: Rule, inputs: Properties) -> None:
    assert list(rule(inputs)) == []


@pytest.mark.parametrize(("rule", "inputs", "property_", "words"), REFUSED, ids=[name(case[0]) for case in REFUSED])
def test_refused(rule: Rule, inputs: Properties, property_: str, words: str) -> None:
    problems = list(rule(inputs))
    assert [problem.property for problem in problems] == [property_] * len(problems)
    assert any(words in problem.reason for problem in problems)


def test_every_rule_of_a_table_is_tested_both_ways() -> None:
    rules = {name(rule) for table in TABLES.values() for rule in table.rules}
    assert rules == {name(case[0]) for case in REFUSED} == {name(case[0]) for case in ACCEPTED}
