"""Who the tasks are."""

import re
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.site import Site
from settings import Settings
from settings.lookups import Found, Secret

Statement = dict[str, object]


class ClientRoles(pulumi.ComponentResource):
    """Two roles: one with which ECS prepares a task, and one for the client itself, which needs nothing of AWS."""

    def __init__(
        self,
        name: str,
        key: str,
        site: Site,
        logs: aws.cloudwatch.LogGroup,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("snyk-broker:index:ClientRoles", name, None, opts)
        below = pulumi.ResourceOptions(parent=self)
        settings, found = site.settings, site.found
        asked, tags = settings.integrations[key], settings.tags(key)
        secrets = [found.secrets[id_] for id_ in (settings.secret(key), asked.image.pull_credential) if id_]
        trust = _trust(settings, found)
        self.execution = aws.iam.Role(
            f"{name}-execution",
            description=f"Starts the Snyk Broker clients of {settings.stack}/{key}",
            assume_role_policy=trust,
            tags=tags,
            opts=below,
        )
        self.task = aws.iam.Role(
            f"{name}-task",
            description=f"The Snyk Broker clients of {settings.stack}/{key}",
            assume_role_policy=trust,
            tags=tags,
            opts=below,
        )
        policy = aws.iam.RolePolicy(
            f"{name}-execution",
            role=self.execution.name,
            policy=pulumi.Output.json_dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        _write(logs),
                        *_read(secrets),
                        *_pull(asked.image.repository, found.partition),
                    ],
                }
            ),
            opts=below,
        )
        self.policies: list[pulumi.Resource] = [policy]
        self.register_outputs({})


def _trust(settings: Settings, found: Found) -> pulumi.Output[str]:
    """Only ECS, and only for tasks of this account and region (against the confused deputy)."""
    return pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                    "Condition": {
                        "StringEquals": {"aws:SourceAccount": found.account_id},
                        "ArnLike": {
                            "aws:SourceArn": f"arn:{found.partition}:ecs:{settings.region}:{found.account_id}:*"
                        },
                    },
                }
            ],
        }
    )


def _write(logs: aws.cloudwatch.LogGroup) -> Statement:
    return {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": pulumi.Output.concat(logs.arn, ":log-stream:*"),
    }


def _read(secrets: Sequence[Secret]) -> list[Statement]:
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


def _pull(repository: str, partition: str) -> list[Statement]:
    """Needed only for a repository in ECR."""
    ecr = re.fullmatch(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(.+)", repository)
    if not ecr:
        return []
    account, region, path = ecr.groups()
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
            "Resource": f"arn:{partition}:ecr:{region}:{account}:repository/{path}",
        },
    ]
