"""The calls that the local AWS got, with their numbers and switches. Texts may be secret and are not kept."""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# Authorization: AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, …
_SIGNATURE = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")


@dataclass(frozen=True)
class Call:
    time: str  # ISO 8601
    service: str  # as IAM names it
    action: str
    region: str
    access_key: str
    parameters: Mapping[str, int | bool]  # the numbers and switches among them


def call_of(environ: "WSGIEnvironment") -> Call | None:
    """The call in a request that an AWS client signed. It leaves the request as it was."""
    signature = _SIGNATURE.search(environ.get("HTTP_AUTHORIZATION", ""))
    if not signature:
        return None
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    parameters = _json(body) if target else dict(parse_qsl(body.decode(errors="replace")))
    action = target.rpartition(".")[2] or str(parameters.get("Action", environ["PATH_INFO"]))
    key, region, service = signature.groups()
    return Call(
        time=datetime.now(UTC).isoformat(timespec="milliseconds"),
        service=_IAM_NAMES.get(service, service),
        action=action,
        region=region,
        access_key=key,
        parameters={name: value for name, value in parameters.items() if isinstance(value, int)},
    )


# Where a service signs with another name than IAM knows it by.
_IAM_NAMES = {"tagging": "tag"}


def _json(body: bytes) -> dict[str, Any]:
    try:
        found: object = json.loads(body or b"{}")
    except ValueError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}
