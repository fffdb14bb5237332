from typing import Any

import pytest

from tests.sandbox.providers.aws.cases import ACCOUNT, REGION, World
from tests.sandbox.providers.driver import Driver, RefusalError

SECRET = "aws:secretsmanager/getSecret:getSecret"
QUOTA = "aws:servicequotas/getServiceQuota:getServiceQuota"
ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones"


def test_zones(aws: Driver) -> None:
    zones = [f"{REGION}a", f"{REGION}b", f"{REGION}c"]
    filters = [{"name": "opt-in-status", "values": ["opt-in-not-required"]}]
    found = aws.invoke(ZONES, {"filters": filters, "state": "available"})
    assert found["names"] == zones
    assert found["zoneIds"] == ["euc1-az2", "euc1-az3", "euc1-az1"] or len(found["zoneIds"]) == 3
    assert aws.invoke(ZONES, {"excludeNames": zones[:1]})["names"] == zones[1:]
    assert aws.invoke(ZONES, {"region": "us-east-1"})["names"][0] == "us-east-1a"


def test_who_and_where(aws: Driver) -> None:
    assert aws.invoke("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == ACCOUNT
    region = aws.invoke("aws:index/getRegion:getRegion")
    assert (region["name"], region["description"]) == (REGION, "Europe (Frankfurt)")
    assert aws.invoke("aws:index/getPartition:getPartition") == {
        "id": "aws",
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }
    assert aws.invoke("aws:index/getPartition:getPartition", {"region": "cn-north-1"})["partition"] == "aws-cn"


def test_networks(aws: Driver, world: World) -> None:
    vpc, subnet = world.vpc(), world.subnet()
    found = aws.invoke("aws:ec2/getVpc:getVpc", {"id": vpc})
    assert (found["cidrBlock"], found["default"], found["enableDnsSupport"]) == ("10.200.0.0/16", False, True)
    assert found["arn"] == f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/{vpc}"
    assert aws.invoke("aws:ec2/getVpc:getVpc", {"default": True})["id"] != vpc
    found = aws.invoke("aws:ec2/getSubnet:getSubnet", {"id": subnet})
    assert (found["vpcId"], found["cidrBlock"]) == (vpc, "10.200.0.0/24")
    assert found["availabilityZoneId"].startswith("euc1-az")
    by_vpc = {"filters": [{"name": "vpc-id", "values": [vpc]}]}
    assert subnet in aws.invoke("aws:ec2/getSubnets:getSubnets", by_vpc)["ids"]


def test_what_an_account_has_and_may_have(aws: Driver, world: World) -> None:
    tags = {"tags": {"used": "here"}}
    vpc = aws.create("aws:ec2/vpc:Vpc", {"cidrBlock": "10.201.0.0/16", **tags})
    address = aws.create("aws:ec2/eip:Eip", {"domain": "vpc", **tags})
    assert aws.invoke("aws:ec2/getVpcs:getVpcs", tags)["ids"] == [vpc.id]
    assert {vpc.id, world.vpc()} <= {*aws.invoke("aws:ec2/getVpcs:getVpcs")["ids"]}
    other = {**tags, "filters": [{"name": "cidr", "values": ["10.202.0.0/16"]}]}
    assert aws.invoke("aws:ec2/getVpcs:getVpcs", other)["ids"] == []
    found = aws.invoke("aws:ec2/getEips:getEips", tags)
    assert (found["allocationIds"], found["publicIps"]) == ([address.id], [address.state["publicIp"]])
    assert address.id in aws.invoke("aws:ec2/getEips:getEips")["allocationIds"]
    quota = aws.invoke(QUOTA, {"serviceCode": "vpc", "quotaCode": "L-F678F1CE"})
    assert (quota["value"], quota["quotaName"], quota["adjustable"]) == (5, "VPCs per Region", True)
    aws.delete(address)
    aws.delete(vpc)


@pytest.mark.parametrize(
    ("token", "arguments", "words"),
    [
        ("aws:ec2/getVpc:getVpc", {"cidrBlock": "1.2.3.0/24"}, "no matching EC2 VPC found"),
        ("aws:ec2/getVpc:getVpc", {"id": "vpc-0123"}, "no matching EC2 V"),
        ("aws:ec2/getSubnet:getSubnet", {}, "multiple EC2 Subnets matched"),
        (
            "aws:kms/getAlias:getAlias",
            {"name": "alias/none"},
            r"reading KMS Alias \(alias/none\): couldn't find resource",
        ),
        ("aws:kms/getKey:getKey", {"keyId": "none"}, "NotFoundException"),
        (SECRET, {"name": "none"}, r"reading Secrets Manager Secret \(none\): couldn't find resource"),
        (QUOTA, {"serviceCode": "fargate", "quotaCode": "L-3032A538"}, "NoSuchResource"),
        (SECRET, {}, 'one of "arn", "name" must be given'),
    ],
)
def test_what_is_not_there(token: str, arguments: dict[str, Any], words: str, aws: Driver) -> None:
    with pytest.raises(RefusalError, match=words):
        aws.invoke(token, arguments)


def test_a_secret_without_its_value(aws: Driver, clients: Any) -> None:
    tags = [{"Key": "snyk-broker:keys", "Value": "BROKER_TOKEN"}]
    made = clients("secretsmanager").create_secret(Name="snyk/one", SecretString="canary", Tags=tags)
    by_name, by_arn = aws.invoke(SECRET, {"name": "snyk/one"}), aws.invoke(SECRET, {"arn": made["ARN"]})
    assert by_name == by_arn
    assert (by_name["arn"], by_name["name"], by_name["kmsKeyId"]) == (made["ARN"], "snyk/one", "")
    assert by_name["tags"] == {"snyk-broker:keys": "BROKER_TOKEN"}
    assert "canary" not in str(by_name)


def test_a_secret_that_is_scheduled_for_deletion_is_not_there(aws: Driver, clients: Any) -> None:
    clients("secretsmanager").create_secret(Name="snyk/doomed", SecretString="x")
    clients("secretsmanager").delete_secret(SecretId="snyk/doomed")
    with pytest.raises(RefusalError, match=r"reading Secrets Manager Secret \(snyk/doomed\): couldn't find resource"):
        aws.invoke(SECRET, {"name": "snyk/doomed"})


def test_a_key(aws: Driver, clients: Any) -> None:
    key = clients("kms").create_key(Description="Broker")["KeyMetadata"]
    clients("kms").create_alias(AliasName="alias/broker", TargetKeyId=key["KeyId"])
    alias = aws.invoke("aws:kms/getAlias:getAlias", {"name": "alias/broker"})
    assert (alias["targetKeyId"], alias["targetKeyArn"]) == (key["KeyId"], key["Arn"])
    found = aws.invoke("aws:kms/getKey:getKey", {"keyId": "alias/broker"})
    assert (found["arn"], found["description"], found["enabled"]) == (key["Arn"], "Broker", True)
