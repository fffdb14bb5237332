"""Which requests of Snyk a client lets through, by the published client's own code.

What is expected is what Snyk's pages describe: rules for files of Infrastructure as Code, three rules for Snyk Code,
and sets of rules for Essentials and for templates of pull requests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pytest

from broker.catalogue import CATALOGUE
from settings.values import IAC_EXTENSIONS
from tests.broker.real_client import Asked, Loaded, RealClient, Rule


@dataclass(frozen=True)
class Manager:
    """A source-code manager, and the rules that flags add for it."""

    asked: Asked
    files: str  # the path of a file to scan
    snippet: str  # the path at which Snyk Code reads a file
    api: str  # the origin of both
    git: str  # the origin that Snyk Code clones from
    further: str  # in whose files further sets of rules are
    auth: Mapping[str, str] | None = None  # where it is not in the origin


GITHUB = Manager(
    asked={"type": "github-com"},
    files="/repos/:name/:repo/contents/:path*{slash}*.{extension}",
    snippet="/repos/:name/:repo/contents/:path",
    api="https://${GITHUB_TOKEN}@${GITHUB_API}",
    git="https://pat:${GITHUB_TOKEN}@${GITHUB}",
    further="github",
)
BITBUCKET = Manager(
    asked={"type": "bitbucket-server", "host": "bitbucket.acme.internal", "username": "snyk"},
    files="/projects/:project/repos/:repo/browse*{slash}*.{extension}",
    snippet="/projects/:project/repos/:repo/browse*/:file",
    api="https://${BITBUCKET_API}",
    git="https://${BITBUCKET_GIT}",
    further="bitbucket-server",
    auth={"scheme": "basic", "username": "${BITBUCKET_USERNAME}", "password": "${BITBUCKET_PASSWORD}"},
)
MANAGERS = {
    "github-com": GITHUB,
    "github-enterprise": replace(
        GITHUB, asked={"type": "github-enterprise", "host": "github.acme.internal"}, further="github-enterprise"
    ),
    "gitlab": Manager(
        asked={"type": "gitlab", "host": "gitlab.acme.internal"},
        files="/api/v4/projects/:project/repository/files*{slash}*.{extension}",
        snippet="/api/v4/projects/:project/repository/files/:path",
        api="https://${GITLAB}",
        git="https://oauth2:${GITLAB_TOKEN}@${GITLAB}",
        further="gitlab",
    ),
    "bitbucket-server": BITBUCKET,
    "bitbucket-server-bearer-auth": replace(
        BITBUCKET,
        asked={"type": "bitbucket-server", "host": "bitbucket.acme.internal"},
        further="bitbucket-server-bearer-auth",
        auth={"scheme": "bearer", "token": "${BITBUCKET_PAT}"},
    ),
    "azure-repos": Manager(
        asked={"type": "azure-repos", "organization": "acme"},
        files="/:owner/_apis/git/repositories/:repo/items",  # extensions are added to the rules of this path
        snippet="/:owner/_apis/git/repositories/:repo/items",
        api="https://${AZURE_REPOS_HOST}/${AZURE_REPOS_ORG}",
        git="https://${AZURE_REPOS_HOST}/${AZURE_REPOS_ORG}",
        further="azure-repos",
        auth={"scheme": "basic", "token": "${BROKER_CLIENT_VALIDATION_BASIC_AUTH}"},
    ),
}
WITHOUT_RULES: Mapping[str, Asked] = {
    "jira": {"type": "jira", "host": "jira.acme.internal", "username": "snyk"},
    "jira-bearer-auth": {"type": "jira", "host": "jira.acme.internal"},
    "artifactory": {"type": "artifactory", "host": "packages.acme.internal"},
    "nexus": {"type": "nexus", "host": "nexus.acme.internal"},
    "nexus2": {"type": "nexus2", "host": "nexus.acme.internal"},
    "apprisk": {"type": "apprisk", "sonarqube": {"host": "sonarqube.acme.internal"}},
    "container-registry-agent": {
        "type": "container-registry",
        "registry": {"kind": "harbor-cr", "host": "harbor.acme.internal", "agentUrl": "http://agent.acme.internal:81"},
        "clientUrl": "http://broker.acme.internal:8000",
    },
}

OFF: Asked = {"infrastructureAsCode": False, "code": "off", "essentials": False, "prTemplates": False}
CHANGES: Mapping[str, Asked] = {
    "off": {},
    "all extensions": {"infrastructureAsCode": list(IAC_EXTENSIONS)},
    "one extension": {"infrastructureAsCode": ["tf"]},
    "code": {"code": "brokered"},
    "both": {"infrastructureAsCode": ["tf"], "code": "brokered"},
    "essentials": {"essentials": True},
    "templates": {"prTemplates": True},
}
SIGNING: Asked = {"commitSigning": {"name": "Snyk", "email": "snyk@acme.example"}}
GITHUBS = ("github-com", "github-enterprise")


@pytest.fixture(scope="module")
def clients(real_client: RealClient) -> Mapping[str, Loaded]:
    """Gives every client of this module, by type and change."""
    asked = {
        **{
            f"{name} {change}": {**m.asked, **OFF, **CHANGES[change]}
            for name, m in MANAGERS.items()
            for change in CHANGES
        },
        **{f"{name} large": {**MANAGERS[name].asked, **OFF, "largeManifests": True} for name in GITHUBS},
        **{f"{name} signed": {**MANAGERS[name].asked, **OFF, **SIGNING} for name in GITHUBS},
        **WITHOUT_RULES,
    }
    return real_client.load(asked)


def added(clients: Mapping[str, Loaded], name: str, change: str) -> list[Rule]:
    """The rules that are there with the change only, without their comments."""
    before, after = clients[f"{name} off"], clients[f"{name} {change}"]
    assert after.public == before.public
    assert [rule for rule in before.private if rule not in after.private] == []
    return [{key: rule[key] for key in rule if key != "//"} for rule in after.private if rule not in before.private]


def rule(manager: Manager, method: str, path: str, origin: str) -> Rule:
    return {"method": method, "path": path, "origin": origin, **({"auth": manager.auth} if manager.auth else {})}


def files(manager: Manager, extensions: Sequence[str]) -> list[Rule]:
    paths = [manager.files.format(slash=slash, extension=ext) for ext in extensions for slash in ("/", "%2F")]
    return [rule(manager, "GET", path, manager.api) for path in paths]


def code(manager: Manager) -> list[Rule]:
    return [
        rule(manager, "GET", "*/info/refs*", manager.git),
        rule(manager, "POST", "*/git-upload-pack", manager.git),
        rule(manager, "GET", manager.snippet, manager.api),
    ]


def test_every_type_of_client_is_tried_here() -> None:
    tags = {tag for entry in CATALOGUE.values() for tag in (entry.tag(["username"]), entry.tag([]))}
    assert {*MANAGERS, *WITHOUT_RULES} == tags


@pytest.mark.parametrize("name", MANAGERS)
def test_all_off_leaves_the_basic_rules(clients: Mapping[str, Loaded], real_client: RealClient, name: str) -> None:
    off = clients[f"{name} off"]
    assert off.image_tag == name
    assert {"public": off.public, "private": off.private} == real_client.template(name)


@pytest.mark.parametrize("name", WITHOUT_RULES)
def test_other_types_keep_to_the_basic_rules(clients: Mapping[str, Loaded], real_client: RealClient, name: str) -> None:
    assert clients[name].image_tag == name
    assert {"public": clients[name].public, "private": clients[name].private} == real_client.template(name)


@pytest.mark.parametrize("name", [name for name in MANAGERS if name != "azure-repos"])
def test_infrastructure_as_code_adds_two_rules_per_extension(clients: Mapping[str, Loaded], name: str) -> None:
    manager = MANAGERS[name]
    assert added(clients, name, "all extensions") == files(manager, IAC_EXTENSIONS)
    assert added(clients, name, "one extension") == files(manager, ["tf"])


@pytest.mark.parametrize("change", ["all extensions", "one extension", "both"])
def test_on_azure_repos_extensions_are_added_to_rules_that_are_there(
    clients: Mapping[str, Loaded], change: str
) -> None:
    extensions = IAC_EXTENSIONS if change == "all extensions" else ["tf"]
    before, after = (clients[f"azure-repos {which}"].private for which in ("off", change))
    changed = [(old, new) for old, new in zip(before, after, strict=False) if old != new]
    assert len(changed) == 2
    for old, new in changed:
        query, *others = old["valid"]
        assert old["path"] == MANAGERS["azure-repos"].files
        assert query["queryParam"] == "path"
        values = [*query["values"], *(f"{start}*.{ext}" for ext in extensions for start in ("**/", "**%2F"))]
        assert new == {**old, "valid": [{**query, "values": values}, *others]}


@pytest.mark.parametrize("name", MANAGERS)
def test_code_adds_three_rules(clients: Mapping[str, Loaded], name: str) -> None:
    assert added(clients, name, "code") == code(MANAGERS[name])


@pytest.mark.parametrize("name", [name for name in MANAGERS if name != "azure-repos"])
def test_both_add_what_each_of_them_adds(clients: Mapping[str, Loaded], name: str) -> None:
    assert added(clients, name, "both") == [*files(MANAGERS[name], ["tf"]), *code(MANAGERS[name])]


def test_both_add_what_each_of_them_adds_on_azure_repos(clients: Mapping[str, Loaded]) -> None:
    after = clients["azure-repos both"].private
    assert [{key: one[key] for key in one if key != "//"} for one in after[-3:]] == code(MANAGERS["azure-repos"])
    assert len(after) == len(clients["azure-repos off"].private) + 3


@pytest.mark.parametrize("name", MANAGERS)
@pytest.mark.parametrize(("change", "folder"), [("essentials", "apprisk"), ("templates", "customPrTemplates")])
def test_further_sets_of_rules_come_first(
    clients: Mapping[str, Loaded], real_client: RealClient, name: str, change: str, folder: str
) -> None:
    further = real_client.further_rules(f"{folder}/{MANAGERS[name].further}")
    assert clients[f"{name} {change}"].private == [*further, *clients[f"{name} off"].private]


@pytest.mark.parametrize("name", GITHUBS)
def test_large_manifests_add_one_rule(clients: Mapping[str, Loaded], name: str) -> None:
    expected = rule(MANAGERS[name], "GET", "/repos/:owner/:repo/git/blobs/:sha", MANAGERS[name].api)
    assert added(clients, name, "large") == [expected]


@pytest.mark.parametrize("name", GITHUBS)
def test_commits_are_signed_when_that_is_asked_for(clients: Mapping[str, Loaded], name: str) -> None:
    assert clients[f"{name} signed"].signs_commits
    assert not clients[f"{name} off"].signs_commits
