"""In which AWS account and region a command works, and as whom: the same as Pulumi's provider in an update.

docs/credentials.md tells what of the provider's configuration is followed.
"""

import functools
import os
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    Credentials,
    DeferredRefreshableCredentials,
)

from ops.errors import CommandError
from settings import Settings
from settings.provider import AssumedRole, Provider, seconds

if TYPE_CHECKING:
    from mypy_boto3_sts.client import STSClient

# By it the sandbox says which address is its own. No other that is not AWS's may see a credential.
SANDBOX = "SANDBOX_AWS_ENDPOINT"

# Further names that the provider's aws:endpoints has for services.
_ALIASES = {"logs": ("cloudwatchlog", "cloudwatchlogs")}


@dataclass(frozen=True)
class Place:
    """Where a command works, and as whom."""

    account: str
    caller: str  # an ARN
    region: str
    endpoint: str | None  # of the service that it is about, unless that is AWS's own

    def __str__(self) -> str:
        endpoint = f", endpoint {self.endpoint}" if self.endpoint else ""
        return f"account {self.account}, region {self.region}{endpoint}"


def session(settings: Settings, region: str | None = None) -> boto3.Session:
    """A session in the stack's account, and in its region unless another is given. Use client() where you can.

    Raises CommandError for an account that the stack file does not allow, and for a configuration of the provider
    that cannot be followed.
    """
    if settings.not_followed:
        listed = "\n".join(f"  {what}" for what in settings.not_followed)
        raise CommandError(f"Nothing was done: this command would not reach AWS in the way that Pulumi does.\n{listed}")
    return connected(settings.provider, region or settings.region)


def client(settings: Settings, service: str, region: str | None = None) -> Any:
    """A client of session(), at the address that aws:endpoints gives it.

    Raises CommandError for an address at which no credential is safe.
    """
    return _client(session(settings, region), settings.provider, service)


def place(settings: Settings, service: str, region: str | None = None) -> Place:
    """Where the service's client works, and as whom."""
    here = session(settings, region)
    account, caller = _identity(here, settings.provider)
    used = _client(here, settings.provider, service).meta.endpoint_url
    unchanged = Config(ignore_configured_endpoint_urls=True)  # pyright: ignore[reportCallIssue] - the stubs lack it
    usual = here.client(cast("Any", service), config=unchanged).meta.endpoint_url
    return Place(account, caller, region or settings.region, None if used == usual else _shown(used))


@functools.cache
def connected(provider: Provider, region: str) -> boto3.Session:
    """The session of a provider's configuration, in an account that it allows. One for all clients of a command."""
    found = boto3.Session(botocore_session=_core(provider), region_name=region)
    for role in provider.assume_roles:
        core = _core(provider)
        core.register_component("credential_provider", CredentialResolver([_Assumed(found, provider, role)]))
        found = boto3.Session(botocore_session=core, region_name=region)
    if provider.allowed_account_ids or provider.forbidden_account_ids:
        _check_account(provider, *_identity(found, provider))
    return found


def _core(provider: Provider) -> botocore.session.Session:
    """What is found in the environment and the AWS configuration. The profile goes before the environment's keys."""
    core = botocore.session.Session(profile=provider.profile)
    for name, value in (
        ("config_file", next(iter(provider.shared_config_files), None)),
        ("credentials_file", next(iter(provider.shared_credentials_files), None)),
        ("ca_bundle", provider.custom_ca_bundle),
        ("use_fips_endpoint", provider.use_fips_endpoint),
        ("use_dualstack_endpoint", provider.use_dualstack_endpoint),
    ):
        if value:
            core.set_config_variable(name, value)
    if provider.skip_metadata_api_check:
        core.get_component("credential_provider").remove("iam-role")
    return core


class _Assumed(CredentialProvider):
    """Credentials of a role, which are renewed when they expire."""

    METHOD = "assume-roles"

    def __init__(self, before: boto3.Session, provider: Provider, role: AssumedRole) -> None:
        super().__init__()
        self._before, self._provider, self._role = before, provider, role

    def load(self) -> Credentials | None:
        source = self._before.get_credentials()
        if source is None:
            return None
        fetcher = AssumeRoleCredentialFetcher(
            client_creator=functools.partial(_client, self._before, self._provider),
            source_credentials=source,
            role_arn=self._role.role_arn,
            extra_args=_request(self._role),
        )
        return DeferredRefreshableCredentials(method=self.METHOD, refresh_using=fetcher.fetch_credentials)


def _request(role: AssumedRole) -> dict[str, Any]:
    """What else a role is assumed with, in STS's words."""
    words = {
        "RoleSessionName": role.session_name,
        "ExternalId": role.external_id,
        "DurationSeconds": seconds(role.duration) if role.duration else None,
        "Policy": role.policy,
        "PolicyArns": [{"arn": arn} for arn in role.policy_arns],
        "SourceIdentity": role.source_identity,
        "Tags": [{"Key": key, "Value": value} for key, value in role.tags.items()],
        "TransitiveTagKeys": list(role.transitive_tag_keys),
    }
    return {name: value for name, value in words.items() if value}


def _check_account(provider: Provider, account: str, caller: str) -> None:
    allowed = provider.allowed_account_ids
    if allowed and account not in allowed:
        why = f"aws:allowedAccountIds allows {', '.join(allowed)} only"
    elif account in provider.forbidden_account_ids:
        why = "aws:forbiddenAccountIds forbids it"
    else:
        return
    raise CommandError(
        f"Nothing was done in the account {account}: {why}. The credentials at hand are of {caller}; choose others, or"
        " a profile with aws:profile in the stack file."
    )


def _identity(here: boto3.Session, provider: Provider) -> tuple[str, str]:
    """Account and ARN of the caller."""
    sts: STSClient = _client(here, provider, "sts")
    caller = sts.get_caller_identity()
    return caller["Account"], caller["Arn"]


def _client(here: boto3.Session, provider: Provider, service: str, **credentials: Any) -> Any:
    region = provider.sts_region if service == "sts" else None
    names = (service, *_ALIASES.get(service, ()))
    endpoint = next((one[name] for one in provider.endpoints for name in names if name in one), None)
    made = here.client(cast("Any", service), region_name=region, endpoint_url=endpoint, **credentials)
    url = made.meta.endpoint_url
    if not _safe(url) and url != os.environ.get(SANDBOX):
        variable = made.meta.service_model.service_id.replace(" ", "_").upper()
        raise CommandError(
            f"Nothing was done: {_shown(url)} is not AWS, and credentials would go there. Plain http and this machine"
            f" are refused. The address comes from aws:endpoints in the stack file, from AWS_ENDPOINT_URL or"
            f" AWS_ENDPOINT_URL_{variable} in the environment, or from endpoint_url in the AWS configuration. For the"
            " sandbox, type: python -m sandbox ops -- …"
        )
    return made


def _safe(url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        address = ip_address(host)
        here = address.is_loopback or address.is_unspecified
    except ValueError:
        here = host == "localhost" or host.endswith(".localhost")
    return parts.scheme == "https" and not here


def _shown(url: str) -> str:
    """An address without user and password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
