"""What went wrong, in the words of somebody who runs a Broker."""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from sandbox.rehearsal.snyk import Answer

ERROR = 50  # Bunyan's level
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def token(value: str) -> str | None:
    """Says what is wrong with a Broker token, or nothing."""
    if _UUID.fullmatch(value):
        return None
    if _UUID.fullmatch(value.lower()):
        return (
            "BROKER_TOKEN has upper-case letters. The client looks healthy with it, and Snyk finds no client: Snyk"
            " looks for the token in lower case"
        )
    return "BROKER_TOKEN is not a Broker token, which is a UUID in lower case: Snyk knows no such token"


def answer(got: Answer, environment: Mapping[str, str]) -> str:
    """Says why a request that is allowed was not served."""
    if got.status == 0:
        return "no answer came through the tunnel"
    if got.status == HTTPStatus.NOT_FOUND and "x-broker-failure" in got.headers:
        return "Snyk has no connected client with this token"
    if blocked(got):
        return "the client's rules block a request that they should allow"
    schemes = [name for name, value in environment.items() if value.startswith("http") and name in _HOSTS]
    if got.status >= HTTPStatus.INTERNAL_SERVER_ERROR and schemes:
        return f"the client cannot reach the system: {', '.join(schemes)} must be a host without https:// before it"
    if got.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"the client cannot reach the system (status {got.status}): is its address right?"
    return f"it was answered with status {got.status}"


# Variables that the client's rules put https:// in front of.
_HOSTS = frozenset(
    (
        *("AZURE_REPOS_HOST", "BITBUCKET", "BITBUCKET_API", "CHECKMARX", "GITHUB", "GITHUB_API", "GITHUB_GRAPHQL"),
        *("GITHUB_RAW", "GITLAB", "JIRA_HOSTNAME", "SONARQUBE_HOST_URL"),
    )
)


def blocked(got: Answer) -> bool:
    """Whether the client refused the request because of its rules."""
    return got.status == HTTPStatus.UNAUTHORIZED and b"FILTER_BLOCKED" in got.body


def last_error(log: Path) -> str:
    """Returns the last thing that a client complained about in its log, or nothing."""
    for line in reversed(log.read_text(errors="replace").splitlines()):
        try:
            entry = json.loads(line)
            if entry["level"] >= ERROR:
                return f" Its last words: {entry['msg']}"
        except (ValueError, KeyError, TypeError):
            continue
    return ""
