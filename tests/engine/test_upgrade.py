"""The state of the last release, and what this version would do to it."""

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any, cast

import pytest

from tests.checkout import Checkout
from tests.engine.record_release import RELEASES, STACK, checkout_at

NEWEST = max(RELEASES.glob("*.json"), key=lambda file: [int(part) for part in file.stem.split(".")])
SECRETS = ("snyk-broker/release/github/credentials", "snyk-broker/release/bitbucket/credentials")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory, pulumi_engine: None) -> Generator[Checkout]:
    """Gives a checkout whose stack is in the state of the last release."""
    checkout = checkout_at(tmp_path_factory.mktemp("checkout"))
    pulumi(checkout, "refresh", "--yes")  # which starts the local AWS
    state = NEWEST.read_text()
    for name in SECRETS:
        arn = checkout.aws("secretsmanager").create_secret(Name=name, SecretString="{}")["ARN"]
        [kept] = {found for found in secret_arns(json.loads(state)) if f":secret:{name}-" in found and found[-7] == "-"}
        state = state.replace(kept, arn)
    file = checkout.work / "released.json"
    file.write_text(state)
    pulumi(checkout, "stack", "import", "--file", str(file))
    yield checkout
    checkout.sandbox("down")


def pulumi(checkout: Checkout, *arguments: str) -> str:
    return checkout.sandbox("--stack", STACK, "pulumi", "--", *arguments).stdout


def secret_arns(value: Any) -> Generator[str]:
    """ARNs of secrets, wherever they stand."""
    if isinstance(value, str) and value.startswith("arn:aws:secretsmanager:") and value.count(":") == 6:
        yield value
    elif isinstance(value, dict):
        yield from secret_arns([*cast("dict[str, Any]", value).values()])
    elif isinstance(value, list):
        for below in cast("list[Any]", value):
            yield from secret_arns(below)


def planned(checkout: Checkout) -> dict[str, Any]:
    """A preview: the steps, and how many resources stay the same."""
    return json.loads(pulumi(checkout, "preview", "--json"))


@pytest.fixture(scope="module")
def plan(released: Checkout) -> dict[str, Any]:
    return planned(released)


def changes(plan: dict[str, Any]) -> set[tuple[str, ...]]:
    """What changes, and which of its properties."""
    return {(step["urn"].rpartition("$")[2], *step["detailedDiff"]) for step in plan["steps"] if step["op"] != "same"}


def unexpected(plan: dict[str, Any]) -> set[str]:
    """What would be deleted or made anew. A task definition is always followed by another."""
    lost = {step["urn"].rpartition("$")[2] for step in plan["steps"] if step["op"].startswith(("delete", "replace"))}
    return {urn for urn in lost if not urn.startswith("aws:ecs/taskDefinition:")}


def test_an_upgrade_replaces_nothing(plan: dict[str, Any]) -> None:
    assert unexpected(plan) == set()
    assert plan["changeSummary"]["same"] > 40  # the state was found


def test_a_rule_that_an_entry_asked_for_is_the_one_that_a_host_asks_for(released: Checkout) -> None:
    # Made anew before the old one is deleted, AWS would refuse it.
    state, file = pulumi(released, "stack", "export"), released.work / "renamed.json"
    rule = "SecurityGroupEgressRule::snyk-broker-bitbucket-to-"
    assert state.count(f"{rule}7990") > 0
    file.write_text(state.replace(f"{rule}7990", f"{rule}0.0.0.0/0-7990"))
    pulumi(released, "stack", "import", "--file", str(file))
    try:
        assert unexpected(planned(released)) == set()
    finally:
        file.write_text(state)
        pulumi(released, "stack", "import", "--file", str(file))


def test_a_rename_without_an_alias_is_found(released: Checkout) -> None:
    source = released.root / "ecs" / "names.py"
    right = source.read_text()
    named = right.replace('-exec"', '-execution"')
    assert named != right
    source.write_text(named)
    try:
        assert "aws:iam/role:Role::snyk-broker-github-exec" in unexpected(planned(released))
    finally:
        source.write_text(right)


def test_no_secret_and_no_path_of_a_machine_is_kept() -> None:
    kept = NEWEST.read_text()
    assert "project://" not in kept
    assert "secrets_providers" not in kept
    assert '"ciphertext"' not in kept
    assert "GITHUB_TOKEN::" in kept  # its name, which is no secret


def test_there_is_a_state_of_the_last_release() -> None:
    version = Path("CHANGELOG.md")
    assert f"## [{NEWEST.stem}]" in (RELEASES.parents[2] / version).read_text()


def test_the_user_s_own_transforms_change_what_they_say_and_nothing_else(
    released: Checkout, plan: dict[str, Any]
) -> None:
    document = (released.root / "docs" / "transforms.md").read_text()
    own = released.root / "stacks" / "transforms.py"
    own.write_text(document.partition("```python\n")[2].partition("```")[0])
    transformed = changes(planned(released))
    own.unlink()
    names = ("github", "bitbucket")
    assert transformed - changes(plan) == {
        *(("aws:iam/role:Role::snyk-broker-" + name + "-exec", "forceDetachPolicies") for name in names),
        ("aws:cloudwatch/logGroup:LogGroup::snyk-broker-github", "skipDestroy"),
    }
    assert changes(plan) <= transformed
