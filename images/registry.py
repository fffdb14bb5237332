"""Asks a registry whether it has an image, as a container runtime would that has no credentials, and pulls nothing.

By the HEAD of the image's manifest (specification of OCI distribution), with a token for anybody where the registry
wants one (Token Authentication of distribution). Docker Hub does not count that as a pull: "Using GET emulates a real
pull and counts towards the limit. Using HEAD won't." (docs.docker.com/docker-hub/usage/pulls)
"""

import re
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from pydantic import AliasChoices, BaseModel, Field

from broker.reference import DOCKER_HUB, Reference, parse


class Result(StrEnum):
    EXISTS = "exists"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Answer:
    result: Result
    reason: str | None = None  # why it is unknown


_ASKS = "it asks for credentials"
LATE = Answer(Result.UNKNOWN, "it did not answer in time")

_HUB_API = "registry-1.docker.io"
# Headers by which a registry's answer is told from the page of a proxy: the first comes with every answer, if at all.
_OF_A_REGISTRY = ("Docker-Distribution-Api-Version", "Docker-Content-Digest")
_MANIFESTS = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_LONGEST_TOKEN = 1 << 20  # bytes of the answer that it is in


def ask(image: str, seconds: float) -> Answer:
    """What the registry says. Unknown, with the reason, is whatever hinders it to say yes or no.

    `seconds`: for each step of each request.
    """
    reference = parse(image)
    try:
        return _Conversation(reference, seconds).answer()
    except _NoAnswerError as error:
        return Answer(Result.UNKNOWN, str(error))
    except TimeoutError:
        return LATE
    except OSError as error:
        # An URLError wraps the system's own, as one of HTTPS does a proxy's answer.
        cause = getattr(error, "reason", error)
        return LATE if isinstance(cause, TimeoutError) else Answer(Result.UNKNOWN, f"it cannot be reached: {cause}")
    except (HTTPException, ValueError):  # whose words might repeat a proxy's password
        return Answer(Result.UNKNOWN, "it cannot be asked, or its answer cannot be read")


class _NoAnswerError(Exception):
    """The registry says neither yes nor no; the message is why."""


class _Token(BaseModel):
    """The answer of who gives tokens."""

    token: str = Field(validation_alias=AliasChoices("token", "access_token"))


class _Conversation:
    def __init__(self, reference: Reference, seconds: float) -> None:
        self._reference = reference
        self._host = _HUB_API if reference.registry == DOCKER_HUB else reference.registry
        self._seconds = seconds
        self._opener = OpenerDirector()
        # By the environment's proxies, and nothing that follows redirects: a token must not go elsewhere, and a HEAD
        # may become a GET there, which is a pull.
        for handler in (ProxyHandler, HTTPHandler, HTTPSHandler):
            self._opener.add_handler(handler())

    def answer(self) -> Answer:
        status, headers = self._head(None)
        if status == HTTPStatus.UNAUTHORIZED:
            status, headers = self._head(self._token(headers.get_all("WWW-Authenticate", [])))
        return _verdict(status, headers)

    def _head(self, token: str | None) -> tuple[int, Message]:
        scheme = "http" if _loopback(f"//{self._host}") else "https"
        url = f"{scheme}://{self._host}/v2/{self._reference.repository}/manifests/{self._reference.pinned}"
        headers = {"Accept": ", ".join(_MANIFESTS), **({"Authorization": f"Bearer {token}"} if token else {})}
        status, headers, _ = self._open(Request(url, method="HEAD", headers=headers))  # noqa: S310 - see the scheme
        return status, headers

    def _token(self, challenges: list[str]) -> str:
        """A token for anybody, from where the registry says. Raises _NoAnswerError when there is none."""
        challenge = next((text for text in challenges if text.lower().startswith("bearer ")), "")
        given: dict[str, str] = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        if "realm" not in given:
            raise _NoAnswerError(_ASKS)
        ours = _loopback(given["realm"]) and _loopback(f"//{self._host}")
        if urlsplit(given["realm"]).scheme != "https" and not ours:
            raise _NoAnswerError("its tokens would come without TLS")
        asked = {"scope": f"repository:{self._reference.repository}:pull", **given}
        query = urlencode({key: asked[key] for key in ("service", "scope") if key in asked})
        status, _, body = self._open(Request(f"{given['realm']}?{query}"))  # noqa: S310 - see above
        if status != HTTPStatus.OK:
            raise _NoAnswerError(_ASKS)
        return _Token.model_validate_json(body).token

    def _open(self, request: Request) -> tuple[int, Message, bytes]:
        """Status, headers and body, whatever the status."""
        response: HTTPResponse
        with self._opener.open(request, timeout=self._seconds) as response:
            return response.status, response.headers, response.read(_LONGEST_TOKEN)


def _loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _verdict(status: int, headers: Message) -> Answer:
    """What an answer to the HEAD of a manifest means."""
    known = any(header in headers for header in _OF_A_REGISTRY)
    match status:
        case HTTPStatus.OK if known:
            return Answer(Result.EXISTS)
        case HTTPStatus.NOT_FOUND if known:
            return Answer(Result.MISSING)
        case HTTPStatus.OK | HTTPStatus.NOT_FOUND:
            reason = "what answers there does not look like a registry"
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            # Docker Hub says the same of a repository that is not there as of one that is private.
            reason = _ASKS
        case HTTPStatus.TOO_MANY_REQUESTS:
            reason = "it was asked too often"
        case _:
            reason = f"it answers with HTTP status {status}"
    return Answer(Result.UNKNOWN, reason)
