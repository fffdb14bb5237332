"""Who may take a role, and what the roles may do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecs.registry import repository_arn

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


def execution(log_group_arn: str, secrets: Sequence[ReadableSecret], images: Iterable[str]) -> Document:
    """What ECS needs to prepare a task: write its logs, read its secrets, pull its images."""
    return _document(
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"{log_group_arn}:log-stream:*",
        },
        *_read(secrets),
        *_pull(images),
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


def _pull(images: Iterable[str]) -> list[Statement]:
    """Needed only for images in ECR."""
    repositories = sorted({arn for arn in map(repository_arn, images) if arn})
    if not repositories:
        return []
    return [
        # A registry log-in is not about a repository: AWS accepts no narrower resource.
        {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                # For a pull-through cache, which fills itself, and makes its repository at the first pull (ECR user
                # guide, "IAM permissions required to sync an upstream registry"). A name does not tell whether it is
                # one, and everywhere else these import nothing, or make the one repository that is named here, empty.
                "ecr:BatchImportUpstreamImage",
                "ecr:CreateRepository",
                "ecr:GetDownloadUrlForLayer",
            ],
            "Resource": repositories[0] if len(repositories) == 1 else repositories,
        },
    ]
