"""The program on the real engine: what changes when something changes, and what its users see."""

import json
import threading
from pathlib import Path
from typing import Any, Self

from tests.checkout import Checkout
from tests.live_aws import live, recorded

KEYS = "snyk-broker:integrations.github"
SECRET = "snyk-broker/sandbox/github/credentials"


def pulumi(checkout: Checkout, *arguments: str, code: int | None = 0) -> str:
    ran = checkout.sandbox("pulumi", "--", *arguments, code=code)
    return ran.stdout + ran.stderr


def steps(checkout: Checkout) -> list[tuple[str, str, list[str]]]:
    """What a preview would do: the resource's type, the operation, and the properties that change."""
    preview: dict[str, Any] = json.loads(checkout.sandbox("pulumi", "--", "preview", "--json").stdout)
    return sorted(
        (step["urn"].split("::")[2].split("$")[-1], step["op"], sorted(step["detailedDiff"] or {}))
        for step in preview["steps"]
        if step["op"] != "same"
    )


def test_a_new_version_and_a_third_replica_change_the_service_in_place(deployed: Checkout) -> None:
    pulumi(deployed, "config", "set", "--path", f"{KEYS}.replicas", "3")
    pulumi(deployed, "config", "set", "--path", f"{KEYS}.image.version", "5.22.13")
    changed = ["deploymentMaximumPercent", "deploymentMinimumHealthyPercent", "desiredCount", "taskDefinition"]
    assert steps(deployed) == [
        ("aws:ecs/service:Service", "update", changed),
        ("aws:ecs/taskDefinition:TaskDefinition", "replace", ["containerDefinitions"]),
    ]
    deployed.sandbox("up")
    ecs, service = deployed.aws("ecs"), the_service(deployed)
    assert service["desiredCount"] == 3
    bounds = service["deploymentConfiguration"]
    assert (bounds["minimumHealthyPercent"], bounds["maximumPercent"]) == (66, 100)
    running = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    assert running["containerDefinitions"][0]["image"] == "snyk/broker:5.22.13-github-com"
    kept = ecs.list_task_definitions(status="ACTIVE")["taskDefinitionArns"]
    assert kept[-1] == running["taskDefinitionArn"]
    assert len(kept) > 1, "a rollback needs the revision before"
    [*_, update] = json.loads(deployed.sandbox("calls", "--action", "UpdateService", "--json").stdout)
    assert update["parameters"]["desiredCount"] == 3
    assert "forceNewDeployment" not in update["parameters"], "it would restart the clients when their number changes"


def test_a_rule_deleted_behind_pulumis_back_is_seen_and_restored(deployed: Checkout) -> None:
    ec2, group = deployed.aws("ec2"), deployed.outputs()["integrations"]["github"]["securityGroupId"]
    declared = {("out", "tcp", 443, 443, "0.0.0.0/0"), ("in", "tcp", 8000, 8000, "10.20.0.0/16")}
    assert rules(ec2, group) == declared
    [outbound] = [rule for rule in described(ec2, group) if rule["IsEgress"]]
    ec2.revoke_security_group_egress(GroupId=group, SecurityGroupRuleIds=[outbound["SecurityGroupRuleId"]])
    assert "snyk-broker-github-https deleted" in " ".join(deployed.sandbox("refresh").stdout.split())
    deployed.sandbox("up")
    assert rules(ec2, group) == declared


def test_another_address_block_is_a_new_network_beside_the_old_one(deployed: Checkout) -> None:
    before = deployed.outputs()
    pulumi(deployed, "config", "set", "--path", "snyk-broker:network.create.cidr", "10.50.0.0/16")
    deployed.sandbox("up")
    after = deployed.outputs()
    assert after["network"]["vpcId"] != before["network"]["vpcId"]
    assert live(deployed) == recorded(deployed)
    pulumi(deployed, "config", "rm", "--path", "snyk-broker:network.create.cidr")
    pulumi(deployed, "config", "set", "--path", "snyk-broker:network.create.cidr", "10.40.0.0/16")
    deployed.sandbox("up")
    assert live(deployed) == recorded(deployed)


def test_another_program_admits_exactly_the_clients(deployed: Checkout) -> None:
    there = ("-C", "examples/consumer")
    pulumi(deployed, *there, "stack", "init", "sandbox")
    pulumi(deployed, *there, "config", "set", "broker", "organization/snyk-broker/sandbox")
    pulumi(deployed, *there, "up", "--yes", "--skip-preview")
    made = json.loads(deployed.sandbox("pulumi", "--", *there, "stack", "output", "--json").stdout)
    [rule] = described(deployed.aws("ec2"), made["securityGroupId"])
    outputs = deployed.outputs()
    assert rule["ReferencedGroupInfo"]["GroupId"] == outputs["integrations"]["github"]["securityGroupId"]
    for key, value, words in (
        ("integration", "gitlab", "has no gitlab in integrations. It has: github."),
        ("broker", "organization/snyk-broker/nowhere", "organization/snyk-broker/nowhere"),
    ):
        pulumi(deployed, *there, "config", "set", key, value)
        refused = pulumi(deployed, *there, "preview", code=None)
        assert words in refused
        assert "Traceback" not in refused
    pulumi(deployed, *there, "destroy", "--yes", "--skip-preview")


def test_five_mistakes_are_five_problems_and_touch_nothing(deployed: Checkout) -> None:
    before = live(deployed)
    copy = deployed.work / "stacks" / "sandbox" / "Pulumi.sandbox.yaml"
    copy.write_text(
        copy.read_text()
        .replace("SNYK-EU-01", "SNYK-EU-1")
        .replace("10.40.0.0/16", "10.40.0.1/16")
        .replace("zones: 2", "zones: 1")
        .replace("type: github-com", "type: github\n      replcas: 2")
    )
    said = pulumi(deployed, "up", "--yes", "--skip-preview", code=None)
    assert "has 5 problems; nothing was changed" in said
    for fix in ("region: SNYK-EU-01", "cidr: 10.40.0.0/16", "zones: 2", "type: github-com", "replicas: 2"):
        assert fix in said
    assert "Traceback" not in said
    assert live(deployed) == before


def test_a_missing_secret_warns_in_a_preview_and_stops_an_update(deployed: Checkout) -> None:
    before = live(deployed)
    pulumi(deployed, "config", "set", "--path", f"{KEYS}.secret", "elsewhere/github")
    command = "python -m ops secrets set sandbox github"
    previewed = pulumi(deployed, "preview")
    assert "warning" in previewed
    assert "the secret elsewhere/github does not exist" in previewed
    assert command in previewed
    stopped = pulumi(deployed, "up", "--yes", "--skip-preview", code=1)
    assert command in stopped
    assert "Traceback" not in stopped
    pulumi(deployed, "config", "rm", "--path", f"{KEYS}.secret")
    assert live(deployed) == before


def test_a_call_that_aws_refuses_is_told_in_its_words_and_the_next_update_goes_on(deployed: Checkout) -> None:
    pulumi(deployed, "config", "set", "--path", f"{KEYS}.inbound[1].securityGroup", "sg-0123456789abcdef0")
    pulumi(deployed, "config", "set", "--path", f"{KEYS}.logRetentionDays", "90")
    refused = pulumi(deployed, "up", "--yes", "--skip-preview", code=None)
    assert "snyk-broker-github-from-sg-0123456789abcdef0" in refused
    assert "InvalidGroup.NotFound" in refused
    pulumi(deployed, "config", "rm", "--path", f"{KEYS}.inbound[1]")
    deployed.sandbox("up")
    [group] = deployed.aws("logs").describe_log_groups()["logGroups"]
    assert group["retentionInDays"] == 90


def test_a_credential_is_in_the_secret_and_nowhere_else(deployed: Checkout) -> None:
    secret = deployed.aws("secretsmanager").get_secret_value(SecretId=SECRET)["SecretString"]
    canaries: list[str] = list(json.loads(secret).values())
    with Watched(canaries) as watched:
        said = deployed.sandbox("up").stdout + pulumi(deployed, "preview", "--diff", "--show-sames")
    assert watched.seen == []
    assert watched.looks > 20
    assert leaked(said, canaries) == []
    kept = [file for file in deployed.work.rglob("*") if file.is_file()]
    assert any(file.name == "sandbox.json" for file in kept), "the state was not looked at"
    assert [file for file in kept if leaked(file.read_text(errors="replace"), canaries)] == []


class Watched:
    """Looks at every process's command line and environment of the machine, again and again."""

    def __init__(self, canaries: list[str]) -> None:
        self.canaries, self.seen, self.looks = canaries, list[str](), 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.05):
            self.looks += 1
            for process in Path("/proc").glob("[0-9]*"):
                for part in ("cmdline", "environ"):
                    try:
                        text = (process / part).read_bytes().decode(errors="replace")
                    except OSError:
                        continue  # it has ended, or belongs to somebody else
                    self.seen += leaked(text, self.canaries)


def leaked(text: str, canaries: list[str]) -> list[str]:
    return [canary for canary in canaries if canary in text]


def the_service(checkout: Checkout) -> dict[str, Any]:
    outputs = checkout.outputs()
    [service] = checkout.aws("ecs").describe_services(
        cluster=outputs["cluster"]["arn"], services=[outputs["integrations"]["github"]["serviceArn"]]
    )["services"]
    return service


def described(ec2: Any, group: str) -> list[dict[str, Any]]:
    return ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]


def rules(ec2: Any, group: str) -> set[tuple[str, str, int, int, str]]:
    return {
        (
            "out" if rule["IsEgress"] else "in",
            rule["IpProtocol"],
            rule["FromPort"],
            rule["ToPort"],
            rule["CidrIpv4"],
        )
        for rule in described(ec2, group)
    }
