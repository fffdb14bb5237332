"""What a killed run left behind is found by the records of creates, and deleted."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.providers.aws.orphans import remove_orphans
from sandbox.providers.aws.types import TABLES
from tests.sandbox.providers.aws.cases import CASES, TRUST, Case, World
from tests.sandbox.providers.driver import Driver


@pytest.fixture
def journal(creates: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """Gives the directory in which creates are recorded from now on."""
    directory = creates / str(abs(hash(request.node.nodeid)))
    monkeypatch.setenv("SANDBOX_CREATES", str(directory))
    return directory


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_type(
    case: Case, aws: Driver, world: World, journal: Path, monkeypatch: pytest.MonkeyPatch, creates: Path
) -> None:
    monkeypatch.setenv("SANDBOX_CREATES", str(creates / "others"))
    first, second = case.inputs(world), case.inputs(world)
    monkeypatch.setenv("SANDBOX_CREATES", str(journal))
    made = aws.create(case.token, first, name="left")
    assert remove_orphans(journal, {(case.token, made.id)}) == []
    assert list(journal.iterdir()) == []
    found = aws.read(made)
    assert found
    assert found.state == made.state
    aws.delete(made)

    made = aws.create(case.token, second, name="left")
    assert remove_orphans(journal, set()) == [f"deleted {made.id} (left), left behind by an interrupted update"]
    found = aws.read(made)
    if case.absent is None:
        assert found is None
    else:
        assert found
        assert found.state["capacityProviders"] == []
    assert remove_orphans(journal, set()) == []


def test_what_depends_on_an_orphan_goes_first(aws: Driver, journal: Path) -> None:
    vpc = aws.create("aws:ec2/vpc:Vpc", {"cidrBlock": "10.70.0.0/16"}, name="vpc")
    role = aws.create("aws:iam/role:Role", {"name": "orphan", "assumeRolePolicy": TRUST}, name="role")
    aws.create("aws:ec2/subnet:Subnet", {"vpcId": vpc.id, "cidrBlock": "10.70.0.0/24"}, name="subnet")
    aws.create("aws:ec2/internetGateway:InternetGateway", {"vpcId": vpc.id}, name="gateway")
    # As if the parents had been made last.
    for made in (vpc, role):
        record = next(file for file in journal.glob("*.json") if json.loads(file.read_text())["urn"] == made.urn)
        record.touch()
    deleted = remove_orphans(journal, set())
    assert len(deleted) == 4
    assert aws.read(vpc) is None


def test_a_create_that_was_not_answered_or_failed_made_nothing(aws: Driver, journal: Path) -> None:
    made = aws.create("aws:iam/role:Role", {"name": "known", "assumeRolePolicy": TRUST})
    with pytest.raises(Exception, match="EntityAlreadyExists"):
        aws.create("aws:iam/role:Role", {"name": "known", "assumeRolePolicy": TRUST}, name="again")
    (journal / "0.json").write_text(json.dumps({"urn": "x", "type": made.token, "region": "x", "inputs": {}}))
    assert remove_orphans(journal, {(made.token, made.id)}) == []
    assert aws.read(made) is not None
    aws.delete(made)


def test_records_hold_nothing_that_may_be_secret(aws: Driver, world: World, journal: Path) -> None:
    for case in CASES:
        aws.create(case.token, case.inputs(world), name="recorded")
        records = [json.loads(file.read_text()) for file in journal.glob("*.json")]
        [record] = [r for r in records if r["urn"].endswith("::recorded") and r["type"] == case.token]
        keys = {*TABLES[case.token].keys.values(), "region", "name", "skipDestroy"}
        assert set(record["inputs"]) <= keys
    remove_orphans(journal, set())


def test_an_orphan_that_cannot_be_deleted_is_an_error(aws: Driver, journal: Path, clients: Any) -> None:
    vpc = aws.create("aws:ec2/vpc:Vpc", {"cidrBlock": "10.71.0.0/16"}, name="blocked")
    subnet = clients("ec2").create_subnet(VpcId=vpc.id, CidrBlock="10.71.0.0/24")["Subnet"]["SubnetId"]
    with pytest.raises(RuntimeError, match=r"\(blocked\), left behind .*DependencyViolation"):
        remove_orphans(journal, set())
    clients("ec2").delete_subnet(SubnetId=subnet)
    assert len(remove_orphans(journal, set())) == 1
