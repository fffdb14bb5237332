"""What a rehearsal finds out about each integration, in this order."""

from sandbox.rehearsal.checks import exposure, process, requests, tunnel
from sandbox.rehearsal.checks.base import Check

CHECKS = (
    Check("start", tunnel.start),
    Check("port", process.port),
    Check("request", requests.request),
    Check("forbidden", requests.forbidden),
    Check("iac", requests.infrastructure_as_code),
    Check("webhook", requests.webhook),
    Check("health", tunnel.health),
    Check("memory", process.memory),
    Check("ha", tunnel.high_availability),
    Check("outage", tunnel.outage, slow=True),
    Check("freeze", tunnel.freeze, slow=True),
    # From here on there is one replica less.
    Check("failover", tunnel.failover),
    Check("egress", exposure.egress),
    Check("logs", exposure.logs),
    Check("stop", process.stop),
)
