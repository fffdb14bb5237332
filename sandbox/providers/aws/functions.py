"""The functions: what programs look up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sandbox.providers.aws import models
from sandbox.providers.aws.api import Api, Body, Cloud, is_missing
from sandbox.providers.aws.shapes import Names, pairs, properties
from sandbox.providers.base import sdk
from sandbox.providers.base.contract import RefusedError
from sandbox.providers.base.types import conform
from sandbox.providers.base.wire import Properties


@dataclass(frozen=True)
class Function:
    look_up: Callable[[Api, Properties], Properties]
    arguments: tuple[str, ...] = ()


def invoke(cloud: Cloud, token: str, arguments: Properties) -> Properties:
    function = FUNCTIONS.get(token)
    if function is None:
        raise RefusedError(f"the function {token} is not supported by the sandbox: add it to {_HOME}")
    for name in arguments:
        if name not in (*function.arguments, "region"):
            raise RefusedError(f"{token}: {name} is not supported by the sandbox: add it to {_HOME}")
    api = cloud.at(arguments.get("region"))
    types = sdk.result(token)
    result = {"region": api.region, **arguments, **function.look_up(api, arguments)}
    return {name: conform(types[name], value, name) for name, value in result.items() if name in types}


_HOME = "sandbox/providers/aws/functions.py"


def _result(token: str, body: Body, names: Names | None = None) -> Properties:
    """An answer in the words of the function's result."""
    return properties(sdk.result(token), body, names or {})


def _filters(arguments: Properties, named: Mapping[str, str]) -> list[dict[str, Any]]:
    """EC2's filters: the given ones, the tags, and the arguments that stand for one."""
    given = cast("list[dict[str, Any]]", arguments.get("filters") or [])
    filters = [{"Name": item["name"], "Values": item["values"]} for item in given]
    tags: dict[str, str] = arguments.get("tags") or {}
    filters += [{"Name": f"tag:{key}", "Values": [value]} for key, value in tags.items()]
    for name, filter_ in named.items():
        value = arguments.get(name)
        if value is not None:
            filters.append(
                {"Name": filter_, "Values": [str(value).lower() if value is True or value is False else value]}
            )
    return filters


def _availability_zones(api: Api, arguments: Properties) -> Properties:
    parameters = {"Filters": _filters(arguments, {"state": "state"})}
    if arguments.get("allAvailabilityZones"):
        parameters["AllAvailabilityZones"] = cast("Any", True)  # noqa: FBT003
    found = cast("list[Body]", api.call("ec2", "DescribeAvailabilityZones", **parameters)["AvailabilityZones"])
    zones = [
        zone
        for zone in sorted(found, key=lambda zone: str(zone["ZoneName"]))
        if zone["ZoneName"] not in arguments.get("excludeNames", [])
        and zone["ZoneId"] not in arguments.get("excludeZoneIds", [])
    ]
    return {
        "id": api.region,
        "names": [zone["ZoneName"] for zone in zones],
        "zoneIds": [zone["ZoneId"] for zone in zones],
        "groupNames": sorted({zone.get("GroupName", api.region) for zone in zones}),
    }


def _caller_identity(api: Api, _arguments: Properties) -> Properties:
    caller = api.call("sts", "GetCallerIdentity")
    account = caller["Account"]
    return {"id": account, "accountId": account, "arn": caller["Arn"], "userId": caller["UserId"]}


def _region(api: Api, arguments: Properties) -> Properties:
    region = arguments.get("region") or arguments.get("name") or api.region
    return {
        "id": region,
        "name": region,
        "region": region,
        "description": models.region_description(region),
        "endpoint": f"ec2.{region}.{_SUFFIXES[api.partition]}",
    }


_SUFFIXES = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}


def _partition(api: Api, _arguments: Properties) -> Properties:
    suffix = _SUFFIXES[api.partition]
    return {
        "id": api.partition,
        "partition": api.partition,
        "dnsSuffix": suffix,
        "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
    }


def _the_one(what: str, found: list[Body]) -> Body:
    if not found:
        raise RefusedError(f"no matching EC2 {what} found")
    if len(found) > 1:
        raise RefusedError(
            f"multiple EC2 {what}s matched; use additional constraints to reduce matches to a single EC2 {what}"
        )
    return found[0]


def _described(api: Api, what: str, arguments: Properties, named: Mapping[str, str]) -> Body:
    """The one VPC or subnet."""
    parameters: Properties = {"Filters": _filters(arguments, named)}
    if arguments.get("id"):
        parameters[f"{what}Ids"] = [arguments["id"]]
    try:
        return _the_one(
            what.upper() if what == "Vpc" else what, api.call("ec2", f"Describe{what}s", **parameters)[f"{what}s"]
        )
    except Exception as error:
        if is_missing(error):
            raise RefusedError(f"no matching EC2 {what} found: {error}") from None
        raise


def _vpc(api: Api, arguments: Properties) -> Properties:
    named = {"cidrBlock": "cidr", "default": "is-default", "dhcpOptionsId": "dhcp-options-id", "state": "state"}
    body = _described(api, "Vpc", arguments, named)
    id_ = body["VpcId"]
    attributes = {
        name: api.call("ec2", "DescribeVpcAttribute", VpcId=id_, Attribute=name)[name[0].upper() + name[1:]]
        for name in ("enableDnsHostnames", "enableDnsSupport")
    }
    main = api.call(
        "ec2",
        "DescribeRouteTables",
        Filters=[{"Name": "vpc-id", "Values": [id_]}, {"Name": "association.main", "Values": ["true"]}],
    )["RouteTables"]
    return {
        **_result(_VPC, body, {"default": "IsDefault", "cidrBlockAssociations": "-", "ipv6CidrBlockAssociations": "-"}),
        **{name: attribute["Value"] for name, attribute in attributes.items()},
        "id": id_,
        "arn": api.arn("ec2", f"vpc/{id_}"),
        "mainRouteTableId": main[0]["RouteTableId"] if main else None,
        "tags": pairs(body.get("Tags", [])),
    }


def _subnet(api: Api, arguments: Properties) -> Properties:
    named = {
        "availabilityZone": "availabilityZone",
        "availabilityZoneId": "availabilityZoneId",
        "cidrBlock": "cidrBlock",
        "defaultForAz": "defaultForAz",
        "state": "state",
        "vpcId": "vpc-id",
    }
    body = _described(api, "Subnet", arguments, named)
    return {
        **_result(_SUBNET, body, {"arn": "SubnetArn", "availableIpAddressCount": "AvailableIpAddressCount"}),
        "id": body["SubnetId"],
        "tags": pairs(body.get("Tags", [])),
    }


def _subnets(api: Api, arguments: Properties) -> Properties:
    found = cast("list[Body]", api.call("ec2", "DescribeSubnets", Filters=_filters(arguments, {}))["Subnets"])
    return {"id": api.region, "ids": [subnet["SubnetId"] for subnet in found]}


def _vpcs(api: Api, arguments: Properties) -> Properties:
    found = cast("list[Body]", api.call("ec2", "DescribeVpcs", Filters=_filters(arguments, {}))["Vpcs"])
    return {"id": api.region, "ids": [vpc["VpcId"] for vpc in found]}


def _addresses(api: Api, arguments: Properties) -> Properties:
    found = cast("list[Body]", api.call("ec2", "DescribeAddresses", Filters=_filters(arguments, {}))["Addresses"])
    return {
        "id": api.region,
        "allocationIds": [address["AllocationId"] for address in found],
        "publicIps": [address["PublicIp"] for address in found],
    }


def _quota(api: Api, arguments: Properties) -> Properties:
    """The local AWS knows those of VPCs only, and their defaults."""
    which = {"ServiceCode": arguments["serviceCode"], "QuotaCode": arguments["quotaCode"]}
    body = api.call("service-quotas", "GetServiceQuota", **which)["Quota"]
    names: Names = {"arn": "QuotaArn", "defaultValue": "Value", "usageMetrics": "-"}
    return {**_result(_SERVICE_QUOTA, body, names), "id": body["QuotaArn"], "usageMetrics": []}


def _secret(api: Api, arguments: Properties) -> Properties:
    """What is known of a secret, never its value."""
    wanted = arguments.get("arn") or arguments.get("name")
    if not wanted:
        raise RefusedError('one of "arn", "name" must be given')
    gone = RefusedError(f"reading Secrets Manager Secret ({wanted}): couldn't find resource")
    try:
        body = api.call("secretsmanager", "DescribeSecret", SecretId=wanted)
    except Exception as error:
        if is_missing(error):
            raise gone from None
        raise
    if body.get("DeletedDate"):  # scheduled for deletion: its name is still taken
        raise gone
    policy = api.call("secretsmanager", "GetResourcePolicy", SecretId=wanted).get("ResourcePolicy")
    return {
        "description": "",
        "kmsKeyId": "",
        **_result(_SECRET, body),
        "id": body["ARN"],
        "policy": policy or "",
        "tags": pairs(body.get("Tags", [])),
    }


def _alias(api: Api, arguments: Properties) -> Properties:
    name, marker = arguments["name"], dict[str, str]()
    while True:
        page = api.call("kms", "ListAliases", **marker)
        for alias in page["Aliases"]:
            if alias["AliasName"] == name and alias.get("TargetKeyId"):
                key, arn = alias["TargetKeyId"], alias["AliasArn"]
                target = f"{arn.rpartition(':')[0]}:key/{key}"
                return {"id": arn, "arn": arn, "name": name, "targetKeyId": key, "targetKeyArn": target}
        if not page.get("Truncated"):
            raise RefusedError(f"reading KMS Alias ({name}): couldn't find resource")
        marker = {"Marker": page["NextMarker"]}


def _key(api: Api, arguments: Properties) -> Properties:
    body = api.call("kms", "DescribeKey", KeyId=arguments["keyId"])["KeyMetadata"]
    names: Names = {"awsAccountId": "AWSAccountId", "multiRegionConfigurations": "-", "xksKeyConfigurations": "-"}
    return {**_result(_KEY, body, names), "id": body["KeyId"], "keyId": arguments["keyId"]}


def _service(api: Api, arguments: Properties) -> Properties:
    name = arguments["serviceName"]
    answer = api.call("ecs", "DescribeServices", cluster=arguments["clusterArn"], services=[name], include=["TAGS"])
    if not answer["services"]:
        raise RefusedError(f"reading ECS Service ({name}): couldn't find resource")
    [body] = answer["services"]
    names: Names = {"arn": "serviceArn", **dict.fromkeys(_SERVICE_UNTOLD, "-")}
    return {**_result(_SERVICE, body, names), "id": body["serviceArn"], "tags": pairs(body.get("tags", []))}


# What the program does not read, in shapes of the data source's own.
_SERVICE_UNTOLD = ("deploymentConfigurations", "deploymentControllers", "networkConfigurations")

_SERVICE = "aws:ecs/getService:getService"
_SERVICE_QUOTA = "aws:servicequotas/getServiceQuota:getServiceQuota"
_VPC, _SUBNET = "aws:ec2/getVpc:getVpc", "aws:ec2/getSubnet:getSubnet"
_SECRET, _KEY = "aws:secretsmanager/getSecret:getSecret", "aws:kms/getKey:getKey"

FUNCTIONS = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": Function(
        _availability_zones, ("allAvailabilityZones", "excludeNames", "excludeZoneIds", "filters", "state")
    ),
    "aws:index/getCallerIdentity:getCallerIdentity": Function(_caller_identity),
    "aws:index/getPartition:getPartition": Function(_partition),
    "aws:index/getRegion:getRegion": Function(_region, ("name",)),
    _VPC: Function(_vpc, ("cidrBlock", "default", "dhcpOptionsId", "filters", "id", "state", "tags")),
    _SUBNET: Function(
        _subnet,
        (
            "availabilityZone",
            "availabilityZoneId",
            "cidrBlock",
            "defaultForAz",
            "filters",
            "id",
            "state",
            "tags",
            "vpcId",
        ),
    ),
    _SERVICE: Function(_service, ("clusterArn", "serviceName")),
    "aws:ec2/getVpcs:getVpcs": Function(_vpcs, ("filters", "tags")),
    "aws:ec2/getEips:getEips": Function(_addresses, ("filters", "tags")),
    _SERVICE_QUOTA: Function(_quota, ("quotaCode", "serviceCode")),
    "aws:ec2/getSubnets:getSubnets": Function(_subnets, ("filters", "tags")),
    _KEY: Function(_key, ("keyId",)),
    "aws:kms/getAlias:getAlias": Function(_alias, ("name",)),
    _SECRET: Function(_secret, ("arn", "name")),
}
