"""Variables of the client that the other keys do not cover: what may stand under environment and secretEnvironment."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from broker.egress import METRICS, PROXIES
from broker.variables import ASKED_FOR, USELESS, is_credential, owner
from settings.problems import Path, Problem

_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")
_NO_PROXY = re.compile(r"\*?\.?[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?")
_EXAMPLES = {
    **dict.fromkeys(METRICS, "http://otel.acme.internal:4317"),
    **dict.fromkeys(PROXIES, "http://proxy.acme.internal:3128"),
    "NO_PROXY": "localhost,.acme.internal",
    "NODE_EXTRA_CA_CERTS": "/home/node/acme-ca.pem",
}


def problems(path: Path, given: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the variables of one integration, or of the defaults, as far as their types are right."""
    plain: object = given.get("environment")
    secret: object = given.get("secretEnvironment")
    values = cast("dict[str, object]", plain) if isinstance(plain, dict) else dict[str, object]()
    names = cast("list[object]", secret) if isinstance(secret, list) else list[object]()
    for name, value in values.items():
        if wrong := _name(name) or _credential(name):
            yield Problem((*path, "environment", name), wrong)
        elif isinstance(value, str) and (wrong := _value(name, value)):
            yield Problem((*path, "environment", name), wrong, _EXAMPLES[name])
    for index, name in enumerate(names):
        if not isinstance(name, str):
            continue
        here = (*path, "secretEnvironment", index)
        if wrong := _name(name):
            yield Problem(here, wrong)
        elif name in values:
            yield Problem(here, f"{name} stands under environment too")
        elif name in names[:index]:
            yield Problem(here, f"names {name} twice")


def _credential(name: str) -> str | None:
    if name in ASKED_FOR:
        return "is a credential that python -m ops secrets set asks for where it is needed: take it out"
    if is_credential(name):
        return f"is a credential: python -m ops secrets set stores it, and secretEnvironment: [{name}] names it"
    return None


def _name(name: str) -> str | None:
    if not _NAME.fullmatch(name):
        return "is no variable's name: capital letters, digits and _, and no digit at the start"
    if name in USELESS:
        return f"{name}: {USELESS[name]}"
    set_by = owner(name)
    return f"{name} is set by {set_by}" if set_by else None


def _is_url(value: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and bool(parts.hostname and parts.port) and "$" not in value
    except ValueError:
        return False


def _value(name: str, value: str) -> str | None:
    if name in PROXIES and not _is_url(value, "http"):
        return "must be http://host:port (the scheme is that of the connection to the proxy, also for HTTPS)"
    if name in METRICS and not _is_url(value, "http", "https"):
        return "must be a URL with a port, http://host:port"
    if name == "NO_PROXY":
        for entry in value.split(","):
            if not _NO_PROXY.fullmatch(entry.strip()):
                return "takes host names, .domains and addresses with commas between: no CIDR block, scheme or port"
    if name == "NODE_EXTRA_CA_CERTS" and not value.startswith("/"):
        return "must be the path of a file in the image; the certificate itself is not read from here"
    return None
