"""What Secrets Manager tells and Moto does not: when a version was stored."""

import json
from collections.abc import Callable
from typing import Any, cast

from moto.secretsmanager import exceptions, models  # pyright: ignore[reportMissingTypeStubs] -- typed, not marked

_backend = cast("Any", models.SecretsManagerBackend)
_listed: Callable[[Any, str], str] = _backend.list_secret_version_ids


def install() -> None:
    """Teach this process's Moto. Doing it again changes nothing."""
    _backend.list_secret_version_ids = _list_secret_version_ids


def _list_secret_version_ids(backend: Any, secret_id: str) -> str:
    if secret_id not in backend.secrets:
        raise exceptions.SecretNotFoundException
    answer = json.loads(_listed(backend, secret_id))
    stored = backend.secrets[secret_id].versions
    for version in answer["Versions"]:
        version["CreatedDate"] = stored[version["VersionId"]]["createdate"]
    return json.dumps(answer)
