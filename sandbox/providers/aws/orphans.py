"""What a killed run made and nobody knows of."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.providers.aws import lifecycle, models
from sandbox.providers.aws.api import Api, Cloud, local_endpoint
from sandbox.providers.aws.journal import answer
from sandbox.providers.aws.resource import Resource
from sandbox.providers.aws.shapes import properties
from sandbox.providers.aws.types import TABLES
from sandbox.providers.base import sdk
from sandbox.providers.base.wire import Properties

_HTTP_ERROR = 300


@dataclass(frozen=True)
class _Orphan:
    name: str
    resource: Resource
    id: str
    state: Properties


def remove_orphans(creates: Path, known: set[tuple[str, str]]) -> list[str]:
    """Delete what recorded creates made, unless it is known by type and id. Says what was deleted, newest first."""
    cloud = Cloud(local_endpoint(), "", {})
    orphans = [orphan for orphan in _made(creates, cloud) if (orphan.resource.token, orphan.id) not in known]
    deleted: list[str] = []
    while orphans:
        left: list[tuple[_Orphan, Exception]] = []
        for orphan in orphans:
            try:
                if lifecycle.read(cloud, orphan.resource, orphan.id, orphan.state, {}):
                    lifecycle.delete(cloud, orphan.resource, orphan.id, {**orphan.state, "forceDetachPolicies": True})
                    deleted.append(f"deleted {orphan.id} ({orphan.name}), left behind by an interrupted update")
            except Exception as error:  # noqa: BLE001 - something may depend on it, which goes first
                left.append((orphan, error))
        if len(left) == len(orphans):
            orphan, error = left[0]
            raise RuntimeError(f"{orphan.id} ({orphan.name}), left behind by an interrupted update: {error}") from error
        orphans = [orphan for orphan, _ in left]
    for file in creates.glob("*"):
        file.unlink()
    return deleted


def _made(creates: Path, cloud: Cloud) -> Iterator[_Orphan]:
    """What was made, newest first. A record without an answer was not carried out."""
    for record in sorted(creates.glob("*.json"), key=lambda file: file.stat().st_mtime_ns, reverse=True):
        if not answer(record).exists():
            continue
        entry = json.loads(record.read_text(encoding="utf-8"))
        response = json.loads(answer(record).read_text(encoding="utf-8"))
        if response["status"] < _HTTP_ERROR:
            yield _orphan(entry, response, cloud)


def _orphan(entry: dict[str, Any], response: dict[str, Any], cloud: Cloud) -> _Orphan:
    resource = TABLES[entry["type"]]
    api: Api = cloud.at(entry["region"])
    body = lifecycle.within(_parsed(resource, response), resource.create.result) or {}
    state = {
        **entry["inputs"],
        **properties(sdk.resource(resource.token).outputs, body, resource.names),
        "region": api.region,
    }
    return _Orphan(entry["urn"].split("::")[-1], resource, resource.id(state, body), state)


def _parsed(resource: Resource, response: dict[str, Any]) -> dict[str, Any]:
    """An answer as botocore's client would have given it."""
    from botocore.awsrequest import HeadersDict  # noqa: PLC0415
    from botocore.parsers import create_parser  # noqa: PLC0415

    shape: Any = models.operation(resource.service, resource.create.name).output_shape
    raw = {
        "status_code": response["status"],
        "headers": HeadersDict(response["headers"]),
        "body": response["body"].encode(),
    }
    return create_parser(models.protocol(resource.service)).parse(raw, shape)
