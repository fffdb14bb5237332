"""VPC, subnet, internet gateway, elastic IP, NAT gateway."""

from typing import Any

from sandbox.providers.aws import tags
from sandbox.providers.aws.api import Api, Body
from sandbox.providers.aws.resource import Change, CustomChange, Operation, Resource, answered
from sandbox.providers.aws.rules import ec2 as rules
from sandbox.providers.base.wire import Properties

_MADE_WITH_IT = ("defaultNetworkAclId", "defaultRouteTableId", "defaultSecurityGroupId", "mainRouteTableId")


def _describe_vpc(api: Api, _body: Body, state: Properties) -> Properties:
    """Attributes, and what AWS makes with a VPC, each have an operation of their own."""
    id_ = state["id"]
    found: Properties = {}
    for name in ("enableDnsHostnames", "enableDnsSupport"):
        attribute = api.call("ec2", "DescribeVpcAttribute", VpcId=id_, Attribute=name)
        found[name] = attribute[name[0].upper() + name[1:]]["Value"]
    kept = {name: state[name] for name in _MADE_WITH_IT if name in state}
    if kept:  # they stay the same as long as the VPC
        return {**found, **kept}
    table = _first(api, "RouteTables", id_, "association.main", "true")["RouteTableId"]
    return {
        **found,
        "mainRouteTableId": table,
        "defaultRouteTableId": table,
        "defaultNetworkAclId": _first(api, "NetworkAcls", id_, "default", "true")["NetworkAclId"],
        "defaultSecurityGroupId": _first(api, "SecurityGroups", id_, "group-name", "default")["GroupId"],
    }


def _first(api: Api, what: str, vpc_id: str, name: str, value: str) -> Body:
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": name, "Values": [value]}]
    return api.call("ec2", f"Describe{what}", Filters=filters)[what][0]


def _make_tenancy_default(api: Api, live: Properties, _inputs: Properties, _changed: set[str]) -> None:
    """The one change that does not replace."""
    api.call("ec2", "ModifyVpcTenancy", VpcId=live["id"], InstanceTenancy="default")


VPC = Resource(
    token="aws:ec2/vpc:Vpc",
    service="ec2",
    supported=("cidrBlock", "enableDnsHostnames", "enableDnsSupport", "instanceTenancy", "region", "tags"),
    required=("cidrBlock",),  # the alternative, an address manager's pool, is not supported
    replaces=("cidrBlock", "region"),
    replaces_when={
        "instanceTenancy": lambda old, new: (
            (old.get("instanceTenancy"), new.get("instanceTenancy")) != ("dedicated", "default")
        )
    },
    defaults={"enableDnsSupport": True, "instanceTenancy": "default"},
    computed=("enableDnsHostnames",),
    id=answered("VpcId"),
    keys={"VpcId": "id"},
    create=Operation("CreateVpc", "Vpc"),
    read=Operation("DescribeVpcs", "Vpcs"),
    changes=(
        Change("ModifyVpcAttribute", ("enableDnsSupport",)),
        Change("ModifyVpcAttribute", ("enableDnsHostnames",)),
        CustomChange(_make_tenancy_default, ("instanceTenancy",)),
    ),
    delete=Operation("DeleteVpc"),
    tags=tags.ec2("vpc"),
    ec2_arn="vpc",
    rules=(rules.network_block, rules.tags),
    after_read=_describe_vpc,
)

SUBNET = Resource(
    token="aws:ec2/subnet:Subnet",
    service="ec2",
    supported=(
        "assignIpv6AddressOnCreation",
        "availabilityZone",
        "availabilityZoneId",
        "cidrBlock",
        "mapPublicIpOnLaunch",
        "region",
        "tags",
        "vpcId",
    ),
    required=("cidrBlock",),  # the alternatives, IPv6 and an address manager's pool, are not supported
    at_most_one=(("availabilityZone", "availabilityZoneId"),),
    replaces=("availabilityZone", "availabilityZoneId", "cidrBlock", "region", "vpcId"),
    defaults={"assignIpv6AddressOnCreation": False, "mapPublicIpOnLaunch": False},
    computed=("availabilityZone", "availabilityZoneId"),
    id=answered("SubnetId"),
    keys={"SubnetId": "id"},
    create=Operation("CreateSubnet", "Subnet"),
    read=Operation("DescribeSubnets", "Subnets"),
    changes=(
        Change("ModifySubnetAttribute", ("assignIpv6AddressOnCreation",)),
        Change("ModifySubnetAttribute", ("mapPublicIpOnLaunch",)),
    ),
    delete=Operation("DeleteSubnet"),
    tags=tags.ec2("subnet"),
    ec2_arn="subnet",
    rules=(rules.network_block, rules.tags),
)


def _attach(api: Api, live: Properties, inputs: Properties, _changed: set[str]) -> None:
    if live.get("vpcId"):
        _detach(api, live)
    if inputs.get("vpcId"):
        api.call("ec2", "AttachInternetGateway", InternetGatewayId=live["id"], VpcId=inputs["vpcId"])


def _detach(api: Api, state: Properties) -> None:
    if state.get("vpcId"):
        api.call("ec2", "DetachInternetGateway", InternetGatewayId=state["id"], VpcId=state["vpcId"])


def _detach_where_it_is(api: Api, state: Properties) -> None:
    """A gateway that a killed run left behind may be attached or not: its state does not tell."""
    gateway = api.call("ec2", "DescribeInternetGateways", InternetGatewayIds=[state["id"]])["InternetGateways"][0]
    _detach(api, {**state, **_attachment(api, gateway, state)})


def _attachment(_api: Api, body: Body, _state: Properties) -> Properties:
    attachments: list[Any] = body.get("Attachments") or [{}]
    return {"vpcId": attachments[0].get("VpcId", "")}


INTERNET_GATEWAY = Resource(
    token="aws:ec2/internetGateway:InternetGateway",
    service="ec2",
    supported=("region", "tags", "vpcId"),
    replaces=("region",),
    computed=("vpcId",),
    id=answered("InternetGatewayId"),
    keys={"InternetGatewayId": "id"},
    create=Operation("CreateInternetGateway", "InternetGateway"),
    read=Operation("DescribeInternetGateways", "InternetGateways"),
    delete=Operation("DeleteInternetGateway"),
    changes=(CustomChange(_attach, ("vpcId",)),),
    tags=tags.ec2("internet-gateway"),
    ec2_arn="internet-gateway",
    rules=(rules.tags,),
    after_read=_attachment,
    before_delete=_detach_where_it_is,
)


def _describe_address(api: Api, _body: Body, state: Properties) -> Properties:
    dashed = state["publicIp"].replace(".", "-")
    return {"publicDns": f"ec2-{dashed}.{api.region}.compute.amazonaws.com"}


ELASTIC_IP = Resource(
    token="aws:ec2/eip:Eip",
    service="ec2",
    supported=("domain", "region", "tags"),
    replaces=("domain", "region"),
    computed=("domain",),
    id=answered("AllocationId"),
    keys={"AllocationId": "id"},
    create=Operation("AllocateAddress"),
    read=Operation("DescribeAddresses", "Addresses"),
    delete=Operation("ReleaseAddress"),
    names={
        "instance": "InstanceId",
        "networkInterface": "NetworkInterfaceId",
        "privateIp": "PrivateIpAddress",
    },
    tags=tags.ec2("elastic-ip"),
    ec2_arn="elastic-ip",
    rules=(rules.tags,),
    after_read=_describe_address,
)


def _describe_nat(_api: Api, body: Body, _state: Properties) -> Properties:
    addresses: list[Body] = body.get("NatGatewayAddresses") or []
    address = addresses[0] if addresses else Properties()
    return {name[0].lower() + name[1:]: value for name, value in address.items() if name != "Status"}


def _free_address(api: Api, state: Properties) -> None:
    """Moto keeps the address of a deleted gateway associated, which AWS does not."""
    if not state.get("allocationId"):
        return
    found = api.call("ec2", "DescribeAddresses", AllocationIds=[state["allocationId"]])
    addresses: list[Body] = found["Addresses"]
    for address in addresses:
        if address.get("AssociationId"):
            api.call("ec2", "DisassociateAddress", AssociationId=address["AssociationId"])


NAT_GATEWAY = Resource(
    token="aws:ec2/natGateway:NatGateway",
    service="ec2",
    supported=("allocationId", "connectivityType", "privateIp", "region", "subnetId", "tags"),
    required=("subnetId",),  # the alternative, a regional gateway, is not supported
    replaces=("allocationId", "connectivityType", "privateIp", "region", "subnetId"),
    defaults={"connectivityType": "public"},
    computed=("privateIp",),
    id=answered("NatGatewayId"),
    keys={"NatGatewayId": "id"},
    create=Operation("CreateNatGateway", "NatGateway"),
    read=Operation("DescribeNatGateways", "NatGateways"),
    gone=lambda body: body["State"] in ("deleting", "deleted"),
    delete=Operation("DeleteNatGateway"),
    names={"privateIp": "PrivateIpAddress"},
    tags=tags.ec2("natgateway"),
    rules=(rules.public_nat_needs_address, rules.tags),
    after_read=_describe_nat,
    before_delete=_free_address,
)

TABLES = (VPC, SUBNET, INTERNET_GATEWAY, ELASTIC_IP, NAT_GATEWAY)
