"""Whether a service runs what was registered for it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Deployed:
    """A service as ECS tells of it."""

    task_definition: str  # ARN
    desired: int  # tasks
    running: int
    pending: int


def trouble(service: Deployed, registered: str) -> str | None:
    """In words, why an update that ends with this service is no success.

    An update that follows a failed one changes nothing, so the provider does not wait, and calls it a success.
    """
    if service.task_definition != registered:
        runs, wanted = (arn.rpartition(":")[2] for arn in (service.task_definition, registered))
        return f"ECS went back to revision {runs}, since revision {wanted} did not come up; the next update tries again"
    if service.desired and not service.running:
        if service.pending:
            return f"none of {service.desired} tasks runs yet: {service.pending} are starting"
        return (
            f"none of {service.desired} tasks runs: the last deployment failed, and ECS does not try again before the"
            " next (with the same settings: python -m ops clients roll, or aws ecs update-service"
            " --force-new-deployment)"
        )
    return None


def shortfall(service: Deployed) -> str | None:
    """In words, what is amiss and may right itself."""
    if service.running < service.desired:
        return f"{service.running} of {service.desired} tasks run"
    return None
