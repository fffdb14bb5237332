"""Calls to the local AWS."""

import ipaddress
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from sandbox.providers.aws import models
from sandbox.providers.aws.journal import mark
from sandbox.providers.base.contract import RefusedError

if TYPE_CHECKING:
    from botocore.client import BaseClient

Body = Mapping[str, Any]

_CONNECTIONS = 16  # as many as requests of the engine at a time


def local_endpoint() -> str:
    """The local AWS. Anything else is refused: an emulation must never touch a real account."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    url = urlsplit(endpoint)
    if url.scheme == "http" and _is_loopback(url.hostname or ""):
        return endpoint
    raise RefusedError(
        "this provider stands in for the official one on a local AWS only: AWS_ENDPOINT_URL must be an http address"
        f" on the loopback interface, such as http://127.0.0.1:5000, and is {endpoint or 'not set'}"
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Cloud:
    """The clients of all services and regions, each made when it is first needed."""

    def __init__(self, endpoint: str, region: str, default_tags: Mapping[str, str]) -> None:
        self.region = region
        self.default_tags = default_tags
        self._endpoint = endpoint
        self._clients: dict[tuple[str, str], BaseClient] = {}
        self._lock = threading.Lock()
        self._account: str | None = None

    def at(self, region: str | None) -> "Api":
        return Api(self, region or self.region)

    def client(self, service: str, region: str) -> "BaseClient":
        with self._lock:
            key = (service, region)
            if key not in self._clients:
                self._clients[key] = self._connect(service, region)
            return self._clients[key]

    def _connect(self, service: str, region: str) -> "BaseClient":
        from botocore.config import Config  # noqa: PLC0415 - slow, and the server must listen first

        create = cast("Any", models.session().create_client)
        client: BaseClient = create(
            service,
            region_name=region,
            endpoint_url=self._endpoint,
            # Credentials of its own, so that nobody's are looked for, and its calls are told from others.
            aws_access_key_id="sandbox-provider",
            aws_secret_access_key="sandbox",
            config=Config(max_pool_connections=_CONNECTIONS, proxies={}),
        )
        client.meta.events.register("before-call", mark)
        return client

    def account(self, region: str) -> str:
        if self._account is None:
            self._account = str(self.at(region).call("sts", "GetCallerIdentity")["Account"])
        return self._account


@dataclass(frozen=True)
class Api:
    """The AWS of one region."""

    cloud: Cloud
    region: str

    def call(self, service: str, operation: str, /, **parameters: Any) -> Body:
        from botocore import xform_name  # noqa: PLC0415

        return getattr(self.cloud.client(service, self.region), xform_name(operation))(**parameters)

    @property
    def account(self) -> str:
        return self.cloud.account(self.region)

    @property
    def partition(self) -> str:
        prefixes = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
        return next((name for prefix, name in prefixes.items() if self.region.startswith(prefix)), "aws")

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


_MISSING_CODES = ("NotFound", "NoSuchEntity", "NotExist")
_MISSING_WORDS = ("Unable to describe task definition",)  # ECS says no more


def is_missing(error: Exception) -> bool:
    """Tell whether AWS says that a resource does not exist."""
    from botocore.exceptions import ClientError  # noqa: PLC0415

    if not isinstance(error, ClientError):
        return False
    code, message = (str(error.response.get("Error", {}).get(key, "")) for key in ("Code", "Message"))
    return any(part in code for part in _MISSING_CODES) or any(words in message for words in _MISSING_WORDS)
