from lookups.images import SWITCH
from sandbox import environment


def test_nothing_of_the_users_accounts_gets_in() -> None:
    users = {
        "AWS_PROFILE": "production",
        "AWS_SESSION_TOKEN": "x",
        "PULUMI_ACCESS_TOKEN": "x",
        "PULUMI_BACKEND_URL": "s3://production",
        "HOME": "/home/me",
    }
    kept = environment.without_accounts(users)
    assert {name for name in kept if name.startswith(("AWS", "PULUMI"))} == set()
    assert kept["HOME"] == "/home/me"


def test_the_local_aws_is_reached_without_the_users_proxy() -> None:
    kept = environment.without_accounts({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "intranet"})
    assert kept["NO_PROXY"] == "intranet,127.0.0.1,localhost"
    assert kept["no_proxy"] == "127.0.0.1,localhost"
    assert kept["HTTPS_PROXY"] == "http://proxy:3128"


def test_aws_clients_read_no_file_of_the_user_and_no_instance_metadata() -> None:
    settings = environment.for_aws("http://127.0.0.1:4000", "eu-central-1")
    assert settings["AWS_ENDPOINT_URL"] == settings["SANDBOX_AWS_ENDPOINT"] == "http://127.0.0.1:4000"
    assert settings["AWS_REGION"] == settings["AWS_DEFAULT_REGION"] == "eu-central-1"
    assert settings["AWS_CONFIG_FILE"] == settings["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert settings["AWS_EC2_METADATA_DISABLED"] == "true"


def test_no_registry_is_asked() -> None:
    assert environment.for_pulumi("any")[SWITCH] == "false"
