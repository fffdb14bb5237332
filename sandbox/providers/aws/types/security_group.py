"""Security group and its rules."""

from sandbox.providers.aws import tags
from sandbox.providers.aws.api import Api, Body
from sandbox.providers.aws.resource import CustomChange, Operation, Resource, answered
from sandbox.providers.aws.rules import security_group as rules
from sandbox.providers.base.contract import Autoname
from sandbox.providers.base.wire import Properties


def _revoke_allow_all(api: Api, state: Properties) -> None:
    """AWS lets a new group reach everything; the official provider takes that back, IPv4 and IPv6."""
    group = api.call("ec2", "DescribeSecurityGroups", GroupIds=[state["id"]])["SecurityGroups"][0]
    allow_all = group["IpPermissionsEgress"]
    if allow_all:
        api.call("ec2", "RevokeSecurityGroupEgress", GroupId=state["id"], IpPermissions=allow_all)


SECURITY_GROUP = Resource(
    token="aws:ec2/securityGroup:SecurityGroup",
    service="ec2",
    supported=("description", "name", "namePrefix", "region", "revokeRulesOnDelete", "tags", "vpcId"),
    at_most_one=(("name", "namePrefix"),),
    replaces=("description", "name", "namePrefix", "region", "vpcId"),
    defaults={"description": "Managed by Pulumi", "revokeRulesOnDelete": False},
    autoname=Autoname(),
    computed=("vpcId",),
    id=answered("GroupId"),
    keys={"GroupId": "id"},
    create=Operation("CreateSecurityGroup"),
    read=Operation("DescribeSecurityGroups", "SecurityGroups"),
    delete=Operation("DeleteSecurityGroup"),
    names={"name": "GroupName"},
    provider_only=("revokeRulesOnDelete",),
    tags=tags.ec2("security-group"),
    ec2_arn="security-group",
    rules=(rules.group_name, rules.description, rules.tags),
    after_create=_revoke_allow_all,
)

_SOURCES = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
_SETTINGS = ("description", "fromPort", "ipProtocol", "toPort", *_SOURCES)
_PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6", "all": "-1"}


def _protocol(value: str) -> str:
    return _PROTOCOLS.get(value.lower(), value.lower())


def _permission(_operation: str, inputs: Properties, parameters: Properties) -> None:
    """A rule in the words of the operations that authorize several at once."""
    described = {"Description": inputs["description"]} if inputs.get("description") else {}
    source = {
        "cidrIpv4": ("IpRanges", "CidrIp"),
        "cidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
        "prefixListId": ("PrefixListIds", "PrefixListId"),
        "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    }
    permission: Properties = {
        name[0].upper() + name[1:]: inputs[name] for name in ("ipProtocol", "fromPort", "toPort") if name in inputs
    }
    for name, (list_, member) in source.items():
        if name in inputs:
            permission[list_] = [{member: inputs[name], **described}]
    parameters["IpPermissions"] = [permission]


def _modify(api: Api, live: Properties, inputs: Properties, _changed: set[str]) -> None:
    called = {"referencedSecurityGroupId": "ReferencedGroupId"}
    rule = {called.get(name, name[0].upper() + name[1:]): inputs[name] for name in _SETTINGS if name in inputs}
    api.call(
        "ec2",
        "ModifySecurityGroupRules",
        GroupId=live["securityGroupId"],
        SecurityGroupRules=[{"SecurityGroupRuleId": live["id"], "SecurityGroupRule": rule}],
    )


def _describe_rule(_api: Api, body: Body, _state: Properties) -> Properties:
    group: Body = body.get("ReferencedGroupInfo") or {}
    described: Properties = {"referencedSecurityGroupId": group.get("GroupId")}
    if body["IpProtocol"] == "-1":  # AWS says -1, the official provider nothing
        described |= {"fromPort": None, "toPort": None}
    return described


def _kind_changes(old: Properties, new: Properties) -> bool:
    return {name for name in _SOURCES if name in old} != {name for name in _SOURCES if name in new}


def _rule(direction: str) -> Resource:
    return Resource(
        token=f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
        service="ec2",
        supported=("region", "securityGroupId", "tags", *_SETTINGS),
        exactly_one=(_SOURCES,),
        replaces=("region", "securityGroupId"),
        replaces_when=dict.fromkeys(_SOURCES, _kind_changes),
        canonical={"ipProtocol": _protocol},
        id=answered("SecurityGroupRuleId"),
        keys={"GroupId": "securityGroupId", "SecurityGroupRuleId": "id"},
        create=Operation(f"AuthorizeSecurityGroup{direction}", "SecurityGroupRules"),
        read=Operation("DescribeSecurityGroupRules", "SecurityGroupRules"),
        changes=(CustomChange(_modify, _SETTINGS),),
        delete=Operation(f"RevokeSecurityGroup{direction}"),
        names={"securityGroupId": "GroupId"},
        encoded=_SETTINGS,
        tags=tags.ec2("security-group-rule"),
        ec2_arn="security-group-rule",
        rules=(rules.description, rules.ports, rules.source_block, rules.tags),
        encode=_permission,
        after_read=_describe_rule,
    )


TABLES = (SECURITY_GROUP, _rule("Ingress"), _rule("Egress"))
