"""One running Broker client: a container, its only way out, the systems that it finds there, what it says of itself."""

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from sandbox.rehearsal.container import Container
from sandbox.rehearsal.proxy import Address, Proxy
from sandbox.rehearsal.recorder import Authority, Received, Recorder
from sandbox.rehearsal.snyk import Snyk

HEALTHCHECK = "/healthcheck"
CA = "rehearsal-ca.pem"  # in the client's home


@dataclass(frozen=True)
class SnykHosts:
    """By which names a client knows Snyk."""

    broker: str
    api: str


class Replica:
    def __init__(
        self,
        container: Container,
        environment: Mapping[str, str],
        start: Sequence[str],
        snyk: Snyk,
        hosts: SnykHosts,
        authority: Authority,
    ) -> None:
        """Starts the client with `start`. `environment` is that in which ECS would start it."""
        self.container = container
        self._systems = {True: Recorder(authority.context()), False: Recorder()}  # for TLS, and for plain HTTP

        def route(address: Address, tls: bool) -> int:  # noqa: FBT001 - see proxy.Route
            if address.host == hosts.broker:
                return snyk.port
            if address.host == hosts.api:
                return (snyk.api if tls else snyk.plain_api).port
            return self._systems[tls].port

        self.proxy = Proxy(container.open(), route)
        # Without a network of its own the declared port may be another's.
        self.port = int(environment["PORT"]) if container.isolated else container.free_port()
        container.start(start, {**environment, **self._overlay()})

    def _overlay(self) -> dict[str, str]:
        """All that the rehearsal changes in a client's environment."""
        proxy = f"http://127.0.0.1:{self.proxy.port}"
        return {
            "PORT": str(self.port),
            "HTTPS_PROXY": proxy,
            "HTTP_PROXY": proxy,
            "NO_PROXY": "localhost,127.0.0.1",
            "NODE_EXTRA_CA_CERTS": CA,
            # The probe goes past a proxy, to the real host.
            "IPV6_CONNECTIVITY_CHECK_ENABLED": "false",
        }

    @property
    def log(self) -> Path:
        return self.container.log

    @property
    def lives(self) -> bool:
        return self.container.exit_code is None

    def received(self, mark: str) -> list[Received]:
        """What the systems behind this replica were asked with this mark."""
        return [request for recorder in self._systems.values() for request in recorder.marked(mark)]

    def listens(self, port: int) -> bool:
        """Whether a client answers at this port, connected or not."""
        try:
            self.container.request(port, "GET", HEALTHCHECK)
        except (OSError, http.client.HTTPException):
            return False
        return True

    def connected(self) -> bool:
        """Whether all its tunnels to Snyk are open, and by WebSocket: they begin with long polling."""
        try:
            status, body = self.container.request(self.port, "GET", HEALTHCHECK)
            told = json.loads(body)
        except (OSError, http.client.HTTPException, ValueError):
            return False
        # One for each tunnel, or a single one, depending on the version.
        tunnels = cast("list[dict[str, Any]]", told if isinstance(told, list) else [told])
        return status == http.client.OK and all(tunnel.get("transport") == "websocket" for tunnel in tunnels)

    def close(self) -> None:
        """Closes what stands around the client."""
        self.proxy.close()
        for recorder in self._systems.values():
            recorder.close()
