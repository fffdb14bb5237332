"""A Broker client: what is asked of it, and the container that does it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from broker.catalogue import CATALOGUE, Credential, password
from broker.image import Image
from broker.regions import Endpoints
from broker.task import Container, HealthCheck, Task

NAME = "client"  # of its container
PORT = 8000

# The image has node but no curl. Any answer but 200 means that no tunnel to Snyk is open; the body differs between
# versions. 8 s: below the health check's own timeout, so that the container does not collect stuck probes.
_HEALTH_SCRIPT = (
    "require('http')"
    ".get({port:process.env.PORT,path:'/healthcheck',timeout:8000},r=>process.exit(r.statusCode===200?0:1))"
    ".on('timeout',()=>process.exit(1)).on('error',()=>process.exit(1))"
)
HEALTH_CHECK = HealthCheck(
    command=("node", "-e", _HEALTH_SCRIPT),
    # The first probe comes after one interval. By then the slot of the client it replaces is free again (60 s).
    interval=60,
    timeout=10,
    # Every client of every customer loses its tunnel when Snyk has an outage. Replacing them does not help, and pulls
    # the image each time: so only minutes without a tunnel count.
    retries=5,
    # A client that cannot reach Snyk's dispatcher waits 30 s, then 60 s and more, before it listens.
    start_period=300,
)

# What the client signs commits with.
SIGNING = (
    Credential(
        "GPG_PRIVATE_KEY",
        "Private key that signs commits, ASCII-armored",
        r"\s*-----BEGIN PGP PRIVATE KEY BLOCK-----(.|\n)*-----END PGP PRIVATE KEY BLOCK-----\s*",
        "a PGP private key block with its BEGIN and END lines",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\n{word}\n-----END PGP PRIVATE KEY BLOCK-----",
        of_file=True,
    ),
    password("GPG_PASSPHRASE", "Passphrase of that key"),
)


@dataclass(frozen=True)
class ClientSpec:
    """What is asked of one integration's clients, beyond where Snyk is."""

    type_name: str
    fields: Mapping[str, str | int]  # settings of the type, by their keys in the catalogue
    image: Image
    cpu: int  # CPU units, 1024 to a vCPU
    memory: int  # MiB
    high_availability: bool
    accept: Mapping[str, str]  # accept flags, as the client reads them
    variables: Mapping[str, str | None]  # that other settings are made into; None where those are not given
    environment: Mapping[str, str]  # the user's own
    secrets: tuple[str, ...]  # names of all the variables whose values the secret holds


def client_task(spec: ClientSpec, endpoints: Endpoints) -> Task:
    """One client of an integration. Raises KeyError for a type that the catalogue lacks."""
    return Task((client(spec, endpoints),), spec.cpu, spec.memory)


def client(spec: ClientSpec, endpoints: Endpoints) -> Container:
    """The client's container. Raises KeyError for a type that the catalogue lacks."""
    entry = CATALOGUE[spec.type_name]
    # Webhooks go to Snyk itself where nobody says how to reach the clients: some images have a placeholder there.
    url = spec.variables.get("BROKER_CLIENT_URL") or (endpoints.api_url if entry.webhooks else "")
    environment = {
        **dict(entry.environment),
        **(dict(entry.bearer_environment) if entry.bearer(spec.fields) else {}),
        **spec.environment,
        "ACCEPT": "accept.json",
        **spec.accept,
        # Only "true" and "yes" switch it on. On with one replica too, so that scaling never mixes clients with and
        # without it.
        "BROKER_HA_MODE_ENABLED": "true" if spec.high_availability else "false",
        "BROKER_DISPATCHER_BASE_URL": endpoints.api_url,
        "BROKER_SERVER_URL": endpoints.broker_url,
        "PORT": str(PORT),
        **{
            field.variable: str(spec.fields[field.key])
            for field in entry.fields
            if field.variable and field.key in spec.fields
        },
        **{name: value for name, value in spec.variables.items() if value is not None},
    }
    if url:
        environment["BROKER_CLIENT_URL"] = url
    if url.startswith("https://"):
        # The client itself listens on plain HTTP; without this it reports its certificate as missing.
        environment["BROKER_CLIENT_URL_TLS_TERMINATED"] = "true"
    return Container(
        name=NAME,
        image=spec.image.reference(entry.tag(spec.fields)),
        environment=MappingProxyType({k: v for k, v in sorted(environment.items()) if k not in spec.secrets}),
        secrets=spec.secrets,
        ports=(PORT,),
        health_check=HEALTH_CHECK,
        user=spec.image.base.user,
        read_only_root=entry.read_only_root,
        stop_timeout=30,
    )
