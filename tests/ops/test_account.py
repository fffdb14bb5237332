"""The account in which commands work is the one in which Pulumi does."""

import json
import ssl
import threading
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
import trustme
from botocore.exceptions import ClientError, NoCredentialsError, SSLError
from werkzeug.serving import make_server

from ops import account
from ops.errors import CommandError
from sandbox.moto_server import QuietHandler
from settings import Settings, load
from tests.moto import served
from tests.ops.conftest import stack_file
from tests.ops.console import Console
from tests.stack_files import configuration, handed_over

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

OURS, THEIRS = "123456789012", "222233334444"
ROLE = f"arn:aws:iam::{THEIRS}:role/deployer"
HOP = f"arn:aws:iam::{OURS}:role/hop"
GITHUB = {"github": {"type": "github-com"}}
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "canary"}
PROFILE = "aws_access_key_id = AKIAPROFILE\naws_secret_access_key = canary\n"


def asked(**aws: object) -> Settings:
    of_aws = {f"aws:{key}": value for key, value in aws.items()}
    return load("snyk-broker", "test", configuration({}) | handed_over(of_aws), ())


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment with credentials, which knows nothing of the person's who runs the tests."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    account.connected.cache_clear()
    return monkeypatch


def key(settings: Settings) -> str:
    credentials = account.session(settings).get_credentials()
    assert credentials
    return str(credentials.access_key)


def configure(folder: Path, text: str, name: str = ".aws/config") -> str:
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return str(file)


# Who.


def test_a_profile_goes_before_the_environment(shell: pytest.MonkeyPatch, tmp_path: Path) -> None:
    configure(tmp_path, f"[profile acme-live]\n{PROFILE}")
    assert key(asked()) == "AKIAENVIRONMENT"
    assert key(asked(profile="acme-live")) == "AKIAPROFILE"


def test_the_environment_s_profile_does_not(shell: pytest.MonkeyPatch, tmp_path: Path) -> None:
    configure(tmp_path, f"[profile acme-live]\n{PROFILE}")
    shell.setenv("AWS_PROFILE", "acme-live")
    assert key(asked()) == "AKIAENVIRONMENT"


@pytest.mark.parametrize(
    ("setting", "text"), [("sharedConfigFiles", "[profile acme]\n"), ("sharedCredentialsFiles", "[acme]\n")]
)
def test_the_aws_configuration_may_stand_elsewhere(
    shell: pytest.MonkeyPatch, tmp_path: Path, setting: str, text: str
) -> None:
    file = configure(tmp_path, text + PROFILE, "elsewhere")
    assert key(asked(profile="acme", **{setting: [file]})) == "AKIAPROFILE"


def test_the_browser_s_login_is_used(shell: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As `aws login` leaves it behind."""
    login = f"arn:aws:iam::{OURS}:user/jane"
    configure(tmp_path, f"[profile acme]\nlogin_session = {login}\n")
    issued = {"accessKeyId": "ASIALOGIN", "secretAccessKey": "canary", "sessionToken": "canary", "accountId": OURS}
    token = {
        "accessToken": {**issued, "expiresAt": "2999-01-01T00:00:00Z"},
        "refreshToken": "",
        "dpopKey": "",
        "clientId": "",
    }
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / f"{sha256(login.encode()).hexdigest()}.json").write_text(json.dumps(token), encoding="utf-8")
    shell.setenv("AWS_LOGIN_CACHE_DIRECTORY", str(cache))
    assert key(asked(profile="acme")) == "ASIALOGIN"


def test_the_region_is_the_stack_s_unless_another_is_given(shell: pytest.MonkeyPatch) -> None:
    shell.setenv("AWS_REGION", "us-west-2")
    assert account.session(asked()).region_name == "eu-central-1"
    assert account.session(asked(), "eu-west-1").region_name == "eu-west-1"
    assert account.client(asked(), "ecs", "eu-west-1").meta.region_name == "eu-west-1"


# Where.


@pytest.mark.parametrize(
    ("aws", "service", "url"),
    [
        ({}, "secretsmanager", "https://secretsmanager.eu-central-1.amazonaws.com"),
        ({"useFipsEndpoint": True}, "kms", "https://kms-fips.eu-central-1.amazonaws.com"),
        ({"useDualstackEndpoint": True}, "ecs", "https://ecs.eu-central-1.api.aws"),
        ({"stsRegion": "eu-west-3"}, "sts", "https://sts.eu-west-3.amazonaws.com"),
        ({"stsRegion": "eu-west-3"}, "ecs", "https://ecs.eu-central-1.amazonaws.com"),
        ({"endpoints": [{"ecs": "https://ecs.acme.internal"}]}, "ecs", "https://ecs.acme.internal"),
        ({"endpoints": [{"ecs": "https://ecs.acme.internal"}]}, "kms", "https://kms.eu-central-1.amazonaws.com"),
        ({"endpoints": [{"cloudwatchlogs": "https://logs.acme"}]}, "logs", "https://logs.acme"),
        ({"endpoints": [{"cloudwatchlog": "https://log.acme"}]}, "logs", "https://log.acme"),
    ],
)
def test_a_client_asks_where_the_provider_asks(
    shell: pytest.MonkeyPatch, aws: Mapping[str, Any], service: str, url: str
) -> None:
    assert account.client(asked(**aws), service).meta.endpoint_url == url


UNSAFE = [
    "http://secretsmanager.eu-central-1.amazonaws.com",
    "http://127.0.0.1:4000",
    "https://127.0.0.1:4000",
    "https://127.8.9.1",
    "https://[::1]:4000",
    "https://0.0.0.0",
    "https://localhost:4000",
    "https://moto.localhost",
]


@pytest.mark.parametrize("url", UNSAFE)
def test_an_address_that_is_not_aws_is_refused(shell: pytest.MonkeyPatch, url: str) -> None:
    shell.setenv("AWS_ENDPOINT_URL", url)
    with pytest.raises(CommandError, match="credentials would go there"):
        account.client(asked(), "secretsmanager")


@pytest.mark.parametrize("way", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SECRETS_MANAGER", "profile", "aws:endpoints"])
def test_it_is_refused_whoever_says_it(shell: pytest.MonkeyPatch, tmp_path: Path, way: str) -> None:
    url, aws = "http://user:canary@127.0.0.1:4000", {}
    if way == "profile":
        configure(tmp_path, f"[profile acme]\nendpoint_url = {url}\n{PROFILE}")
        aws = {"profile": "acme"}
    elif way == "aws:endpoints":
        url = url.replace("user:canary@", "")  # which the stack file may not hold
        aws = {"endpoints": [{"secretsmanager": url}]}
    else:
        shell.setenv(way, url)
    with pytest.raises(CommandError, match=r"http://127\.0\.0\.1:4000 is not AWS") as refused:
        account.client(asked(**aws), "secretsmanager")
    for place in ("AWS_ENDPOINT_URL ", "AWS_ENDPOINT_URL_SECRETS_MANAGER ", "aws:endpoints ", "endpoint_url "):
        assert place in str(refused.value)
    assert "canary" not in str(refused.value)


def test_only_the_sandbox_s_own_address_is_the_sandbox(shell: pytest.MonkeyPatch) -> None:
    shell.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4000")
    shell.setenv("SANDBOX_AWS_ENDPOINT", "http://127.0.0.1:4001")
    with pytest.raises(CommandError):
        account.client(asked(), "secretsmanager")
    shell.setenv("SANDBOX_AWS_ENDPOINT", "http://127.0.0.1:4000")
    assert account.client(asked(), "secretsmanager").meta.endpoint_url == "http://127.0.0.1:4000"


def test_a_forgotten_address_gets_no_credential(console: Console) -> None:
    """Of a sandbox that runs, in a shell that is another's."""
    environment = {name: value for name, value in console.environment.items() if name != "SANDBOX_AWS_ENDPOINT"}
    done = console.run("secrets", "set", str(console.stack_file), "github", environment=environment)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{console.endpoint} is not AWS" in done.stderr
    assert not console.exists()


@contextmanager
def refusing(context: ssl.SSLContext | None = None) -> Generator[tuple[str, list[str]]]:
    """A server that refuses everything, and what it was asked for."""
    asked_for: list[str] = []

    def refuse(environment: "WSGIEnvironment", respond: "StartResponse") -> Iterable[bytes]:
        asked_for.append(environment["PATH_INFO"])
        respond("403 Forbidden", [])
        return [b"<ErrorResponse/>"]

    server = make_server("127.0.0.1", 0, refuse, threaded=True, request_handler=QuietHandler, ssl_context=context)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http{'s' if context else ''}://127.0.0.1:{server.port}", asked_for
    server.shutdown()
    server.server_close()


def test_a_certificate_authority_of_one_s_own_is_trusted(shell: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority = trustme.CA()
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    with refusing(context) as (url, _):
        shell.setenv("SANDBOX_AWS_ENDPOINT", url)
        shell.setenv("AWS_ENDPOINT_URL", url)
        with pytest.raises(SSLError):
            account.client(asked(), "sts").get_caller_identity()
        with pytest.raises(ClientError):
            account.client(asked(customCaBundle=str(bundle)), "sts").get_caller_identity()


@pytest.mark.parametrize("skipped", [True, False])
def test_the_machine_s_own_credentials_are_left_alone_when_the_provider_does(
    shell: pytest.MonkeyPatch, skipped: bool
) -> None:
    for name in (*KEYS, "AWS_EC2_METADATA_DISABLED"):
        shell.delenv(name)
    with refusing() as (url, requests):
        shell.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)
        with pytest.raises(NoCredentialsError):
            account.client(asked(skipMetadataApiCheck=skipped), "sts").get_caller_identity()
    assert bool(requests) is not skipped


def test_what_cannot_be_followed_stops_the_command_with_what_to_do(shell: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError) as refused:
        account.session(asked(insecure=True, httpsProxy="http://proxy:3128"))
    _, *told = str(refused.value).splitlines()
    assert [line.split(": ")[0] for line in told] == ["  aws:insecure", "  aws:httpsProxy"]
    assert "HTTPS_PROXY in the environment says the same" in told[1]


# Under a role. The local AWS takes any credentials, and tells whose they are.


class Recorder:
    """Notes the calls to the local AWS."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Mapping[str, list[str]]]] = []  # access key, service, parameters

    def __call__(self, aws: "WSGIApplication") -> "WSGIApplication":
        def recorded(environment: "WSGIEnvironment", respond: "StartResponse") -> Iterable[bytes]:
            body = environment["wsgi.input"].read(int(environment.get("CONTENT_LENGTH") or 0))
            environment["wsgi.input"] = BytesIO(body)
            if scope := environment.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2]:
                access_key, _, _, service, _ = scope.split("/", maxsplit=4)
                self.calls.append((access_key, service, parse_qs(body.decode())))
            return aws(environment, respond)

        return recorded


def test_calls_go_out_under_the_role_and_in_its_account(shell: pytest.MonkeyPatch, tmp_path: Path) -> None:
    recorder = Recorder()
    session = {
        "sessionName": "acme-7",
        "externalId": "acme:7",
        "duration": "45m",
        "policy": '{"Version": "2012-10-17"}',
        "policyArns": ["arn:aws:iam::222233334444:policy/broker"],
        "sourceIdentity": "jane",
        "tags": {"team": "acme"},
        "transitiveTagKeys": ["team"],
    }
    file = stack_file(tmp_path, GITHUB, assumeRoles=[{"roleArn": HOP}, {"roleArn": ROLE, **session}])
    with served(recorder) as endpoint:
        console = Console(endpoint, tmp_path, file)
        done = console.set()
        assert done.returncode == 0
        assert (
            f"In account {THEIRS}, region eu-central-1, endpoint {endpoint}, as arn:aws:sts::{THEIRS}:" in done.stdout
        )
        assert ":assumed-role/deployer/acme-7:\n" in done.stdout
        hop, last, *others = recorder.calls[:]
        assert not console.exists(), "it was stored in the first account"
    assert [hop[0], hop[2]["Action"], hop[2]["RoleArn"]] == ["test", ["AssumeRole"], [HOP]]
    assert "ExternalId" not in hop[2]
    assert [last[2]["Action"], last[2]["RoleArn"]] == [["AssumeRole"], [ROLE]]
    assert {name: values[0] for name, values in last[2].items() if name not in ("Action", "Version", "RoleArn")} == {
        "RoleSessionName": "acme-7",
        "ExternalId": "acme:7",
        "DurationSeconds": "2700",
        "Policy": session["policy"],
        "PolicyArns.member.1.arn": "arn:aws:iam::222233334444:policy/broker",
        "SourceIdentity": "jane",
        "Tags.member.1.Key": "team",
        "Tags.member.1.Value": "acme",
        "TransitiveTagKeys.member.1": "team",
    }
    written = {access_key for access_key, service, _ in others if service == "secretsmanager"}
    assert len(written) == 1
    assert len({hop[0], last[0], *written}) == 3, "each role is assumed with the one before"


@pytest.mark.parametrize("setting", ["allowedAccountIds", "forbiddenAccountIds"])
def test_nothing_is_written_in_an_account_that_is_not_allowed(console: Console, setting: str) -> None:
    account_id = "999999999999" if setting.startswith("allowed") else OURS
    stack_file(console.home, GITHUB, **{setting: [account_id]})
    done = console.set()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Nothing was done in the account {OURS}: aws:{setting} ")
    assert not console.exists()


def test_something_is_written_in_one_that_is(console: Console) -> None:
    stack_file(console.home, GITHUB, allowedAccountIds=["999999999999", OURS], forbiddenAccountIds=[THEIRS])
    assert console.set().returncode == 0
    assert console.exists()


def test_an_address_of_the_stack_file_is_used_and_shown(console: Console) -> None:
    addresses = dict.fromkeys(("secretsmanager", "sts", "ecs"), console.endpoint)
    stack_file(console.home, GITHUB, endpoints=[addresses])
    environment = {name: value for name, value in console.environment.items() if name != "AWS_ENDPOINT_URL"}
    done = console.run("secrets", "status", str(console.stack_file), environment=environment)
    assert done.returncode == 3
    assert done.stdout.startswith(f"In account {OURS}, region eu-central-1, endpoint {console.endpoint}, as arn:aws:")


def test_aws_s_own_address_is_not_worth_a_word(shell: pytest.MonkeyPatch, console: Console) -> None:
    """Of the service that it is about; the account is asked for elsewhere."""
    shell.setenv("AWS_ENDPOINT_URL_STS", console.endpoint)
    shell.setenv("SANDBOX_AWS_ENDPOINT", console.endpoint)
    assert str(account.place(asked(), "secretsmanager")) == f"account {OURS}, region eu-central-1"
    assert str(account.place(asked(useFipsEndpoint=True), "ecs", "us-east-1")) == f"account {OURS}, region us-east-1"
