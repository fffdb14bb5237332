"""What works and is unwise."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from broker import image
from broker.egress import PROXIES, egress
from broker.hosts import never_public
from broker.regions import REGIONS, Endpoints
from settings.clients import client_spec
from settings.integration import CPU, CodeRules
from settings.integration_types import Integration
from settings.network import NewNetwork

# How far behind its server a client may be (the client's own check of its version).
SUPPORTED_MINORS = 10

_SNYK = {known.api_url for known in REGIONS.values()}


def warnings(integrations: Mapping[str, Integration]) -> Iterator[str]:
    for key, integration in integrations.items():
        for found in (_about_clients, _about_webhooks, _about_access, _about_values):
            for warning in found(integration):
                yield f"integrations.{key}: {warning}"


def about_new_network(
    network: NewNetwork, integrations: Mapping[str, Integration], endpoints: Endpoints
) -> Iterator[str]:
    """Of all integrations in one: what leads to one private host mostly leads to all."""
    hosts = [
        entry.host
        for integration in integrations.values()
        for entry in egress(client_spec(integration), endpoints)
        if never_public(entry.host) and not _inside(entry.host, network) and not _by_proxy(entry.host, integration)
    ]
    first, *others = list(dict.fromkeys(hosts)) or [""]
    if first:
        more = f" and {len(others)} more" if others else ""
        yield (
            f"network.create: by itself, a new VPC leads to the internet and not to {first}{more}: connect it by"
            " peering or a transit gateway (docs/network.md), or name a VPC that leads there under network.existing"
        )


def _inside(host: str, network: NewNetwork) -> bool:
    try:
        return ip_address(host) in ip_network(network.cidr)
    except ValueError:
        return False


def _by_proxy(host: str, integration: Integration) -> bool:
    environment = integration.environment
    if not {*PROXIES} & {*environment, *integration.secret_environment}:
        return False
    proxies = {urlsplit(environment[name]).hostname for name in PROXIES if name in environment}
    return host not in proxies and host not in environment.get("NO_PROXY", "")


def _about_clients(integration: Integration) -> Iterator[str]:
    if integration.replicas == 1:
        yield "one replica is no redundancy: Snyk recommends two or more (replicas: 2)"
    if integration.size.cpu < CPU:
        yield f"size.cpu is below the one CPU that Snyk states for a client (cpu: {CPU})"
    ours, newest = (image.release(version) for version in (integration.image.version, image.VERSION))
    if (ours[0], ours[1] + SUPPORTED_MINORS) < newest[:2]:
        yield (
            f"image.version is more than {SUPPORTED_MINORS} minor releases behind {image.VERSION}: Snyk may refuse it"
        )


def _about_webhooks(integration: Integration) -> Iterator[str]:
    entry, url = integration.entry, integration.client_url
    if (
        entry.webhooks
        and not url
        and any(field.key == "host" for field in entry.fields if field.key in integration.fields)
    ):
        yield (
            "without clientUrl, webhooks go to Snyk's API itself. If the system cannot connect there, none arrives:"
            " pull requests are not checked, and changes are noticed at the next scheduled test"
        )
    if not url or url in _SNYK or not (entry.webhooks or entry.callback):
        return
    if not integration.inbound:
        yield "clientUrl leads to the clients, whose port nobody may reach: name the sources under inbound"
    if urlsplit(url).scheme == "http" and not urlsplit(url).port:
        yield "clientUrl names no port, so it means 80; the clients listen on 8000"


def _about_access(integration: Integration) -> Iterator[str]:
    if isinstance(integration, CodeRules) and integration.code == "off" and not integration.infrastructure_as_code:
        yield "code and infrastructureAsCode are both off: Snyk reads manifests and nothing else"
    if integration.fields.get("registry.kind") == "ecr" and "registry.externalId" not in integration.fields:
        yield "registry.externalId guards the role against other customers of Snyk: set one, in the role's trust too"
    if integration.environment.get("NODE_TLS_REJECT_UNAUTHORIZED") == "0":
        yield "NODE_TLS_REJECT_UNAUTHORIZED=0 ends all verification of certificates, of Snyk's too"
    if integration.environment.get("INSECURE_DOWNSTREAM"):
        yield "INSECURE_DOWNSTREAM sends the credentials to the system without encryption"


def _about_values(integration: Integration) -> Iterator[str]:
    if any(
        "$" in str(value)
        for value in (*integration.fields.values(), *integration.environment.values(), integration.validation_url)
    ):
        yield "the client expands $NAME inside of values: what is meant literally must not look like that"
    agent = urlsplit(str(integration.fields.get("registry.agentUrl", ""))).hostname
    proxied = "HTTPS_PROXY" in (*integration.environment, *integration.secret_environment)
    if agent and proxied and agent not in integration.environment.get("NO_PROXY", ""):
        yield f"the client would look for its agent through the proxy: add {agent} to NO_PROXY"
    if "HTTPS_PROXY" in integration.secret_environment and not integration.egress:
        yield "the proxy's port is in its URL, which is secret: name the port under egress unless it is 443"
