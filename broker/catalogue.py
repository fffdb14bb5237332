"""The systems that a Broker client connects to, one entry each.

An entry is all that distinguishes one type of integration from another, so that a further type is a further entry.
Sources: the templates and default rules in Snyk's image (client-templates/, defaultFilters/) and Snyk's pages on the
environment variables of each type.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Shape(StrEnum):
    """What a setting looks like, as the client wants it."""

    HOST = "host"  # a name, maybe with a port, without a scheme: the client's rules put https:// in front
    HOST_AND_PATH = "host and path"  # the same, maybe with a path behind it
    URL = "URL"  # with its scheme
    PORT = "port"
    WORD = "word"
    USER = "user"
    AWS_REGION = "AWS region"
    ROLE_ARN = "ARN of a role"
    EXTERNAL_ID = "external id of a role's trust"


@dataclass(frozen=True)
class Field:
    """A setting that only this type has."""

    key: str  # in the stack file; a dot stands between a group and its key
    example: str | int
    doc: str
    variable: str | None = None  # that the client reads it from; None when another value holds it
    shape: Shape = Shape.WORD
    required: bool = False  # in its group, when it has one, and for its kinds
    default: str | None = None  # of the image, where it matters for what the client connects to
    contacted: bool = True  # whether the client connects to the host in it
    options: tuple[str, ...] = ()  # a closed list of values
    kinds: tuple[str, ...] = ()  # where only some kinds of the group have it, as its key `kind` says


@dataclass(frozen=True)
class Credential:
    """A secret value that the client reads from an environment variable."""

    name: str  # the variable, and the key in the integration's secret
    label: str  # what to type when asked for it
    pattern: str = r"\S+"  # the whole value must match; {address} stands for host, port and path of the settings
    shape: str = "one word without blanks"  # the pattern in words
    form: str = "{word}"  # the pattern as a form, in which {word} stands for letters and digits, {uuid} for a UUID
    of_file: bool = False  # usually kept in a file of several lines
    beside: str | None = None  # only wanted where this setting, or one of this group, is given
    without: str | None = None  # only wanted where this setting is not given

    def at(self, given: Mapping[str, str | int]) -> "Credential":
        """The same, with the address of these settings in its pattern and shape."""
        port, path = (given.get(key) for key in ("port", "path"))
        address = f"{given.get('host', '')}{f':{port}' if port else ''}{f'/{path}' if path else ''}"
        pattern = self.pattern.replace("{address}", re.escape(address))
        shape, form = (text.replace("{address}", address) for text in (self.shape, self.form))
        return replace(self, pattern=pattern, shape=shape, form=form)

    def wanted(self, given: Collection[str]) -> bool:
        """Whether an integration with these settings needs it."""
        known = {*given, *(key.split(".")[0] for key in given)}
        return (self.beside is None or self.beside in known) and (self.without is None or self.without not in known)


@dataclass(frozen=True)
class IntegrationType:
    """One kind of system, served by one kind of client."""

    name: str
    system: str  # for people
    credentials: tuple[Credential, ...]  # besides the Broker token, which every type has
    token_source: str  # where a person gets the Broker token
    image_tag: str = ""  # the image is tagged <version>-<image_tag>; the type's own name when empty
    bearer_image_tag: str = ""  # of the image for a personal access token, where it is another one
    fields: tuple[Field, ...] = ()
    any_of: tuple[str, ...] = ()  # groups of which at least one must be given
    elsewhere: tuple[str, ...] = ()  # hosts that are another type's business
    hosts: tuple[str, ...] = ()  # that the client reaches besides those in its settings; {key} stands for a setting
    environment: tuple[tuple[str, str], ...] = ()  # where the image's own default is wrong
    bearer_environment: tuple[tuple[str, str], ...] = ()  # the same of the image for a personal access token
    api_type: str | None = None  # what Snyk's API calls it; None when the API has no token for it
    code_rules: bool = False  # whether rules for Infrastructure as Code and Snyk Code exist; else the flags crash it
    large_manifests: bool = False
    commit_signing: bool = False
    webhooks: bool = False  # whether the system calls the client back on its inbound port
    callback: bool = False  # whether it cannot work without being called back
    read_only_root: bool = True

    def bearer(self, given: Collection[str]) -> bool:
        """Whether an integration with these settings runs the image for a personal access token."""
        return bool(self.bearer_image_tag) and "username" not in given

    def tag(self, given: Collection[str]) -> str:
        """The image's tag for an integration with these settings."""
        return self.bearer_image_tag if self.bearer(given) else self.image_tag or self.name


BROKER_TOKEN = Credential(
    name="BROKER_TOKEN",
    label="Broker token",
    # The server compares the token in lower case; an upper-case one connects and is then never found.
    pattern=r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    shape="a UUID in lower case",
    form="{uuid}",
)

_FROM_API = "Snyk's API (set up a broker for an existing integration) or Snyk Support"
_FROM_PAGE = "Snyk's page of the integration (Settings > Integrations) or Snyk Support"
_FROM_SUPPORT = "Snyk Support"


def password(name: str, label: str, beside: str | None = None) -> Credential:
    """A value in which blanks are allowed."""
    return Credential(name, label, pattern=r"[^\n]+", shape="one line of text", beside=beside)


def _url(name: str, label: str, scheme: str, form: str) -> Credential:
    """A URL with credentials in it, of the very address that the settings state."""
    shape = (
        "a URL of {address}, without a slash at the end, with the host, port and path of the stack file and with user"
        " and password URL-encoded"
    )
    pattern = rf"{scheme}([^\s:@/]+:[^\s:@/]+@)?{{address}}"
    return Credential(name, label, pattern, shape, form=f"{form}{{word}}:{{word}}@{{address}}")


# Where a package registry is. The client takes all of it out of one URL, which holds credentials and so is secret; the
# stack file states it again, so that it can be checked and let out.
def _address(path: str) -> tuple[Field, ...]:
    return (
        Field("host", "packages.acme.internal", "The registry's host", shape=Shape.HOST, required=True),
        Field("port", 443, "The registry's port", shape=Shape.PORT),
        Field("path", path, "The path at which the registry is served, if not at the root"),
        Field(
            "responseUrl",
            f"https://packages.acme.internal/{path}",
            "What the client puts for its own address into the answers of npm and Yarn registries",
            variable="RES_BODY_URL_SUB",
            shape=Shape.URL,
            contacted=False,
        ),
    )


_GITHUB_TOKEN = Credential("GITHUB_TOKEN", "GitHub personal access token (scopes repo, read:org, admin:repo_hook)")

# Every registry that Snyk's registry agent knows.
REGISTRY_KINDS = (
    "acr",
    "artifactory-cr",
    "digitalocean-cr",
    "docker-hub",
    "ecr",
    "gcr",
    "github-cr",
    "gitlab-cr",
    "google-artifact-cr",
    "harbor-cr",
    "nexus-cr",
    "quay-cr",
)
_WITH_A_ROLE = ("ecr",)  # every other kind is read with credentials

CATALOGUE = {
    entry.name: entry
    for entry in (
        IntegrationType(
            name="github-com",
            system="GitHub",
            credentials=(_GITHUB_TOKEN,),
            token_source=_FROM_API,
            hosts=("github.com", "api.github.com", "raw.githubusercontent.com"),
            api_type="github",
            code_rules=True,
            large_manifests=True,
            commit_signing=True,
            webhooks=True,
        ),
        IntegrationType(
            name="github-enterprise",
            system="GitHub Enterprise",
            elsewhere=("github.com", "www.github.com", "api.github.com"),
            credentials=(_GITHUB_TOKEN,),
            token_source=_FROM_API,
            fields=(
                Field("host", "github.acme.internal", "The host", variable="GITHUB", shape=Shape.HOST, required=True),
                Field(
                    "api",
                    "github.acme.internal/api/v3",
                    "Where the REST API is, if not at the host's /api/v3",
                    variable="GITHUB_API",
                    shape=Shape.HOST_AND_PATH,
                ),
                Field(
                    "graphql",
                    "github.acme.internal/api",
                    "Where the GraphQL API is, if not at the host's /api",
                    variable="GITHUB_GRAPHQL",
                    shape=Shape.HOST_AND_PATH,
                ),
            ),
            api_type="github-enterprise",
            code_rules=True,
            large_manifests=True,
            commit_signing=True,
            webhooks=True,
        ),
        IntegrationType(
            name="gitlab",
            system="GitLab",
            credentials=(Credential("GITLAB_TOKEN", "GitLab access token (scope api)"),),
            token_source=_FROM_API,
            fields=(Field("host", "gitlab.acme.internal", "The host", "GITLAB", Shape.HOST, required=True),),
            # The image asks version 3 of the API, which GitLab has removed, with the token in the URL.
            environment=(
                ("BROKER_CLIENT_VALIDATION_URL", "https://$GITLAB/api/v4/user"),
                ("BROKER_CLIENT_VALIDATION_AUTHORIZATION_HEADER", "Bearer $GITLAB_TOKEN"),
            ),
            api_type="gitlab",
            code_rules=True,
            webhooks=True,
        ),
        IntegrationType(
            name="bitbucket-server",
            system="Bitbucket Server or Data Center",
            credentials=(
                password("BITBUCKET_PASSWORD", "Bitbucket password", beside="username"),
                Credential("BITBUCKET_PAT", "Bitbucket personal access token", without="username"),
            ),
            token_source=_FROM_API,
            bearer_image_tag="bitbucket-server-bearer-auth",
            fields=(
                Field("host", "bitbucket.acme.internal", "The host", "BITBUCKET", Shape.HOST, required=True),
                Field(
                    "username",
                    "snyk",
                    "Whose password the secret holds; without it, it holds a personal access token",
                    "BITBUCKET_USERNAME",
                    Shape.USER,
                ),
                Field(
                    "api",
                    "bitbucket.acme.internal/rest/api/1.0",
                    "Where the API is, if not at the host's /rest/api/1.0",
                    "BITBUCKET_API",
                    Shape.HOST_AND_PATH,
                ),
                Field(
                    "git",
                    "bitbucket.acme.internal",
                    "Where repositories are cloned from, if not at the host",
                    "BITBUCKET_GIT",
                    Shape.HOST_AND_PATH,
                ),
            ),
            # The value in the image ends in a stray comma.
            bearer_environment=(("BROKER_CLIENT_VALIDATION_AUTHORIZATION_HEADER", "Bearer $BITBUCKET_PAT"),),
            api_type="bitbucket-server",
            code_rules=True,
            webhooks=True,
        ),
        IntegrationType(
            name="azure-repos",
            system="Azure Repos",
            credentials=(Credential("AZURE_REPOS_TOKEN", "Azure DevOps personal access token (Code: read and write)"),),
            token_source=_FROM_API,
            fields=(
                Field(
                    "organization", "acme", "The organisation, one for each client", "AZURE_REPOS_ORG", required=True
                ),
                Field(
                    "host",
                    "azure.acme.internal",
                    "The host, if not dev.azure.com",
                    "AZURE_REPOS_HOST",
                    Shape.HOST,
                    default="dev.azure.com",
                ),
            ),
            hosts=("vsaex.{host}", "vssps.dev.azure.com"),  # the latter in its rules, whatever the host
            api_type="azure-repos",
            code_rules=True,
            webhooks=True,
        ),
        IntegrationType(
            name="jira",
            system="Jira",
            credentials=(
                password("JIRA_PASSWORD", "Jira password or API token", beside="username"),
                Credential("JIRA_PAT", "Jira personal access token", without="username"),
            ),
            token_source=_FROM_PAGE,
            bearer_image_tag="jira-bearer-auth",
            fields=(
                Field("host", "jira.acme.internal", "The host", "JIRA_HOSTNAME", Shape.HOST_AND_PATH, required=True),
                Field(
                    "username",
                    "snyk",
                    "Whose password the secret holds; without it, it holds a personal access token",
                    "JIRA_USERNAME",
                    Shape.USER,
                ),
            ),
        ),
        IntegrationType(
            name="artifactory",
            system="Artifactory",
            credentials=(_url("ARTIFACTORY_URL", "Artifactory's URL", "(http://)?", ""),),
            token_source=_FROM_PAGE,
            fields=_address("artifactory"),
        ),
        IntegrationType(
            name="nexus",
            system="Nexus 3",
            credentials=(_url("BASE_NEXUS_URL", "Nexus' URL", "https?://", "https://"),),
            token_source=_FROM_PAGE,
            fields=_address("tools"),
        ),
        IntegrationType(
            name="nexus2",
            system="Nexus 2",
            credentials=(_url("BASE_NEXUS_URL", "Nexus' URL", "https?://", "https://"),),
            token_source=_FROM_PAGE,
            fields=_address("tools"),
        ),
        IntegrationType(
            name="apprisk",
            system="Checkmarx or SonarQube, for Snyk AppRisk",
            credentials=(
                password("CHECKMARX_PASSWORD", "Checkmarx password", beside="checkmarx"),
                Credential("SONARQUBE_API_TOKEN", "SonarQube API token", beside="sonarqube"),
            ),
            token_source="the group's Integration Hub in Snyk, or Snyk Support",
            fields=(
                Field("checkmarx.host", "checkmarx.acme.internal", "The host", "CHECKMARX", Shape.HOST, required=True),
                Field("checkmarx.username", "snyk", "The user", "CHECKMARX_USERNAME", Shape.USER, required=True),
                Field(
                    "sonarqube.host",
                    "sonarqube.acme.internal",
                    "The host",
                    "SONARQUBE_HOST_URL",  # whose name is wrong: the rules put the scheme in front
                    Shape.HOST_AND_PATH,
                    required=True,
                ),
            ),
            any_of=("checkmarx", "sonarqube"),
        ),
        IntegrationType(
            name="container-registry",
            system="Container registry",
            # ECR is read with a role; the credentials of every other kind have a host beside them.
            credentials=(Credential("CR_CREDENTIALS", "Registry credentials", beside="registry.host"),),
            token_source=_FROM_SUPPORT,
            image_tag="container-registry-agent",
            fields=(
                Field(
                    "registry.kind",
                    "harbor-cr",
                    "Which registry it is",
                    "CR_TYPE",
                    required=True,
                    options=REGISTRY_KINDS,
                ),
                Field(
                    "registry.agentUrl",
                    "http://registry-agent.acme.internal:8081",
                    "Where Snyk's registry agent listens",
                    "CR_AGENT_URL",
                    Shape.URL,
                    required=True,
                ),
                Field(
                    "registry.host",
                    "harbor.acme.internal",
                    "The registry's host; not for ecr, which is found by region and role",
                    "CR_BASE",
                    Shape.HOST_AND_PATH,
                    required=True,
                    contacted=False,
                    kinds=tuple(kind for kind in REGISTRY_KINDS if kind not in _WITH_A_ROLE),
                ),
                Field(
                    "registry.roleArn",
                    "arn:aws:iam::123456789012:role/snyk-ecr",
                    "The role that the agent assumes; ecr only",
                    "CR_ROLE_ARN",
                    Shape.ROLE_ARN,
                    required=True,
                    kinds=_WITH_A_ROLE,
                ),
                Field(
                    "registry.region",
                    "eu-central-1",
                    "The region; ecr only",
                    "CR_REGION",
                    Shape.AWS_REGION,
                    required=True,
                    kinds=_WITH_A_ROLE,
                ),
                Field(
                    "registry.externalId",
                    "0a1b2c3d-snyk",
                    "The external id in that role's trust; ecr only",
                    "CR_EXTERNAL_ID",
                    Shape.EXTERNAL_ID,
                    kinds=_WITH_A_ROLE,
                ),
            ),
            any_of=("registry",),
            callback=True,
        ),
    )
}


def credentials(type_name: str, given: Mapping[str, str | int]) -> tuple[Credential, ...]:
    """Every value that the secret of an integration with these settings must hold. Raises KeyError for no such type."""
    return (BROKER_TOKEN, *(found.at(given) for found in CATALOGUE[type_name].credentials if found.wanted(given)))
