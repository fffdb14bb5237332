"""What each type of client is asked in a rehearsal, and what must come of it.

By the type in the image's tag.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from sandbox.rehearsal.snyk import Call

Environment = Mapping[str, str]


@dataclass(frozen=True)
class Webhook:
    """A request that a system sends to the client."""

    path: str
    body: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Traffic:
    """The requests of one type."""

    allowed: Call
    arrives: Callable[[Environment], str]  # the path with which it arrives
    credential: Callable[[Environment], str]  # that arrives in `header`
    forbidden: Call | None
    header: str = "authorization"
    file: str = ""  # path of a file in a folder, to which an extension is added
    code_opens_files: bool = True  # whether the rule for snippets of Snyk Code lets such a file through
    webhook: Webhook | None = None


def _basic(user_and_password: str) -> str:
    return f"Basic {base64.b64encode(user_and_password.encode()).decode()}"


def _at(path: str) -> Callable[[Environment], str]:
    return lambda _environment: path


def _below(variable: str, path: str, default: str = "") -> Callable[[Environment], str]:
    """The path below the one in an address, or in the image's default address."""
    return lambda environment: f"{_url(environment.get(variable, default)).path}{path}"


def _in(variable: str) -> Callable[[Environment], str]:
    """The user and the password in a URL."""

    def credential(environment: Environment) -> str:
        url = _url(environment[variable])
        return _basic(f"{unquote(url.username or '')}:{unquote(url.password or '')}")

    return credential


def _url(text: str) -> Any:
    return urlsplit(text if "://" in text else f"//{text}")


_NOT_ALLOWED = Call("/rehearsal/not-allowed/x", "DELETE")
_PACKAGE = "/repos/o/r/contents/package.json"
_PULL_REQUEST = {"pull_request": {"state": "open"}}


def _github(default_api: str) -> Traffic:
    return Traffic(
        allowed=Call(_PACKAGE),
        arrives=_below("GITHUB_API", _PACKAGE, default_api),
        credential=lambda environment: f"token {environment['GITHUB_TOKEN']}",
        forbidden=_NOT_ALLOWED,
        file="/repos/o/r/contents/infra/main",
        code_opens_files=False,  # in a folder
        webhook=Webhook("/webhook/github", _PULL_REQUEST),
    )


def _bitbucket(credential: Callable[[Environment], str]) -> Traffic:
    return Traffic(
        allowed=Call("/projects"),
        arrives=_below("BITBUCKET_API", "/projects", "host/rest/api/1.0"),
        credential=credential,
        forbidden=Call("/admin/users"),
        file="/projects/P/repos/r/browse/infra/main",
        webhook=Webhook("/webhook/bitbucket-server/1"),
    )


def _jira(credential: Callable[[Environment], str]) -> Traffic:
    return Traffic(
        allowed=Call("/rest/api/2/myself"),
        arrives=_below("JIRA_HOSTNAME", "/rest/api/2/myself"),
        credential=credential,
        forbidden=Call("/rest/api/2/search"),
    )


def _nexus(path: str, arrives: str) -> Traffic:
    return Traffic(
        allowed=Call(path),
        arrives=_below("BASE_NEXUS_URL", f"{arrives}{path}"),
        credential=_in("BASE_NEXUS_URL"),
        forbidden=Call(path, "POST"),
    )


def _sonarqube_or_checkmarx(environment: Environment) -> Traffic:
    if "SONARQUBE_HOST_URL" in environment:
        return Traffic(
            allowed=Call("/api/system/ping"),
            arrives=_below("SONARQUBE_HOST_URL", "/api/system/ping"),
            credential=lambda environment: f"Bearer {environment['SONARQUBE_API_TOKEN']}",
            forbidden=Call("/api/users/search"),
        )
    return Traffic(
        allowed=Call("/cxrestapi/projects", headers=_substituted("x-rehearsal-password", "CHECKMARX_PASSWORD")),
        arrives=_at("/cxrestapi/projects"),
        header="x-rehearsal-password",
        credential=lambda environment: environment["CHECKMARX_PASSWORD"],
        forbidden=Call("/api/users/search"),
    )


def _substituted(header: str, variable: str) -> Mapping[str, str]:
    """Headers with which Snyk has the client fill in a credential."""
    return {header: f"${{{variable}}}", "x-broker-var-sub": header}


_CREDENTIALS = "x-registry-credentials"
_TRAFFIC = {
    "github-com": _github("api.github.com"),
    "github-enterprise": _github("host/api/v3"),
    "gitlab": Traffic(
        allowed=Call("/api/v4/projects/1", headers=_substituted("private-token", "GITLAB_TOKEN")),
        arrives=_at("/api/v4/projects/1"),
        header="private-token",
        credential=lambda environment: environment["GITLAB_TOKEN"],
        forbidden=_NOT_ALLOWED,
        file="/api/v4/projects/1/repository/files/infra%2Fmain",
        webhook=Webhook("/webhook/gitlab/1"),
    ),
    "bitbucket-server": _bitbucket(
        lambda environment: _basic(f"{environment['BITBUCKET_USERNAME']}:{environment['BITBUCKET_PASSWORD']}")
    ),
    "bitbucket-server-bearer-auth": _bitbucket(lambda environment: f"Bearer {environment['BITBUCKET_PAT']}"),
    "azure-repos": Traffic(
        allowed=Call("/_apis/projects"),
        arrives=lambda environment: f"/{environment['AZURE_REPOS_ORG']}/_apis/projects",
        credential=lambda environment: _basic(f"PAT:{environment['AZURE_REPOS_TOKEN']}"),
        forbidden=Call("/_apis/graph/users"),
        file="/proj/_apis/git/repositories/r/items?path=infra/main",
        webhook=Webhook("/webhook/azure-repos/1"),
    ),
    "jira": _jira(lambda environment: _basic(f"{environment['JIRA_USERNAME']}:{environment['JIRA_PASSWORD']}")),
    "jira-bearer-auth": _jira(lambda environment: f"Bearer {environment['JIRA_PAT']}"),
    "artifactory": Traffic(
        allowed=Call("/api/system/ping"),
        arrives=_below("ARTIFACTORY_URL", "/api/system/ping"),
        credential=_in("ARTIFACTORY_URL"),
        forbidden=None,
    ),
    "nexus": _nexus("/npm/lodash", "/repository"),
    "nexus2": _nexus("/groups/public/x", "/nexus/content"),
    "container-registry-agent": Traffic(
        allowed=Call("/list", headers=_substituted(_CREDENTIALS, "CR_CREDENTIALS")),
        arrives=_at("/list"),
        header=_CREDENTIALS,
        credential=lambda environment: environment["CR_CREDENTIALS"],
        forbidden=Call("/etc/passwd"),
        webhook=Webhook("/api/v2/import/done"),
    ),
}


def of(image_type: str, environment: Environment) -> Traffic:
    """The requests for a client of this type. Raises KeyError when there are none."""
    return _sonarqube_or_checkmarx(environment) if image_type == "apprisk" else _TRAFFIC[image_type]


def pooled(environment: Environment) -> Sequence[Environment]:
    """The environments that the client takes in turn: one for each credential of a pool, NAME_POOL, in it."""
    found: list[Environment] = [environment]
    for name, text in environment.items():
        if name.endswith("_POOL"):
            found = [{**one, name.removesuffix("_POOL"): item.strip()} for item in text.split(",") for one in found]
    return found


def entry_script(environment: Environment) -> Environment:
    """What the registry client's image adds to its environment before it starts the client."""
    if "CR_TYPE" not in environment or environment.get("CR_CREDENTIALS"):
        return {}
    composed = {
        "type": environment["CR_TYPE"],
        "roleArn": environment.get("CR_ROLE_ARN", ""),
        "extra": {"region": environment.get("CR_REGION", ""), "externalId": environment.get("CR_EXTERNAL_ID", "")},
    }
    return {"CR_CREDENTIALS": base64.b64encode(json.dumps(composed, separators=(",", ":")).encode()).decode()}
