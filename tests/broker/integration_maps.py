"""Integrations of a stack file as hypothesis makes them up: every key of every type, and all of them valid."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any

from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from broker.catalogue import CATALOGUE, REGISTRY_KINDS, Field, IntegrationType, Shape
from broker.image import BASES, OLDEST, VERSION
from broker.leaks import looks_like
from ecs.compute import FARGATE
from settings import values
from settings.base import model_keys
from settings.integration import LOG_LEVELS, RETENTION_DAYS
from settings.integration_types import MODELS

Values = dict[str, Any]


def valid(kind: Any, made: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Those of the texts that a type of value takes."""
    adapter = TypeAdapter[str](kind)

    def fits(text: str) -> bool:
        try:
            adapter.validate_python(text)
        except ValidationError:
            return False
        return looks_like(text) is None

    return made.filter(fits)


def texts(kind: Any) -> st.SearchStrategy[str]:
    """Texts of a type's own pattern."""
    pattern: str = TypeAdapter[str](kind).json_schema()["pattern"]
    return valid(kind, st.from_regex(pattern, fullmatch=True))


def block(address: IPv4Address | IPv6Address, prefix: int) -> str:
    """The block in which an address is."""
    return str(ip_network((address, prefix), strict=False))


def unique(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(strategy, max_size=3, unique=True)


PORTS = st.integers(1, 65535)
WORDS = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=20).filter(lambda t: not looks_like(t))
NAMES = st.from_regex(r"[a-z]([a-z0-9-]{0,9}[a-z0-9])?", fullmatch=True)
HOSTS = st.builds("{}.internal{}".format, NAMES, st.one_of(st.just(""), st.integers(0, 99999).map(":{}".format)))
PATHS = st.sampled_from(["", "/path", "/a/b.c"])
URLS = st.builds("{}://{}.internal:{}{}".format, st.sampled_from(["http", "https"]), NAMES, PORTS, PATHS)
CIDRS = st.builds(block, st.ip_addresses(), st.integers(1, 32))
ROLES = st.builds("arn:aws:iam::{:012}:role/{}".format, st.integers(0, 10**12 - 1), NAMES)
SECRETS = valid(values.SecretId, st.text("abcXYZ012/_+=.@-", min_size=1, max_size=20))
SHAPES = {
    Shape.HOST: valid(values.Host, HOSTS) | texts(values.Host),
    Shape.HOST_AND_PATH: valid(values.HostAndPath, st.builds("{}{}".format, HOSTS, PATHS)),
    Shape.URL: URLS,
    Shape.PORT: PORTS,
    Shape.WORD: texts(values.Word),
    Shape.USER: valid(values.User, WORDS | st.emails()),
}


def sources(**further: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Values]]:
    """Who may reach, or be reached."""
    kinds = {"cidr": CIDRS, "securityGroup": texts(values.SecurityGroupId), "prefixList": texts(values.PrefixListId)}
    optional = {"reason": texts(values.RuleDescription)}
    one = [st.fixed_dictionaries({kind: found, **further}, optional=optional) for kind, found in kinds.items()]
    return st.lists(st.one_of(one), max_size=3, unique_by=lambda s: next(str(s[kind]) for kind in kinds if kind in s))


# What every key may hold, besides those that only one type has.
KEYS: dict[str, st.SearchStrategy[Any]] = {
    "replicas": st.integers(1, 4),
    "highAvailability": st.just(value=True),
    "secret": SECRETS,
    "inbound": sources(),
    "egress": sources(port=PORTS),
    "clientUrl": URLS,
    "image": st.fixed_dictionaries(
        {},
        optional={
            "repository": texts(values.Repository),
            "version": st.sampled_from([OLDEST, VERSION]),
            "base": st.sampled_from(list(BASES)),
            "digest": texts(values.Digest),
            "pullCredential": SECRETS,
        },
    ),
    "size": st.sampled_from(
        [{"cpu": cpu, "memory": memory} for cpu, sizes in FARGATE.memory_by_cpu.items() for memory in sorted(sizes)]
    ),
    "logRetentionDays": st.sampled_from(RETENTION_DAYS),
    "logLevel": st.sampled_from(LOG_LEVELS),
    "validationUrl": URLS,
    "environment": st.fixed_dictionaries(
        {},
        optional={
            "METRICS_OTEL_ENDPOINT": st.builds("http://otel.internal:{}".format, PORTS),
            "HTTPS_PROXY": st.builds("http://proxy.internal:{}".format, PORTS),
            "NO_PROXY": st.just("localhost,.acme.internal"),
            "NODE_OPTIONS": WORDS,
            "ACME_SETTING": st.one_of(st.just(""), WORDS),
        },
    ),
    "secretEnvironment": unique(st.sampled_from(["ACME_POOL", "HTTP_PROXY", "ACME_PASSWORD"])),
    "infrastructureAsCode": st.one_of(st.just(value=False), unique(st.sampled_from(values.IAC_EXTENSIONS))),
    "code": st.sampled_from(["brokered", "off"]),
    "essentials": st.booleans(),
    "prTemplates": st.booleans(),
    "largeManifests": st.booleans(),
    "commitSigning": st.fixed_dictionaries({"name": WORDS, "email": texts(values.Email)}),
}


ECR = st.fixed_dictionaries(
    {"kind": st.just("ecr"), "agentUrl": URLS, "roleArn": valid(values.RoleArn, ROLES), "region": texts(values.Region)},
    optional={"externalId": texts(values.ExternalId)},
)
OTHER_REGISTRIES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([kind for kind in REGISTRY_KINDS if kind != "ecr"]),
        "agentUrl": URLS,
        "host": SHAPES[Shape.HOST_AND_PATH],
    }
)


def fields(given: Iterable[tuple[str, Field]]) -> st.SearchStrategy[Values]:
    """Settings that only one type has, or one of its groups."""
    required: Values = {}
    optional: Values = {}
    known = dict(given)
    for key, field in known.items():
        # A port stands in one place.
        shape = NAMES.map("{}.internal".format) if key == "host" and "port" in known else SHAPES[field.shape]
        (required if field.required else optional)[key] = shape
    return st.fixed_dictionaries(required, optional=optional)


def groups(entry: IntegrationType) -> st.SearchStrategy[Values]:
    """At least one group of those that the type asks for one of."""
    if entry.callback:
        return st.fixed_dictionaries({"registry": ECR | OTHER_REGISTRIES, "clientUrl": URLS})
    one = {
        group: fields((f.key.partition(".")[2], f) for f in entry.fields if f.key.startswith(f"{group}."))
        for group in entry.any_of
    }
    return st.fixed_dictionaries({}, optional=one).filter(lambda made: bool(made) or not one)


def integrations(name: str) -> st.SearchStrategy[Values]:
    """Integrations of a type."""
    entry = CATALOGUE[name]
    own = {field.key: field for field in entry.fields}
    further = {"type", *(key.partition(".")[0] for key in own)}
    # A key that is not known here is a KeyError: it needs a line above.
    common: Values = {key: KEYS[key] for key in model_keys(MODELS[name]) if key not in further}
    parts = (
        st.fixed_dictionaries({"type": st.just(name)}),
        st.fixed_dictionaries({}, optional=common),
        fields((key, field) for key, field in own.items() if "." not in key),
        groups(entry),
        st.sampled_from([{}, {"replicas": 1, "highAvailability": False}]),
    )
    return st.tuples(*parts).map(lambda made: {key: value for part in made for key, value in part.items()})
