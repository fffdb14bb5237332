"""The one description of a Broker client's container, whatever it runs on."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from broker.catalogue import CATALOGUE
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

    def in_ecs(self) -> Mapping[str, object]:
        """The check in the words of an ECS container definition."""
        return {
            "command": ["CMD", *self.command],
            "interval": self.interval,
            "timeout": self.timeout,
            "retries": self.retries,
            "startPeriod": self.start_period,
        }


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


@dataclass(frozen=True)
class Wish:
    """What is asked of one integration's clients, beyond where Snyk is."""

    type_name: str
    fields: Mapping[str, str | int]  # settings of the type, by their keys in the catalogue
    image: Image
    cpu: int
    memory: int
    high_availability: bool
    accept: Mapping[str, str]  # accept flags, as the client reads them
    variables: Mapping[str, str | None]  # that other settings are made into; None where those are not given
    environment: Mapping[str, str]  # the user's own
    secrets: tuple[str, ...]  # names of all the variables whose values the secret holds


def client(wish: Wish, endpoints: Endpoints) -> Container:
    """Describe the client of one integration. Raises KeyError for a type that the catalogue lacks."""
    entry = CATALOGUE[wish.type_name]
    # Webhooks go to Snyk itself where nobody says how to reach the clients: some images have a placeholder there.
    url = wish.variables.get("BROKER_CLIENT_URL") or (endpoints.api_url if entry.webhooks else "")
    environment = {
        **dict(entry.environment),
        **(dict(entry.bearer_environment) if entry.bearer(wish.fields) else {}),
        **wish.environment,
        "ACCEPT": "accept.json",
        **wish.accept,
        # Only "true" and "yes" switch it on. On with one replica too, so that scaling never mixes clients with and
        # without it.
        "BROKER_HA_MODE_ENABLED": "true" if wish.high_availability else "false",
        "BROKER_DISPATCHER_BASE_URL": endpoints.api_url,
        "BROKER_SERVER_URL": endpoints.broker_url,
        "PORT": str(PORT),
        **{
            field.variable: str(wish.fields[field.key])
            for field in entry.fields
            if field.variable and field.key in wish.fields
        },
        **{name: value for name, value in wish.variables.items() if value is not None},
    }
    if url:
        environment["BROKER_CLIENT_URL"] = url
    if url.startswith("https://"):
        # The client itself listens on plain HTTP; without this it reports its certificate as missing.
        environment["BROKER_CLIENT_URL_TLS_TERMINATED"] = "true"
    return Container(
        name="client",
        image=wish.image.reference(entry.tag(wish.fields)),
        environment=MappingProxyType({k: v for k, v in sorted(environment.items()) if k not in wish.secrets}),
        secrets=wish.secrets,
        port=PORT,
        health_check=HealthCheck(),
        cpu=wish.cpu,
        memory=wish.memory,
        user="1000",  # the image's "node"; by number, so that the runtime can tell that it is not root
        read_only_root=entry.read_only_root,
        stop_timeout=30,
    )
