"""What ECS does before a container starts: it puts secrets into its environment."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

ARN_PARTS = 7  # arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME, and then :KEY:STAGE:VERSION


class TaskWouldNotStartError(Exception):
    """What ECS would write as the reason why the task stopped."""


def environment(container: Mapping[str, Any], secrets_manager: "SecretsManagerClient") -> dict[str, str]:
    """The environment in which ECS starts the container. Raises TaskWouldNotStartError."""
    plain = {pair["name"]: pair["value"] for pair in container.get("environment", [])}
    secrets = {pair["name"]: pair["valueFrom"] for pair in container.get("secrets", [])}
    both = sorted(plain.keys() & secrets.keys())
    if both:
        raise TaskWouldNotStartError(
            "The secret name must be unique and not shared with any new or existing environment variables set on the"
            f" container, such as '{both[0]}'."
        )
    return plain | {name: _resolved(source, secrets_manager) for name, source in secrets.items()}


def _resolved(source: str, secrets_manager: "SecretsManagerClient") -> str:
    parts = source.split(":")
    arn = ":".join(parts[:ARN_PARTS])
    key, stage, version, *_ = [*parts[ARN_PARTS:], "", "", ""]
    wanted = {name: text for name, text in (("VersionStage", stage), ("VersionId", version)) if text}
    try:
        text = secrets_manager.get_secret_value(SecretId=arn, **wanted).get("SecretString", "")
    except ClientError as error:
        raise TaskWouldNotStartError(f"unable to retrieve secret from asm: {error}") from None
    if not key:
        return text
    try:
        held: dict[str, Any] = json.loads(text)
        return str(held[key])
    except (ValueError, TypeError):
        reason = "is not JSON"
    except KeyError:
        reason = f"did not contain json key {key}"
    raise TaskWouldNotStartError(f"retrieved secret from Secrets Manager {reason}: {arn}")
