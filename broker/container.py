"""The one description of a Broker client's container, whatever it runs on."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from broker.catalogue import CATALOGUE, credentials
from broker.image import Image
from broker.regions import Endpoints

PORT = 8000

# The image has node but no curl. Any answer but 200 means that no tunnel to Snyk is open; the body differs between
# versions. 8 s: below the health check's own timeout, so that the container does not collect stuck probes.
_HEALTH_SCRIPT = (
    "require('http')"
    ".get({port:process.env.PORT,path:'/healthcheck',timeout:8000},r=>process.exit(r.statusCode===200?0:1))"
    ".on('timeout',()=>process.exit(1)).on('error',()=>process.exit(1))"
)


@dataclass(frozen=True)
class HealthCheck:
    """When a client counts as unhealthy. Times in seconds."""

    command: tuple[str, ...] = ("node", "-e", _HEALTH_SCRIPT)
    # The first probe comes after one interval. By then the slot of the client it replaces is free again (60 s).
    interval: int = 60
    timeout: int = 10
    # Every client of every customer loses its tunnel when Snyk has an outage. Replacing them does not help, and pulls
    # the image each time: so only minutes without a tunnel count.
    retries: int = 5
    # A client that cannot reach Snyk's dispatcher waits 30 s, then 60 s and more, before it listens.
    start_period: int = 300


@dataclass(frozen=True)
class Container:
    """What a container runtime needs to run one client."""

    name: str
    image: str
    environment: Mapping[str, str]
    secrets: tuple[str, ...]  # names of variables, whose values are the same-named keys of the integration's secret
    port: int
    health_check: HealthCheck
    cpu: int  # CPU units, 1024 to a vCPU
    memory: int  # MiB
    user: str
    read_only_root: bool
    stop_timeout: int  # seconds between SIGTERM and SIGKILL


def client(
    type_name: str,
    endpoints: Endpoints,
    image: Image,
    *,
    cpu: int,
    memory: int,
    client_url: str | None = None,
) -> Container:
    """Describe the client of one integration. Raises KeyError for a type that the catalogue lacks."""
    entry = CATALOGUE[type_name]
    environment = {
        "ACCEPT": "accept.json",
        # The literal "true": the socket code accepts no other spelling. On with one replica too, so that scaling never
        # mixes clients with and without it.
        "BROKER_HA_MODE_ENABLED": "true",
        "BROKER_DISPATCHER_BASE_URL": endpoints.api_url,
        "BROKER_SERVER_URL": endpoints.broker_url,
        "PORT": str(PORT),
    }
    if client_url:
        environment["BROKER_CLIENT_URL"] = client_url
        if client_url.startswith("https://"):
            # The client itself listens on plain HTTP; without this it reports its certificate as missing.
            environment["BROKER_CLIENT_URL_TLS_TERMINATED"] = "true"
    return Container(
        name="client",
        image=image.reference(entry.image_tag),
        environment=MappingProxyType(environment),
        secrets=tuple(credential.name for credential in credentials(type_name)),
        port=PORT,
        health_check=HealthCheck(),
        cpu=cpu,
        memory=memory,
        user="1000",  # the image's "node"; by number, so that the runtime can tell that it is not root
        read_only_root=entry.read_only_root,
        stop_timeout=30,
    )
