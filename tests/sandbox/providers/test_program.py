"""A small program through the real engine, with both providers at once."""

import json
import textwrap
from collections.abc import Callable
from typing import Any

import pytest

from tests.checkout import Checkout

PROGRAM = """
    import pulumi
    import pulumi_aws as aws
    import pulumi_random as random

    config = pulumi.Config()
    suffix = random.RandomId("suffix", byte_length=2)
    password = random.RandomPassword("password", length=24)
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", tags={"Name": suffix.hex})
    group = aws.ec2.SecurityGroup("group", vpc_id=vpc.id, description=config.get("group") or "one")
    rule = aws.vpc.SecurityGroupEgressRule(
        "https", security_group_id=group.id, cidr_ipv4="0.0.0.0/0", ip_protocol="tcp", from_port=443, to_port=443
    )
    logs = aws.cloudwatch.LogGroup("logs", retention_in_days=config.get_int("days") or 7)
    imported = aws.iam.Role(
        "imported",
        name="made-elsewhere",
        assume_role_policy=config.require("trust"),
        opts=pulumi.ResourceOptions(import_="made-elsewhere"),
    )
    read = aws.ec2.Vpc.get("read", config.require("vpc"))
    for name in ("vpc", "group", "rule", "logs", "read"):
        pulumi.export(name, globals()[name].id)
    pulumi.export("cidr", read.cidr_block)
    pulumi.export("password", password.result)
"""
TRUST = json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"Service": "x"}, "Action": "sts:AssumeRole"}]})


@pytest.fixture(scope="module")
def program(make_checkout: Callable[[], Checkout], pulumi_engine: None) -> Checkout:
    """Gives a checkout whose program is the one above, deployed."""
    checkout = make_checkout()
    (checkout.root / "__main__.py").write_text(textwrap.dedent(PROGRAM))
    pulumi(checkout, "refresh", "--yes", "--skip-preview")  # which starts the local AWS
    checkout.aws("iam").create_role(RoleName="made-elsewhere", AssumeRolePolicyDocument=TRUST)
    [vpc] = checkout.aws("ec2").describe_vpcs()["Vpcs"]
    settings = {"trust": TRUST, "vpc": vpc["VpcId"]}
    plain = [word for key, value in settings.items() for word in ("--plaintext", f"{key}={value}")]
    pulumi(checkout, "config", "set-all", *plain)
    pulumi(checkout, "up", "--yes", "--skip-preview")
    return checkout


def pulumi(checkout: Checkout, *arguments: str, code: int | None = 0) -> str:
    return checkout.sandbox("pulumi", "--", *arguments, code=code).stdout


def outputs(checkout: Checkout) -> dict[str, Any]:
    return json.loads(pulumi(checkout, "stack", "output", "--json"))


def changes(checkout: Checkout, *arguments: str) -> dict[str, dict[str, Any]]:
    """The steps of a preview that change something, by the resource's name."""
    preview = json.loads(pulumi(checkout, "preview", "--json", *arguments))
    steps = [step for step in preview["steps"] if step["op"] not in ("same", "read")]
    return {step["urn"].rpartition("::")[2]: step for step in steps}


def test_what_was_made_is_there_and_stays(program: Checkout) -> None:
    made = outputs(program)
    [vpc] = program.aws("ec2").describe_vpcs(VpcIds=[made["vpc"]])["Vpcs"]
    assert vpc["CidrBlock"] == "10.0.0.0/16"
    assert made["cidr"] == "172.31.0.0/16"
    assert made["password"] == "[secret]"
    pulumi(program, "preview", "--expect-no-changes")


def test_a_refused_argument_is_told_with_the_resource(program: Checkout) -> None:
    refused = program.sandbox("pulumi", "--", "preview", "-c", "days=8", code=None)
    assert refused.returncode != 0
    assert "expected retention_in_days to be one of" in refused.stdout + refused.stderr
    assert "aws:cloudwatch/logGroup:LogGroup" in refused.stdout + refused.stderr


def test_a_change_and_a_replacement(program: Checkout) -> None:
    before = outputs(program)
    steps = changes(program, "-c", "days=14", "-c", "group=two")
    assert {name: step["op"] for name, step in steps.items()} == {
        "group": "replace",
        "https": "replace",
        "logs": "update",
    }
    assert steps["logs"]["detailedDiff"] == {"retentionInDays": {"kind": "update", "inputDiff": True}}
    pulumi(program, "up", "--yes", "--skip-preview")
    after = outputs(program)
    assert after["logs"] == before["logs"]
    groups = program.aws("ec2").describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [after["vpc"]]}])
    ours = [group["GroupId"] for group in groups["SecurityGroups"] if group["GroupName"] != "default"]
    assert ours == [after["group"]] != [before["group"]]


def test_drift_is_seen_and_repaired(program: Checkout) -> None:
    made, ec2 = outputs(program), program.aws("ec2")
    ec2.revoke_security_group_egress(GroupId=made["group"], SecurityGroupRuleIds=[made["rule"]])
    ec2.create_tags(Resources=[made["vpc"]], Tags=[{"Key": "Name", "Value": "by hand"}])
    pulumi(program, "refresh", "--yes", "--skip-preview")
    assert {name: step["op"] for name, step in changes(program).items()} == {"https": "create", "vpc": "update"}
    pulumi(program, "up", "--yes", "--skip-preview")
    [vpc] = ec2.describe_vpcs(VpcIds=[made["vpc"]])["Vpcs"]
    assert vpc["Tags"][0]["Value"] != "by hand"
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [made["group"]]}])
    assert [rule["ToPort"] for rule in rules["SecurityGroupRules"]] == [443]


def test_destroy_leaves_nothing(program: Checkout) -> None:
    pulumi(program, "destroy", "--yes", "--skip-preview")
    assert [vpc["IsDefault"] for vpc in program.aws("ec2").describe_vpcs()["Vpcs"]] == [True]
    assert program.aws("iam").list_roles()["Roles"] == []
    assert program.aws("logs").describe_log_groups()["logGroups"] == []
