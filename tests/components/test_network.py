from collections.abc import Mapping
from ipaddress import IPv4Network

import pytest

from lookups import MissingError
from tests.components.recording import Aws, Inputs, Recorded, built

VPC, PRIVATE, OTHER, PUBLIC = "vpc-0a1b2c3d", "subnet-0a1b2c3d", "subnet-0f9e8d7c", "subnet-01234567"
EXISTING = {"existing": {"vpcId": VPC, "privateSubnetIds": [PRIVATE, OTHER], "publicSubnetIds": [PUBLIC]}}
NAT, ROUTE = "aws:ec2/natGateway:NatGateway", "aws:ec2/route:Route"
NAME = "snyk-broker-network"


def created(zones: int = 2, nat: str = "perZone") -> Recorded:
    return built({"network": {"create": {"cidr": "10.40.0.0/16", "zones": zones, "natGateways": nat}}})


def subnet(vpc: str = VPC, zone: str = "euc1-az1") -> Inputs:
    return {"vpcId": vpc, "availabilityZoneId": zone}


def existing(**changes: Inputs) -> Aws:
    subnets: dict[str, Inputs] = {PRIVATE: subnet(), OTHER: subnet(zone="euc1-az2"), PUBLIC: subnet()}
    return Aws(subnets={**subnets, **{name.replace("_", "-"): found for name, found in changes.items()}})


@pytest.mark.parametrize("zones", [2, 3])
def test_every_zone_has_one_private_and_one_public_subnet_inside_the_vpc(zones: int) -> None:
    recorded = created(zones)
    vpc = recorded.one("aws:ec2/vpc:Vpc").inputs
    assert vpc["cidrBlock"] == "10.40.0.0/16"
    assert vpc["enableDnsSupport"] is vpc["enableDnsHostnames"] is True
    subnets = [found.inputs for found in recorded.all("aws:ec2/subnet:Subnet")]
    assert len({found["cidrBlock"] for found in subnets}) == len(subnets) == 2 * zones
    assert len({found["availabilityZone"] for found in subnets}) == zones
    assert all(IPv4Network(found["cidrBlock"]).subnet_of(IPv4Network("10.40.0.0/16")) for found in subnets)


def test_no_subnet_gives_its_instances_public_addresses() -> None:
    assert not any(found.inputs.get("mapPublicIpOnLaunch") for found in created().all("aws:ec2/subnet:Subnet"))


@pytest.mark.parametrize(
    ("nat", "gateways"),
    [
        ("perZone", {"a": "a", "b": "b", "c": "c"}),
        ("single", {"a": "a", "b": "a", "c": "a"}),
    ],
)
def test_every_private_subnet_reaches_the_internet_through_a_nat_gateway(nat: str, gateways: dict[str, str]) -> None:
    recorded = created(3, nat)
    assert len(recorded.all(NAT)) == len(recorded.all("aws:ec2/eip:Eip")) == len(set(gateways.values()))
    for zone, gateway in gateways.items():
        private = f"{NAME}-private-eu-central-1{zone}"
        route = recorded.one(ROUTE, private).inputs
        assert route["natGatewayId"] == f"{NAME}-eu-central-1{gateway}-id"
        assert route["destinationCidrBlock"] == "0.0.0.0/0"
        association = recorded.one("aws:ec2/routeTableAssociation:RouteTableAssociation", private).inputs
        assert association == {"routeTableId": route["routeTableId"], "subnetId": f"{private}-id"}


def test_a_network_of_its_own_tells_the_addresses_it_goes_out_with_and_the_tables_for_further_routes() -> None:
    told = created(3, "single").exports["network"]
    assert told["natPublicIps"] == [f"address of {NAME}-eu-central-1a"]
    assert told["privateRouteTableIds"] == [f"{NAME}-private-eu-central-1{zone}-id" for zone in "abc"]


def test_a_nat_gateway_stands_in_the_public_subnet_of_its_zone_with_an_address_of_its_own() -> None:
    for gateway in created().all(NAT):
        zone = gateway.name.removeprefix(f"{NAME}-")
        assert gateway.inputs["subnetId"] == f"{NAME}-public-{zone}-id"
        assert gateway.inputs["allocationId"] == f"{gateway.name}-id"


def test_a_nat_gateway_waits_for_its_own_way_out() -> None:
    recorded = created()
    for gateway in recorded.all(NAT):
        zone = gateway.name.removeprefix(f"{NAME}-")
        association = ("aws:ec2/routeTableAssociation:RouteTableAssociation", f"{NAME}-public-{zone}")
        assert {(ROUTE, f"{NAME}-public"), association} <= recorded.needs(gateway)


def test_public_subnets_reach_the_internet_through_the_internet_gateway() -> None:
    recorded = created()
    route = recorded.one(ROUTE, f"{NAME}-public").inputs
    assert route["gatewayId"] == recorded.one("aws:ec2/internetGateway:InternetGateway").name + "-id"
    for zone in ("eu-central-1a", "eu-central-1b"):
        public = recorded.one("aws:ec2/routeTableAssociation:RouteTableAssociation", f"{NAME}-public-{zone}").inputs
        assert public == {"routeTableId": route["routeTableId"], "subnetId": f"{NAME}-public-{zone}-id"}


def test_zones_are_taken_in_order_whatever_the_order_of_aws_s_answer() -> None:
    recorded = built(aws=Aws(zones=dict(reversed([*Aws().zones.items()]))))
    zones = {found.inputs["availabilityZone"] for found in recorded.all("aws:ec2/subnet:Subnet")}
    assert zones == {"eu-central-1a", "eu-central-1b"}


def test_only_zones_that_every_account_has_are_asked_for() -> None:
    aws = Aws()
    built(aws=aws)
    (asked,) = (args for token, args in aws.calls if token.endswith("getAvailabilityZones"))
    assert asked == {"filters": [{"name": "opt-in-status", "values": ["opt-in-not-required"]}]}


def test_more_zones_than_the_region_has_are_refused() -> None:
    aws = Aws(zones={"eu-central-1a": "euc1-az2", "eu-central-1b": "euc1-az3"})
    with pytest.raises(MissingError, match=r"create\.zones: eu-central-1 has only 2 with Fargate: eu-central-1a, eu-c"):
        built({"network": {"create": {"cidr": "10.40.0.0/16", "zones": 3}}}, aws=aws)


TOKYO = {"ap-northeast-1a": "apne1-az3", "ap-northeast-1c": "apne1-az1", "ap-northeast-1d": "apne1-az2"}


def test_a_zone_without_fargate_is_passed_over_and_the_others_keep_their_blocks() -> None:
    def blocks(zones: Mapping[str, str]) -> dict[str, str]:
        found = built(aws=Aws(zones=zones)).all("aws:ec2/subnet:Subnet")
        return {subnet.name.removeprefix(f"{NAME}-"): subnet.inputs["cidrBlock"] for subnet in found}

    # As before the first zone was known to have none.
    before, after = blocks({**TOKYO, "ap-northeast-1a": "apne1-az4"}), blocks(TOKYO)
    assert before.keys() == {f"{kind}-ap-northeast-1{zone}" for kind in ("public", "private") for zone in "ac"}
    assert after.keys() == {f"{kind}-ap-northeast-1{zone}" for kind in ("public", "private") for zone in "cd"}
    assert before.items() & after.items() == {(name, block) for name, block in after.items() if name.endswith("c")}
    assert not {block for name, block in after.items() if name.endswith("d")} & {*before.values()}


def test_a_zone_without_fargate_does_not_count() -> None:
    with pytest.raises(MissingError, match="has only 2 with Fargate: ap-northeast-1c, ap-northeast-1d"):
        built({"network": {"create": {"cidr": "10.40.0.0/16", "zones": 3}}}, aws=Aws(zones=TOKYO))


def test_an_existing_network_is_used_and_left_alone() -> None:
    recorded = built({"network": EXISTING}, aws=existing())
    made = {found.type for found in recorded.resources if found.parent and found.parent.type.endswith(":Network")}
    assert made == set()
    assert recorded.one("aws:ecs/service:Service").inputs["networkConfiguration"]["subnets"] == [PRIVATE, OTHER]
    assert recorded.one("aws:ec2/securityGroup:SecurityGroup").inputs["vpcId"] == VPC
    assert recorded.exports["network"] == {
        "vpcId": VPC,
        "privateSubnetIds": [PRIVATE, OTHER],
        "publicSubnetIds": [PUBLIC],
        "privateRouteTableIds": [],
        "natPublicIps": [],
    }


@pytest.mark.parametrize("preview", [True, False])
def test_an_existing_subnet_in_a_zone_without_fargate_is_a_warning(preview: bool) -> None:
    third = "subnet-0c0c0c0c"
    aws = existing(subnet_0c0c0c0c=subnet(zone="usw1-az2"), subnet_01234567=subnet(zone="usw1-az2"))
    network = {**EXISTING["existing"], "privateSubnetIds": [PRIVATE, OTHER, third]}
    (warning,) = built({"network": {"existing": network}}, aws=aws, preview=preview).log
    assert f"{third} is in the zone usw1-az2, which has no Fargate" in warning


@pytest.mark.parametrize(
    ("aws", "words"),
    [
        pytest.param(existing(subnet_0f9e8d7c=subnet(zone="usw1-az2")), "or the others have no", id="no Fargate"),
        pytest.param(existing(subnet_0f9e8d7c=subnet()), "one availability zone", id="one zone for all"),
        pytest.param(
            existing(subnet_0f9e8d7c=subnet(), subnet_01234567=subnet(zone="euc1-az2")),
            "privateSubnetIds: all are in one availability zone",
            id="another zone for a public subnet only",
        ),
        pytest.param(existing(subnet_0f9e8d7c=subnet("vpc-0f0f0f0f", "euc1-az2")), OTHER, id="foreign private subnet"),
        pytest.param(existing(subnet_01234567=subnet("vpc-0f0f0f0f")), PUBLIC, id="foreign public subnet"),
    ],
)
@pytest.mark.parametrize("preview", [True, False])
def test_an_existing_network_that_cannot_work_is_refused(aws: Aws, words: str, preview: bool) -> None:
    with pytest.raises(MissingError, match=words):
        built({"network": EXISTING}, aws=aws, preview=preview)
