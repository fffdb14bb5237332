"""One integration's secret in AWS Secrets Manager: a JSON object of the Broker's variable names and their values."""

import json
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from ecs.names import TAG
from ops.account import Place, client, place
from ops.errors import CommandError
from settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient
    from mypy_boto3_secretsmanager.type_defs import CreateSecretRequestTypeDef, ListSecretVersionIdsRequestTypeDef

# The names of the stored values, for the program, which never reads the values.
NAMES_TAG = f"{TAG}:keys"
SERVICE = "secretsmanager"
_TAG_LENGTH = 256  # AWS's limit on a tag's value


@dataclass(frozen=True)
class Stored:
    arn: str
    names: frozenset[str] | None  # of the values; None: kept by other means, so that no tag tells them


class ScheduledForDeletionError(CommandError):
    """The secret's name is taken, and its values cannot be read."""


class ForeignSecretError(CommandError):
    """The secret is another integration's."""


class SecretStore:
    """The secret of one integration. Every method may raise botocore's errors."""

    def __init__(self, settings: Settings, integration: str) -> None:
        self.name = settings.secret(integration)
        self._tags = settings.tags(integration)
        self.region = settings.region_of(self.name)
        self._options = settings.aws_options(self.region)
        self._aws: SecretsManagerClient = client(settings, SERVICE, self.region)
        self._settings = settings

    def place(self) -> Place:
        """Where it is, and who asks."""
        return place(self._settings, SERVICE, self.region)

    def stored(self) -> Stored | None:
        """What is there; no value is read. Raises ScheduledForDeletionError when it is on its way out."""
        try:
            found = self._aws.describe_secret(SecretId=self.name)
        except self._aws.exceptions.ResourceNotFoundException:
            return None
        if found.get("DeletedDate"):
            raise ScheduledForDeletionError(
                f"The secret {self.name} is scheduled for deletion. To have it back:"
                f" aws secretsmanager restore-secret {self._options} --secret-id {self.name}"
            )
        tags = {tag.get("Key", ""): tag.get("Value", "") for tag in found.get("Tags", [])}
        if foreign := [f"{key} {tags[key]}" for key, value in self._tags.items() if tags.get(key, value) != value]:
            raise ForeignSecretError(
                f"The secret {self.name} belongs to another integration ({', '.join(foreign)}), and a Broker token"
                " serves one. Name another secret in the stack file."
            )
        tagged = [value for key, value in tags.items() if key.startswith(NAMES_TAG)]
        known = tagged or not found.get("VersionIdsToStages")
        return Stored(found["ARN"], frozenset(" ".join(tagged).split()) if known else None)

    def written(self) -> datetime | None:
        """When the current values were stored; None when there are none.

        The secret's own LastChangedDate is that of any change: of a tag, or of the key.
        """
        request: ListSecretVersionIdsRequestTypeDef = {"SecretId": self.name}
        while True:
            page = self._aws.list_secret_version_ids(**request)
            for version in page["Versions"]:
                if "AWSCURRENT" in version.get("VersionStages", ()):
                    return version.get("CreatedDate")
            if not (token := page.get("NextToken")):
                return None
            request["NextToken"] = token

    def values(self) -> dict[str, object]:
        """The current values; empty when the secret was made without any."""
        try:
            text = self._aws.get_secret_value(SecretId=self.name).get("SecretString", "")
        except self._aws.exceptions.ResourceNotFoundException:
            return {}
        values = json_object(text)
        if values is None:
            raise CommandError(f"The secret {self.name} holds no JSON object, so nothing can be merged into it.")
        return values

    def create(self, values: Mapping[str, object], kms_key: str | None) -> None:
        if self.name.startswith("arn:"):
            raise CommandError(f"The secret {self.name} does not exist, and a new one cannot choose its ARN: name it.")
        tags = self._tags | _name_tags(values)
        request: CreateSecretRequestTypeDef = {
            "Name": self.name,
            "Description": "Credentials of a Snyk Broker client",
            "SecretString": json.dumps(values),
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        }
        if kms_key:
            request["KmsKeyId"] = kms_key
        self._aws.create_secret(**request)

    def replace(self, values: Mapping[str, object], kms_key: str | None) -> None:
        """Make the values the current version; the last one stays as AWSPREVIOUS."""
        if kms_key:
            self._aws.update_secret(SecretId=self.name, KmsKeyId=kms_key)
        self._aws.put_secret_value(SecretId=self.name, SecretString=json.dumps(values))
        tags = self._tags | _name_tags(values)
        found = [tag.get("Key", "") for tag in self._aws.describe_secret(SecretId=self.name).get("Tags", [])]
        outdated = [key for key in found if key.startswith(NAMES_TAG) and key not in tags]
        self._aws.tag_resource(SecretId=self.name, Tags=[{"Key": k, "Value": v} for k, v in tags.items()])
        if outdated:
            self._aws.untag_resource(SecretId=self.name, TagKeys=outdated)


def json_object(text: str) -> dict[str, object] | None:
    """The text as a JSON object, or None when it is none."""
    try:
        value: object = json.loads(text)
    except ValueError:
        return None
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def _name_tags(values: Mapping[str, object]) -> dict[str, str]:
    """The names in as many tags as they need: snyk-broker:keys, snyk-broker:keys-2 and so on."""
    parts = textwrap.wrap(" ".join(sorted(values)), _TAG_LENGTH, break_long_words=False)
    return {NAMES_TAG if n == 1 else f"{NAMES_TAG}-{n}": part for n, part in enumerate(parts, start=1)}
