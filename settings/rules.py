"""What must hold between several settings. What must hold of one stands beside it in its model."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from broker.catalogue import BROKER_TOKEN
from broker.client import SIGNING
from broker.egress import HTTPS, egress, unnamed_ports
from broker.regions import REGIONS, Endpoints
from broker.variables import ASKED_FOR
from ecs.compute import FARGATE
from ecs.names import DEPLOYMENT, MAX_ROLE_NAME, Names
from ecs.quotas import RULES
from settings.clients import client_spec
from settings.integration import Source
from settings.integration_types import Integration
from settings.problems import Problem

_SIGNING = {credential.name for credential in SIGNING}


def within(key: str, integration: Integration) -> Iterator[Problem]:
    """Problems of one integration."""
    path = ("integrations", key)
    for found in (_system, _size, _client_url, _secret_names):
        for problem in found(integration):
            yield replace(problem, path=(*path, *problem.path))


def _system(integration: Integration) -> Iterator[Problem]:
    entry = integration.entry
    for field in entry.fields:
        host = re.split("[:/]", str(integration.fields.get(field.key, "")))[0].lower()
        if host in entry.elsewhere:
            yield Problem(tuple(field.key.split(".")), f"is not for {host}, which has a type of its own", field.example)
    if ":" in str(integration.fields.get("host", "")) and any(field.key == "port" for field in entry.fields):
        yield Problem(("host",), "must not name the port: port does", "packages.acme.internal")
    if entry.any_of and not {key.split(".")[0] for key in integration.fields} & set(entry.any_of):
        *others, last = entry.any_of
        fix = {field.key.rpartition(".")[2]: field.example for field in entry.fields if field.key.startswith(last)}
        yield Problem((last,), f"is required, or {' or '.join(others)} is", fix, missing=True)


def _size(integration: Integration) -> Iterator[Problem]:
    size = integration.size
    if refusal := FARGATE.refusal(size.cpu, size.memory):
        yield Problem(("size", refusal.part), refusal.why, refusal.offered)


def _client_url(integration: Integration) -> Iterator[Problem]:
    if not integration.entry.callback:
        return
    if not integration.client_url:
        what = f"is required for {integration.type}: the agent sends its results there"
        yield Problem(("clientUrl",), what, "http://snyk-broker.acme.internal:8000", missing=True)
    elif integration.client_url in {known.api_url for known in REGIONS.values()}:
        what = "must be the client's own address, not Snyk's: the agent sends its results there"
        yield Problem(("clientUrl",), what, "http://snyk-broker.acme.internal:8000")


def _secret_names(integration: Integration) -> Iterator[Problem]:
    own = {BROKER_TOKEN.name, *(credential.name for credential in integration.entry.credentials)}
    for name in integration.secret_environment:
        if name in own:
            yield Problem(("secretEnvironment",), f"{name}: the type itself asks for it where it is needed", [])
        elif name in ASKED_FOR or name.removesuffix("_POOL") in ASKED_FOR - own:
            yield Problem(
                ("secretEnvironment",), f"{name}: a client for {integration.entry.system} does not use it", []
            )
    if integration.entry.commit_signing and _SIGNING & set(integration.secret_environment):
        what = "a signing key alone signs nothing: commitSigning names the committer and asks for key and passphrase"
        yield Problem(("secretEnvironment",), what, [])


def security_group(key: str, integration: Integration, endpoints: Endpoints) -> Iterator[Problem]:
    """Whether AWS takes so many rules. What the clients connect to can be read of settings only that are right."""
    anywhere = {HTTPS, *(entry.port for entry in integration.egress if entry.cidr == "0.0.0.0/0")}
    narrow = [entry for entry in integration.egress if entry.cidr != "0.0.0.0/0"]
    reached = egress(client_spec(integration), endpoints)
    ports = unnamed_ports(reached, {*anywhere, *(entry.port for entry in narrow)})
    for name, sources, further in (
        ("inbound", integration.inbound, 0),
        ("egress", narrow, len(anywhere) + len(ports)),
    ):
        if (count := max(_ipv4(sources) + further, len(sources) - _ipv4(sources))) > RULES.default:
            what = (
                f"makes {count} rules, and AWS takes {RULES.default} in a security group: put blocks together, or into"
                " a prefix list, whose greatest number of entries counts"
            )
            yield Problem(("integrations", key, name), what)


def _ipv4(sources: Sequence[Source]) -> int:
    """How many of them count as IPv4: all but blocks of IPv6. A prefix list counts at least once."""
    return len([source for source in sources if not (source.cidr and ":" in source.cidr)])


def across(integrations: Mapping[str, Integration], default_secret: Callable[[str], str]) -> Iterator[Problem]:
    """Problems between integrations."""
    # Clients of two integrations on one Broker token take each other's connections and share the limit of four.
    owners: dict[str, str] = {}
    for key, integration in integrations.items():
        owner = owners.setdefault(integration.secret or default_secret(key), key)
        if owner != key:
            # At the one that names it: of the other it is the default, and taken out it would stay the same.
            named, other = (key, owner) if integration.secret else (owner, key)
            what = f"is the secret of {other} too; each integration has a Broker token of its own"
            yield Problem(("integrations", named, "secret"), what, default_secret(named))


def role_names(project: str, stack: str, integrations: Iterable[str], prefix: str) -> Iterator[Problem]:
    """Whether IAM takes names of roles with this prefix."""
    names = [Names.of(project, stack, DEPLOYMENT, key).execution_role for key in integrations]
    longest = max(names, key=len, default="")
    if (room := MAX_ROLE_NAME - len(longest)) < len(prefix):
        what = (
            f"must have at most {room} characters: the longest role is {longest}, and IAM takes 64 with Pulumi's own 8"
        )
        yield Problem(("roles", "namePrefix"), what, prefix[:room])
