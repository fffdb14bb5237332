"""The policies in docs/permissions.md, against the calls of the real engine."""

import json
from typing import Any

from tests import permissions
from tests.checkout import Checkout

PROVIDER = "sandbox-provider"  # the access key of the provider that stands in for the official one
KEYS = "snyk-broker:integrations.github"
SECRET = "snyk-broker/sandbox/github/credentials"

# Each changes something in place, by another operation.
CHANGES = {
    f"{KEYS}.replicas": "3",
    f"{KEYS}.logRetentionDays": "90",
    f"{KEYS}.logLevel": "debug",
    f"{KEYS}.inbound[0].reason": "another",
    "aws:defaultTags.tags.team": "one",
    "snyk-broker:roles.permissionsBoundary": "arn:aws:iam::123456789012:policy/acme",
}


def calls(checkout: Checkout) -> list[dict[str, Any]]:
    told = json.loads(checkout.sandbox("calls", "--json").stdout)
    return [call for call in told if call["access_key"] == PROVIDER]


def test_the_policies_are_the_calls_of_a_stack_s_whole_life(checkout: Checkout) -> None:
    checkout.sandbox("up")
    kms, secrets = checkout.aws("kms"), checkout.aws("secretsmanager")
    kms.create_alias(AliasName="alias/broker", TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])
    secrets.update_secret(SecretId=SECRET, KmsKeyId="alias/broker")
    before = len(calls(checkout))
    checkout.sandbox("preview")
    previewed = permissions.called(calls(checkout)[before:])
    for path, value in CHANGES.items():
        checkout.sandbox("pulumi", "--", "config", "set", "--path", path, value)
    checkout.sandbox("up")
    for key in ("aws:defaultTags", "snyk-broker:roles"):
        checkout.sandbox("pulumi", "--", "config", "rm", key)
    checkout.sandbox("refresh")
    checkout.sandbox("up")
    checkout.sandbox("destroy")
    assert permissions.called(calls(checkout)) == permissions.actions("deploy")
    assert previewed == permissions.actions("preview") - {"ec2:DescribeSubnets"}  # of network.existing only
    for policy in ("deploy", "preview"):
        assert not permissions.actions(policy) & permissions.actions(policy, provider=True)
    assert permissions.actions("preview") < permissions.actions("deploy")
    assert not {action for action in permissions.actions("deploy") if "GetSecretValue" in action}
