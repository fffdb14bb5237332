from collections.abc import Mapping

import pytest

from components import DestinationArgs
from components.integration import outbound
from tests.components.recording import Recorded, Resource, built

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


PROXY = {"HTTPS_PROXY": "http://proxy.acme.internal:3129"}
EVERYWHERE = {"cidr": "0.0.0.0/0", "port": 3129, "reason": "the proxy"}


def going_out(*egress: Mapping[str, object], environment: dict[str, str] | None = None) -> dict[str, Resource]:
    """The rules out but for 443, by name."""
    asked = {"type": "github-com", "egress": list(egress), "environment": environment or {}}
    rules = built({"integrations": {"github": asked}}).all(EGRESS)
    return {rule.name.removeprefix("snyk-broker-github-"): rule for rule in rules if rule.inputs["fromPort"] != 443}


@pytest.mark.parametrize(
    ("egress", "environment", "description"),
    [
        ([], PROXY, "To proxy.acme.internal"),
        ([EVERYWHERE], {}, "the proxy"),
        ([EVERYWHERE], PROXY, "the proxy; To proxy.acme.internal"),
    ],
    ids=["a variable", "an entry", "both"],
)
def test_a_port_that_is_open_to_every_address_is_the_same_rule_whoever_asks_for_it(
    egress: list[Mapping[str, object]], environment: dict[str, str], description: str
) -> None:
    rules = going_out(*egress, environment=environment)
    assert rules.keys() == {"to-3129"}
    rule = rules["to-3129"]
    assert (rule.inputs["cidrIpv4"], rule.inputs["fromPort"], rule.inputs["toPort"]) == ("0.0.0.0/0", 3129, 3129)
    assert rule.inputs["description"] == description
    # Its name in the first release, when an entry asked for it. Made anew before that is deleted, AWS would refuse it.
    assert rule.former_names == ["snyk-broker-github-to-0.0.0.0/0-3129"]


def test_an_entry_for_a_port_keeps_it_shut_to_other_addresses() -> None:
    block = {"cidr": "10.31.0.0/16", "port": 3129}
    assert going_out(block, environment=PROXY).keys() == {"to-10.31.0.0/16-3129"}
    assert going_out(block, EVERYWHERE, environment=PROXY).keys() == {"to-10.31.0.0/16-3129", "to-3129"}


def test_another_program_that_names_443_gets_one_rule_for_it() -> None:
    to_anywhere = DestinationArgs(name="all", peer={"cidr_ipv4": "0.0.0.0/0"}, port=443, reason="Updates")
    (rule,) = outbound([to_anywhere], [])
    assert rule.name == "https"
    assert rule.description.endswith("; Updates")
