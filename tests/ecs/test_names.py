"""Every name at its longest, and that no two meet."""

import re
from dataclasses import replace

import pytest

from ecs.names import DEPLOYMENT, KEY, Names, tags_of

LONGEST_KEY = "k" * 32
LONGEST = Names.of("p" * 100, "s" * 100, DEPLOYMENT, LONGEST_KEY)  # as long as Pulumi takes them
AGENT = "agent"
PULUMI = "-0a1b2c3"  # what Pulumi hangs behind a name that it completes
LIMITS = {
    "execution_role": (r"[\w+=,.@-]+", 64, PULUMI),
    "task_role": (r"[\w+=,.@-]+", 64, PULUMI),
    "component": (r"[A-Za-z0-9_-]+", 255, PULUMI),
    "service": (r"[A-Za-z0-9_-]+", 255, ""),
    "family": (r"[A-Za-z0-9_-]+", 255, ""),
    "log_prefix": (r"[A-Za-z0-9_-]+", 255, ""),
}


def test_every_name_is_tried_here() -> None:
    named = [name for name, member in vars(Names).items() if isinstance(member, property) and name[0] != "_"]
    assert set(named) == set(LIMITS)


@pytest.mark.parametrize("task", ["", AGENT])
@pytest.mark.parametrize("name", LIMITS)
def test_the_longest_name_is_one_that_aws_takes(name: str, task: str) -> None:
    pattern, limit, behind = LIMITS[name]
    found = getattr(replace(LONGEST, task=task), name) + behind
    assert re.fullmatch(pattern, found)
    assert len(found) <= limit
    assert list(LONGEST.problems()) == []


def test_a_prefix_of_roles_counts_and_is_of_roles_only() -> None:
    # snyk-broker-, 32 characters, -exec, and Pulumi's eight: seven are left.
    assert list(replace(LONGEST, role_prefix="p" * 7).problems()) == []
    problems = [problem.partition(" p")[0] for problem in replace(LONGEST, role_prefix="p" * 8).problems()]
    assert problems == ["the role", "the role"]
    prefixed = replace(LONGEST, role_prefix="acme-")
    others = [name for name in LIMITS if not name.endswith("_role")]
    assert [getattr(prefixed, name) for name in others] == [getattr(LONGEST, name) for name in others]
    assert prefixed.execution_role == f"acme-{LONGEST.execution_role}"
    assert prefixed.task_role == f"acme-{LONGEST.task_role}"


@pytest.mark.parametrize("name", [name for name in LIMITS if name != "log_prefix"])
def test_a_task_s_name_is_never_another_integration_s(name: str) -> None:
    agent = replace(Names.of("p", "s", DEPLOYMENT, "github"), task=AGENT)
    others = [Names.of("p", "s", DEPLOYMENT, key) for key in ("github", "github-agent", "githubagent")]
    assert getattr(agent, name) not in [getattr(other, name) for other in others]
    assert not re.fullmatch(KEY, agent.service), "a key could be written like that"


def test_deployments_stacks_and_projects_share_no_name_in_an_account() -> None:
    one = ("acme", "prod", "payments", "github")
    others = [(*one[:at], "other", *one[at + 1 :]) for at in range(len(one))]
    families = {Names.of(*names).family for names in (one, *others)}
    assert len(families) == 1 + len(others)


def test_ecs_takes_no_dot_in_a_family() -> None:
    assert Names.of("acme.io", "prod.eu", DEPLOYMENT, "github").family == "acme-io_prod-eu_snyk-broker-github"


def test_names_that_are_too_long_are_listed_with_their_limits() -> None:
    names = Names.of("p" * 100, "s" * 100, "d" * 120, "github")
    assert [problem.partition(" ")[2].split(" ")[0] for problem in names.problems()] == ["role", "role", "task"]
    assert all(re.search(r"would have \d+ characters, and may have \d+", problem) for problem in names.problems())


@pytest.mark.parametrize("key", ["GitHub", "git_hub", "1git", "git-", "", "k" * 33])
def test_what_cannot_be_a_key_is_said(key: str) -> None:
    [problem] = Names.of("p", "s", "d", key).problems()
    assert "cannot be an integration's name" in problem


def test_tags_tell_project_stack_and_integration() -> None:
    assert tags_of("acme", "prod") == {"snyk-broker:project": "acme", "snyk-broker:stack": "prod"}
    assert tags_of("acme", "prod", "github")["snyk-broker:integration"] == "github"
