import json
from typing import Any

import pytest

from tests.components.recording import ACCOUNT, ARN, SECRET, Aws, Recorded, built, secret_arn

KEY = f"{ARN.format('kms')}key/1234"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/team/limits"
PULL = "acme/docker-hub"
ECR = "210987654321.dkr.ecr.eu-west-1.amazonaws.com/mirror/snyk/broker"


def statements(recorded: Recorded) -> list[dict[str, Any]]:
    policy = recorded.one("aws:iam/rolePolicy:RolePolicy").inputs
    assert policy["role"] == "snyk-broker-github-exec-0a1b2c3"
    return json.loads(policy["policy"])["Statement"]


def encrypted(key: str, name: str = SECRET) -> Aws:
    return Aws(secrets={SECRET: {}, PULL: {}, name: {"kmsKeyId": key}})


def with_image(**image: str) -> dict[str, object]:
    return {"github": {"type": "github-com", "image": image}}


def allowed(recorded: Recorded) -> dict[str, list[str]]:
    """Actions, and the resources of each."""
    found: dict[str, list[str]] = {}
    for statement in statements(recorded):
        assert statement["Effect"] == "Allow"
        for action in listed(statement["Action"]):
            found.setdefault(action, []).extend(listed(statement["Resource"]))
    return found


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_the_execution_role_writes_its_own_logs_and_reads_its_own_secret() -> None:
    logs = f"{ARN.format('cloudwatch')}snyk-broker-github:log-stream:*"
    assert allowed(built()) == {
        "logs:CreateLogStream": [logs],
        "logs:PutLogEvents": [logs],
        "secretsmanager:GetSecretValue": [secret_arn()],
    }


def test_the_client_itself_has_no_identity() -> None:
    recorded = built()
    definition = recorded.one("aws:ecs/taskDefinition:TaskDefinition").inputs
    assert "taskRoleArn" not in definition
    assert len(recorded.all("aws:iam/role:Role")) == 1
    assert definition["executionRoleArn"].endswith(":snyk-broker-github-exec")
    assert {found.inputs["role"] for found in recorded.all("aws:iam/rolePolicy:RolePolicy")} == {
        "snyk-broker-github-exec-0a1b2c3"
    }
    assert not any("olicyAttachment" in found.type for found in recorded.resources)


def test_only_tasks_of_this_account_and_region_take_a_role() -> None:
    for role in built().all("aws:iam/role:Role"):
        (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert statement["Action"] == "sts:AssumeRole"
        assert statement["Condition"] == {
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
            "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:eu-central-1:{ACCOUNT}:*"},
        }


@pytest.mark.parametrize(
    ("key", "arn"),
    [
        ("1234", KEY),
        (KEY, KEY),
        ("alias/acme", f"{ARN.format('kms')}key/of-alias/acme"),
        (f"{ARN.format('kms')}alias/acme", f"{ARN.format('kms')}key/of-alias/acme"),
    ],
    ids=["id", "ARN", "alias", "alias's ARN"],
)
def test_a_customer_key_may_decrypt_this_secret_and_nothing_else(key: str, arn: str) -> None:
    (decrypt,) = (found for found in statements(built(aws=encrypted(key))) if found["Action"] == "kms:Decrypt")
    assert decrypt["Resource"] == arn
    assert decrypt["Condition"] == {"StringEquals": {"kms:EncryptionContext:SecretARN": secret_arn()}}


@pytest.mark.parametrize("key", ["", "alias/aws/secretsmanager", f"{ARN.format('kms')}alias/aws/secretsmanager"])
def test_the_account_s_own_key_needs_no_permission(key: str) -> None:
    assert "kms:Decrypt" not in allowed(built(aws=encrypted(key)))


def test_a_pull_credential_is_read_and_decrypted_too() -> None:
    found = allowed(built({"integrations": with_image(pullCredential=PULL)}, aws=encrypted(KEY, PULL)))
    assert found["secretsmanager:GetSecretValue"] == [secret_arn(), secret_arn(PULL)]
    assert found["kms:Decrypt"] == [KEY]


def test_an_image_in_ecr_may_be_pulled_from_its_own_repository() -> None:
    found = allowed(built({"integrations": with_image(repository=ECR)}))
    repository = ["arn:aws:ecr:eu-west-1:210987654321:repository/mirror/snyk/broker"]
    assert {action: resources for action, resources in found.items() if action.startswith("ecr:")} == {
        "ecr:GetAuthorizationToken": ["*"],
        "ecr:BatchCheckLayerAvailability": repository,
        "ecr:BatchGetImage": repository,
        "ecr:BatchImportUpstreamImage": repository,  # the first pull through a cache that is still empty
        "ecr:CreateRepository": repository,
        "ecr:GetDownloadUrlForLayer": repository,
    }


@pytest.mark.parametrize("repository", ["snyk/broker", "registry.acme.internal:5000/snyk/broker"])
def test_an_image_elsewhere_needs_no_permission(repository: str) -> None:
    found = allowed(built({"integrations": with_image(repository=repository)}))
    assert not [action for action in found if action.startswith("ecr:")]


def test_no_statement_is_about_everything_but_the_registry_log_in() -> None:
    image = with_image(repository=ECR, pullCredential=PULL)
    found = allowed(built({"integrations": image}, aws=encrypted(KEY)))
    assert [action for action, resources in found.items() if "*" in resources] == ["ecr:GetAuthorizationToken"]
    assert not [action for action in found if "*" in action]


ROLE = "aws:iam/role:Role"


def test_a_role_has_neither_path_nor_boundary_unless_it_is_asked_for() -> None:
    role = built().one(ROLE)
    assert role.name == "snyk-broker-github-exec"
    assert not {"path", "permissionsBoundary", "name", "namePrefix"} & role.inputs.keys()


@pytest.mark.parametrize(
    ("asked", "given"),
    [({"permissionsBoundary": BOUNDARY}, {"permissionsBoundary": BOUNDARY}), ({"path": "/a/b/"}, {"path": "/a/b/"})],
)
def test_a_role_is_what_the_organisation_asks_for(asked: dict[str, str], given: dict[str, str]) -> None:
    plain, role = built().one(ROLE), built({"roles": asked}).one(ROLE)
    assert role.key == plain.key
    assert role.inputs == {**plain.inputs, **given}


def test_a_prefix_stands_before_the_names_of_role_and_policy_and_of_nothing_else() -> None:
    # The names in AWS are made of these, so that a new role is there before the old one goes.
    plain, prefixed = built(), built({"roles": {"namePrefix": "eu.team-"}})
    assert {name for _, name in prefixed.keys() - plain.keys()} == {"eu.team-snyk-broker-github-exec"}
    assert {type_ for type_, _ in prefixed.keys() - plain.keys()} == {ROLE, "aws:iam/rolePolicy:RolePolicy"}
    assert len(plain.keys()) == len(prefixed.keys())
