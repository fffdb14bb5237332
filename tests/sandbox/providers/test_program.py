"""A small program through the real engine, with both providers at once."""

import json
import textwrap
from typing import Any

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


def pulumi(checkout: Checkout, *arguments: str, code: int | None = 0) -> str:
    ran = checkout.sandbox("pulumi", "--", *arguments, code=code)
    return ran.stdout + (ran.stderr if code != 0 else "")


def outputs(checkout: Checkout) -> dict[str, Any]:
    return json.loads(pulumi(checkout, "stack", "output", "--json"))


def changes(checkout: Checkout, *arguments: str) -> dict[str, dict[str, Any]]:
    """The steps of a preview that change something, by the resource's name."""
    preview = json.loads(pulumi(checkout, "preview", "--json", *arguments))
    steps = [step for step in preview["steps"] if step["op"] not in ("same", "read")]
    return {step["urn"].rpartition("::")[2]: step for step in steps}


def operations(steps: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: step["op"] for name, step in steps.items()}


def test_a_program_from_its_first_update_to_its_destruction(checkout: Checkout) -> None:
    (checkout.root / "__main__.py").write_text(textwrap.dedent(PROGRAM))
    pulumi(checkout, "refresh", "--yes", "--skip-preview")  # which starts the local AWS
    ec2, iam = checkout.aws("ec2"), checkout.aws("iam")
    iam.create_role(RoleName="made-elsewhere", AssumeRolePolicyDocument=TRUST)
    [vpc] = ec2.describe_vpcs()["Vpcs"]
    pulumi(checkout, "config", "set-all", "--plaintext", f"trust={TRUST}", "--plaintext", f"vpc={vpc['VpcId']}")

    pulumi(checkout, "up", "--yes", "--skip-preview")
    made = outputs(checkout)
    assert ec2.describe_vpcs(VpcIds=[made["vpc"]])["Vpcs"][0]["CidrBlock"] == "10.0.0.0/16"
    assert made["cidr"] == "172.31.0.0/16"
    assert made["password"] == "[secret]"
    pulumi(checkout, "preview", "--expect-no-changes")

    refused = pulumi(checkout, "preview", "-c", "days=8", code=None)
    assert "aws:cloudwatch/logGroup:LogGroup" in refused
    assert "expected retention_in_days to be one of" in refused

    steps = changes(checkout, "-c", "days=14", "-c", "group=two")
    assert operations(steps) == {"group": "replace", "https": "replace", "logs": "update"}
    assert steps["logs"]["detailedDiff"] == {"retentionInDays": {"kind": "update", "inputDiff": True}}
    pulumi(checkout, "up", "--yes", "--skip-preview")
    changed = outputs(checkout)
    assert changed["logs"] == made["logs"]
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [made["vpc"]]}])["SecurityGroups"]
    ours = [group["GroupId"] for group in groups if group["GroupName"] != "default"]
    assert ours == [changed["group"]] != [made["group"]]

    ec2.revoke_security_group_egress(GroupId=changed["group"], SecurityGroupRuleIds=[changed["rule"]])
    ec2.create_tags(Resources=[made["vpc"]], Tags=[{"Key": "Name", "Value": "by hand"}])
    pulumi(checkout, "refresh", "--yes", "--skip-preview")
    assert operations(changes(checkout)) == {"https": "create", "vpc": "update"}
    pulumi(checkout, "up", "--yes", "--skip-preview")
    assert ec2.describe_vpcs(VpcIds=[made["vpc"]])["Vpcs"][0]["Tags"][0]["Value"] != "by hand"
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [changed["group"]]}])
    assert [rule["ToPort"] for rule in rules["SecurityGroupRules"]] == [443]

    pulumi(checkout, "destroy", "--yes", "--skip-preview")
    assert [vpc["IsDefault"] for vpc in ec2.describe_vpcs()["Vpcs"]] == [True]
    assert iam.list_roles()["Roles"] == []
    assert checkout.aws("logs").describe_log_groups()["logGroups"] == []
