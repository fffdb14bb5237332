"""The systems that a Broker client connects to, one entry each.

An entry is all that distinguishes one type of integration from another, so that a further type is a further entry.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Credential:
    """A secret value the client reads from an environment variable."""

    name: str  # the Broker's own variable name, also the key in the integration's secret
    label: str  # what to type when asked for it
    pattern: str = r"\S+"  # the whole value must match
    shape: str = "one word without blanks"  # the pattern in words


@dataclass(frozen=True)
class IntegrationType:
    """One kind of system, served by one kind of client."""

    name: str
    image_tag: str  # the image is tagged <version>-<image_tag>
    credentials: tuple[Credential, ...]  # besides the Broker token, which every type has
    token_source: str  # where a person gets the Broker token
    webhooks: bool  # whether the system calls the client back on its inbound port
    read_only_root: bool  # whether the client runs on a read-only root file system


BROKER_TOKEN = Credential(
    name="BROKER_TOKEN",
    label="Broker token",
    # The server compares the token in lower case; an upper-case one connects and is then never found.
    pattern=r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    shape="a UUID in lower case",
)

CATALOGUE = {
    entry.name: entry
    for entry in (
        IntegrationType(
            name="github-com",
            image_tag="github-com",
            credentials=(
                Credential("GITHUB_TOKEN", "GitHub personal access token (scopes repo, read:org, admin:repo_hook)"),
            ),
            token_source="Snyk's API (set up a broker for an existing integration) or Snyk Support",
            webhooks=True,
            read_only_root=True,
        ),
    )
}


def credentials(type_name: str) -> tuple[Credential, ...]:
    """Every value that the integration's secret must hold. Raises KeyError for an unknown type."""
    return (BROKER_TOKEN, *CATALOGUE[type_name].credentials)
