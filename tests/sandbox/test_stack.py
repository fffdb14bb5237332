from collections.abc import Generator
from pathlib import Path

import pytest
import yaml

from sandbox import paths, stack, state
from sandbox.console import SandboxError
from sandbox.stack import Stack

TRACKED = """\
# read me
config:
  aws:region: eu-central-1
  snyk-broker:snyk: {region: SNYK-EU-01}
"""


@pytest.fixture
def tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Stack]:
    """A stack in a checkout that has little else."""
    state.project.cache_clear()
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "STACKS", tmp_path / "stacks")
    monkeypatch.setattr(paths, "WORKSPACES", tmp_path / ".sandbox" / "stacks")
    (tmp_path / "Pulumi.yaml").write_text("name: tried\n")
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "Pulumi.one.yaml").write_text(TRACKED)
    (tmp_path / "stacks" / "Pulumi.two.yaml").write_text(TRACKED)
    yield stack.load("one")
    state.project.cache_clear()


def test_an_unknown_stack_is_told_with_those_that_exist(tried: Stack) -> None:
    with pytest.raises(SandboxError, match=r"'three'.*Pulumi\.three\.yaml.*one, two"):
        stack.load("three")


def test_the_copy_is_what_is_tracked(tried: Stack) -> None:
    tried.renew_copy()
    assert tried.config.read_text() == TRACKED
    assert tried.region == "eu-central-1"


@pytest.mark.parametrize(
    "account",
    [
        pytest.param("  aws:profile: acme-live\n", id="one line"),
        pytest.param('  "aws:profile": acme-live\n', id="in quotes"),
        pytest.param("  aws:assumeRoles:\n  - roleArn: x\n    externalId: y\n", id="a list as far in"),
        pytest.param("  aws:allowedAccountIds:\n    - '1'\n\n    - '2'\n", id="a list further in"),
        pytest.param("  aws:endpoints: [{ecs: 'https://x'}]\n", id="in brackets"),
    ],
)
@pytest.mark.parametrize("last", [True, False])
def test_the_copy_leads_to_no_account(tried: Stack, account: str, last: bool) -> None:
    own = "  aws:defaultTags: {tags: {team: acme}}\n"
    head, region, rest = TRACKED.partition("  aws:region: eu-central-1\n")
    lines = head + region + (own + rest + account if last else account + own + rest)
    tried.tracked.write_text(lines)
    tried.renew_copy()
    assert tried.config.read_text() == head + region + own + rest


def test_the_copy_keeps_its_changes_while_the_tracked_file_stays(tried: Stack) -> None:
    tried.renew_copy()
    tried.config.write_text(TRACKED + "  more: 1\n")
    tried.renew_copy()
    assert yaml.safe_load(tried.config.read_text())["config"]["more"] == 1


def test_a_changed_tracked_file_renews_the_copy_and_keeps_its_salt(
    tried: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    tried.renew_copy()
    tried.config.write_text(TRACKED + "  more: 1\nencryptionsalt: v1:ours\n")
    tried.tracked.write_text(TRACKED.replace("eu-central-1", "us-east-1"))
    tried.renew_copy()
    copied = yaml.safe_load(tried.config.read_text())
    assert copied["config"] == {"aws:region": "us-east-1", "snyk-broker:snyk": {"region": "SNYK-EU-01"}}
    assert copied["encryptionsalt"] == "v1:ours"
    assert "stacks/Pulumi.one.yaml has changed" in capsys.readouterr().err


def test_the_copy_drops_an_encryption_that_needs_an_account(tried: Stack) -> None:
    tried.tracked.write_text(f"secretsprovider: awskms://alias/x\nencryptedkey: AAAA\n{TRACKED}")
    tried.renew_copy()
    assert tried.config.read_text() == TRACKED


def test_a_stack_whose_file_is_broken_has_no_region(tried: Stack) -> None:
    tried.tracked.write_text("config: [")
    tried.renew_copy()
    assert tried.region is None


def test_one_command_at_a_time_changes_a_stack(tried: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "PLUGINS_LEAVE_SECONDS", 0.3)
    tried.renew_copy()
    with tried.alone():
        with pytest.raises(SandboxError, match="Another command is at work on the stack one"), tried.alone():
            pass
        other = stack.load("two")
        other.renew_copy()
        with other.alone():
            pass
    with tried.alone():
        pass
