"""The example of another program, which makes a VPC and runs clients in it by the component."""

import json
from typing import Any

import pytest

from tests.checkout import Checkout

THERE = ("-C", "examples/component")
REGION, OWN_REGION = "eu-west-1", "eu-central-1"
INTEGRATIONS = ("github", "jira")
ORGANISATIONS = ("payments", "platform")


def pulumi(checkout: Checkout, *arguments: str, code: int | None = 0) -> str:
    done = checkout.sandbox("pulumi", "--", *THERE, *arguments, code=code)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def deployed(checkout: Checkout) -> Checkout:
    """Gives a checkout in which the example is deployed; its secrets were stored before."""
    pulumi(checkout, "stack", "init", "sandbox")
    pulumi(checkout, "refresh", "--yes")  # which starts the local AWS
    secrets = checkout.aws("secretsmanager", REGION)
    for organisation in ORGANISATIONS:
        for integration in INTEGRATIONS:
            secrets.create_secret(Name=f"acme/snyk/{organisation}/{integration}", SecretString="{}")
    pulumi(checkout, "config", "set", "aws:region", OWN_REGION)
    pulumi(checkout, "up", "--yes", "--skip-preview")
    return checkout


def output(checkout: Checkout) -> dict[str, Any]:
    return json.loads(checkout.sandbox("pulumi", "--", *THERE, "stack", "output", "--json").stdout)


def services(checkout: Checkout) -> dict[str, dict[str, Any]]:
    """The services that the outputs name, by organisation and integration."""
    ecs = checkout.aws("ecs", REGION)
    found: dict[str, dict[str, Any]] = {}
    for organisation, integrations in output(checkout).items():
        for key, integration in integrations.items():
            arn = integration["serviceArn"]
            [service] = ecs.describe_services(cluster=arn.split("/")[1], services=[arn])["services"]
            found[f"{organisation}/{key}"] = service
    return found


def test_everything_is_in_the_region_of_the_provider_that_was_handed_over(deployed: Checkout) -> None:
    found = services(deployed)
    assert set(found) == {f"{organisation}/{key}" for organisation in ORGANISATIONS for key in INTEGRATIONS}
    for service in found.values():
        assert service["serviceArn"].split(":")[3] == REGION
        task = deployed.aws("ecs", REGION).describe_task_definition(taskDefinition=service["taskDefinition"])
        [container] = task["taskDefinition"]["containerDefinitions"]
        assert container["logConfiguration"]["options"]["awslogs-region"] == REGION
        assert container["secrets"][0]["valueFrom"].startswith(f"arn:aws:secretsmanager:{REGION}:")
    for service, what in (("ecs", "list_clusters"), ("logs", "describe_log_groups")):
        answer = getattr(deployed.aws(service, OWN_REGION), what)()
        assert [value for key, value in answer.items() if key != "ResponseMetadata"] == [[]]
    [role, *_] = deployed.aws("iam").list_roles()["Roles"]
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["ArnLike"]["aws:SourceArn"].startswith(f"arn:aws:ecs:{REGION}:")


def test_two_deployments_of_one_program_share_no_name(deployed: Checkout) -> None:
    found = services(deployed)
    families = [service["taskDefinition"].rpartition("/")[2].partition(":")[0] for service in found.values()]
    assert len(set(families)) == len(families)
    assert len({service["clusterArn"] for service in found.values()}) == len(ORGANISATIONS)


def test_the_program_s_own_vpc_and_tags_are_used(deployed: Checkout) -> None:
    [vpc] = deployed.aws("ec2", REGION).describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.60.0.0/20"]}])["Vpcs"]
    for name, service in services(deployed).items():
        network = service["networkConfiguration"]["awsvpcConfiguration"]
        subnets = deployed.aws("ec2", REGION).describe_subnets(SubnetIds=network["subnets"])["Subnets"]
        assert {subnet["VpcId"] for subnet in subnets} == {vpc["VpcId"]}
        listed = deployed.aws("ecs", REGION).list_tags_for_resource(resourceArn=service["serviceArn"])["tags"]
        organisation, key = name.split("/")
        assert {tag["key"]: tag["value"] for tag in listed} == {
            "team": organisation,
            "network": vpc["VpcId"],
            "snyk-broker:project": "acme-platform",
            "snyk-broker:stack": "sandbox",
            "snyk-broker:integration": key,
        }


def test_nothing_changes_when_nothing_was_changed(deployed: Checkout) -> None:
    pulumi(deployed, "preview", "--expect-no-changes")


def test_wrong_arguments_are_listed_at_once_and_touch_nothing(deployed: Checkout) -> None:
    before = services(deployed)
    program = deployed.root / "examples" / "component" / "__main__.py"
    right = program.read_text()
    program.write_text(right.replace('"replicas": 3', '"replicas": 9').replace('"SNYK-EU-01"', '"SNYK-EU-1"'))
    said = pulumi(deployed, "up", "--yes", "--skip-preview", code=None)
    program.write_text(right)
    assert "BrokerDeployment 'payments' has 2 problems; nothing was changed" in said
    assert "region: SNYK-EU-01" in said
    assert "integrations.jira.replicas: must be 4 or less" in said
    assert "Traceback" not in said
    assert services(deployed) == before
