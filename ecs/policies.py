"""Who may take a role, and what the roles may do."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]
Statement = Mapping[str, Any]


@dataclass(frozen=True)
class ReadableSecret:
    arn: str
    kms_key_arn: str | None  # of a customer key


def trust(partition: str, account: str, region: str) -> Document:
    """Only ECS, and only for tasks of this account and region (against the confused deputy)."""
    return _document(
        {
            "Effect": "Allow",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": account},
                "ArnLike": {"aws:SourceArn": f"arn:{partition}:ecs:{region}:{account}:*"},
            },
        }
    )


def execution(partition: str, log_group_arn: str, secrets: Sequence[ReadableSecret], images: Iterable[str]) -> Document:
    """What ECS needs to prepare a task: write its logs, read its secrets, pull its images."""
    return _document(
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"{log_group_arn}:log-stream:*",
        },
        *_read(secrets),
        *_pull(partition, images),
    )


def _document(*statements: Statement) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _read(secrets: Sequence[ReadableSecret]) -> list[Statement]:
    read: Statement = {
        "Effect": "Allow",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": [secret.arn for secret in secrets],
    }
    decrypt: list[Statement] = [
        {
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": secret.kms_key_arn,
            # For this secret only, whatever else the key encrypts.
            "Condition": {"StringEquals": {"kms:EncryptionContext:SecretARN": secret.arn}},
        }
        for secret in secrets
        if secret.kms_key_arn
    ]
    return [read, *decrypt]


_ECR = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([^:@]+)(?:[:@].*)?")


def _pull(partition: str, images: Iterable[str]) -> list[Statement]:
    """Needed only for images in ECR."""
    found = [match.groups() for match in map(_ECR.fullmatch, images) if match]
    repositories = [f"arn:{partition}:ecr:{region}:{account}:repository/{path}" for account, region, path in found]
    if not repositories:
        return []
    distinct = sorted(set(repositories))
    return [
        # A registry log-in is not about a repository: AWS accepts no narrower resource.
        {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:BatchImportUpstreamImage",  # for a pull-through cache of Docker Hub, which fills itself
                "ecr:GetDownloadUrlForLayer",
            ],
            "Resource": distinct[0] if len(distinct) == 1 else distinct,
        },
    ]
