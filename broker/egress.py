"""What a client connects to."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from broker.catalogue import CATALOGUE, Shape
from broker.client import ClientSpec
from broker.regions import Endpoints

HTTPS = 443
PROXIES = ("HTTPS_PROXY", "HTTP_PROXY")
METRICS = ("METRICS_OTEL_ENDPOINT",)
_PORTS = {"http": 80, "https": HTTPS}


@dataclass(frozen=True)
class Egress:
    """One host and TCP port, and why the client connects there."""

    host: str
    port: int
    why: str


def egress(spec: ClientSpec, endpoints: Endpoints) -> tuple[Egress, ...]:
    """Everything that a client of the integration connects to, each host and port once."""
    reasons: dict[tuple[str, int], list[str]] = {}
    for found in _all(spec, endpoints):
        reasons.setdefault((found.host, found.port), []).append(found.why)
    return tuple(Egress(host, port, "; ".join(why)) for (host, port), why in reasons.items())


def unnamed_ports(reached: Iterable[Egress], named: Collection[int]) -> Mapping[int, tuple[str, ...]]:
    """Ports that are neither 443 nor named, in order, and the hosts that clients reach there."""
    hosts: dict[int, set[str]] = {}
    for entry in reached:
        if entry.port != HTTPS and entry.port not in named:
            hosts.setdefault(entry.port, set()).add(entry.host)
    return {port: tuple(sorted(hosts[port])) for port in sorted(hosts)}


def _all(spec: ClientSpec, endpoints: Endpoints) -> Iterator[Egress]:
    entry, fields = CATALOGUE[spec.type_name], spec.fields
    yield _of_url(endpoints.broker_url, "the tunnel to Snyk")
    yield _of_url(endpoints.api_url, "Snyk's API: allocation of tunnels, and webhooks while the tunnel is down")
    known = {field.key: str(fields.get(field.key, field.default or "")) for field in entry.fields}
    for host in entry.hosts:
        yield _of_host(host.format_map(known), HTTPS, entry.system)
    for field in entry.fields:
        value = known[field.key]
        if not value or not field.contacted:
            continue
        if field.shape is Shape.URL:
            yield _of_url(value, f"{entry.system}: {field.key}")
        elif field.shape in (Shape.HOST, Shape.HOST_AND_PATH):
            yield _of_host(value, int(fields.get("port", HTTPS)), f"{entry.system}: {field.key}")
    for names, why in ((PROXIES, "the proxy"), (METRICS, "the collector of metrics")):
        for name in names:
            if name in spec.environment:
                yield _of_url(spec.environment[name], why)
    validation = spec.variables.get("BROKER_CLIENT_VALIDATION_URL")
    if validation and "$" not in validation:
        yield _of_url(validation, "validationUrl")


def _of_host(address: str, port: int, why: str) -> Egress:
    host, _, own_port = address.split("/", maxsplit=1)[0].partition(":")
    return Egress(host, int(own_port or port), why)


def _of_url(url: str, why: str) -> Egress:
    parts = urlsplit(url)
    return Egress(parts.hostname or "", parts.port or _PORTS[parts.scheme], why)
