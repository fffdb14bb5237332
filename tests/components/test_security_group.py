import pytest

from tests.components.recording import Recorded, built

EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
GROUP = "aws:ec2/securityGroup:SecurityGroup"


def admitting(*inbound: dict[str, str]) -> Recorded:
    return built({"integrations": {"github": {"type": "github-com", "inbound": list(inbound)}}})


def test_nothing_comes_in_by_default() -> None:
    recorded = built()
    assert recorded.all(INGRESS) == []
    assert not {"ingress", "egress"} & recorded.one(GROUP).inputs.keys()


def test_https_is_all_that_goes_out() -> None:
    recorded = admitting({"cidr": "10.20.0.0/16"})
    rule = recorded.one(EGRESS).inputs
    assert (rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == ("tcp", 443, 443)
    assert rule["cidrIpv4"] == "0.0.0.0/0"
    assert rule["securityGroupId"] == f"{recorded.one(GROUP).name}-id"


@pytest.mark.parametrize(
    ("source", "property_"),
    [
        ({"cidr": "10.20.0.0/16"}, "cidrIpv4"),
        ({"cidr": "2001:db8::/32"}, "cidrIpv6"),
        ({"securityGroup": "sg-0a1b2c3d4e5f67890"}, "referencedSecurityGroupId"),
        ({"prefixList": "pl-0a1b2c3d4e5f67890"}, "prefixListId"),
    ],
)
def test_a_named_source_reaches_the_client_s_port_and_no_other(source: dict[str, str], property_: str) -> None:
    recorded = admitting(source)
    rule = recorded.one(INGRESS).inputs
    sources = {"cidrIpv4", "cidrIpv6", "referencedSecurityGroupId", "prefixListId"}
    assert {name: value for name, value in rule.items() if name in sources} == {property_: next(iter(source.values()))}
    assert (rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == ("tcp", 8000, 8000)
    assert rule["securityGroupId"] == f"{recorded.one(GROUP).name}-id"


def test_the_written_reason_becomes_the_rule_s_description() -> None:
    assert admitting({"cidr": "0.0.0.0/0", "reason": "Public demo"}).one(INGRESS).inputs["description"] == "Public demo"


def test_every_rule_has_a_description() -> None:
    recorded = admitting({"cidr": "10.20.0.0/16"})
    assert all(rule.inputs["description"] for rule in (*recorded.all(INGRESS), *recorded.all(EGRESS)))


def test_hosts_too_many_for_a_description_are_cut_at_the_length_that_aws_takes() -> None:
    first, *others = (f"{letter * 99}.acme.internal" for letter in "abc")
    places = dict(zip(("host", "api", "git"), (f"{host}:7990" for host in (first, *others)), strict=True))
    recorded = built({"integrations": {"github": {"type": "bitbucket-server", **places}}})
    description = recorded.one(EGRESS, "snyk-broker-github-to-7990").inputs["description"]
    assert description == f"To {', '.join((first, *others))}"[:255]
    assert len(description) == 255


def test_the_group_s_description_does_not_depend_on_what_may_change() -> None:
    descriptions = {
        recorded.one(GROUP).inputs["description"]
        for recorded in (built(), admitting({"cidr": "10.0.0.0/8"}), built({"defaults": {"replicas": 4}}))
    }
    assert descriptions == {"Snyk Broker clients of github"}
