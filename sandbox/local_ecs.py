"""What ECS does and Moto leaves out: what it adds to a container, tasks that run, deployments that fail.

An emulation: no container runs, and a deployment has ended when the call that began it is answered. It follows what ECS
shows of itself: the API reference, and events and reasons as public logs quote them.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, cast

from moto.core.responses import ActionResult  # pyright: ignore[reportMissingTypeStubs] -- typed, not marked
from moto.ecs import exceptions, models, responses  # pyright: ignore[reportMissingTypeStubs] -- typed, not marked
from moto.logs.models import logs_backends  # pyright: ignore[reportMissingTypeStubs] -- typed, not marked

from sandbox.local_aws import Cause, When

Service = Any
Backend = Any

FAILED_TASKS = 3  # so many the circuit breaker waits for, at the least

# Changes of a service that begin a deployment; others only scale it (developer guide, "Update an Amazon ECS service").
_DEPLOYED = ("task_definition", "network_configuration", "capacity_provider_strategy", "platform_version")

# Parameters of CreateService that Moto takes only in UpdateService.
_KEPT = {
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "capacityProviderStrategy": "capacity_provider_strategy",
    "deploymentConfiguration": "deployment_configuration",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "enableExecuteCommand": "enable_execute_command",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "placementConstraints": "placement_constraints",
    "placementStrategy": "placement_strategy",
}


@dataclass(frozen=True)
class Words:
    """Why tasks of a service do not stay up, in the words of ECS."""

    event: str  # {service}, {task} and {image} are filled in
    stopped_reason: str
    stop_code: str
    exit_code: int | None = None
    log: str | None = None


CAUSES: Mapping[Cause, Words] = {
    Cause.IMAGE: Words(
        event="(service {service}) was unable to place a task. Reason: CannotPullContainerError: pull image manifest"
        " has been retried 1 time(s): failed to resolve ref {image}: {image}: not found.",
        stopped_reason="CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref"
        " {image}: {image}: not found",
        stop_code="TaskFailedToStart",
    ),
    Cause.SECRET: Words(
        event="(service {service}) was unable to place a task. Reason: ResourceInitializationError: unable to pull"
        " secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm.",
        stopped_reason="ResourceInitializationError: unable to pull secrets or registry auth: execution resource"
        " retrieval failed: unable to retrieve secret from asm",
        stop_code="TaskFailedToStart",
    ),
    Cause.UNHEALTHY: Words(
        event="(service {service}) (task {task}) failed container health checks.",
        stopped_reason="Task failed container health checks",
        stop_code="ServiceSchedulerInitiated",
        exit_code=143,
        log='{"name":"snyk-broker","level":40,"msg":"Failed to connect to broker server.","type":"TransportError"}',
    ),
}


@dataclass
class Failure:
    """How deployments of a service fail that are yet to come."""

    when: When
    cause: Cause = Cause.UNHEALTHY
    always: bool = False


# By the tags that this program gives a service: stack and integration.
failures: dict[tuple[str, str], Failure] = {}


@dataclass
class ServiceTask:
    """A task of a service, with what DescribeTasks tells of it."""

    task_arn: str
    cluster_arn: str
    task_definition_arn: str
    group: str
    started_by: str
    containers: Sequence[Mapping[str, Any]]
    cpu: str | None
    memory: str | None
    capacity_provider_name: str | None
    tags: Sequence[Mapping[str, str]]
    created_at: datetime
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    last_status: str = "RUNNING"
    desired_status: str = "RUNNING"
    health_status: str = "HEALTHY"
    stopped_reason: str | None = None
    stop_code: str | None = None
    launch_type: str = "FARGATE"
    container_instance_arn: ClassVar[None] = None
    attachments: ClassVar[list[Any]] = []

    def advance(self) -> None:
        """Moto's own tasks go from one state to the next."""

    def stop(self, reason: str, code: str) -> None:
        self.last_status = self.desired_status = "STOPPED"
        self.stopped_reason, self.stop_code, self.stopped_at = reason, code, datetime.now(UTC)


@dataclass(frozen=True)
class ServiceDeployment:
    """One deployment, with what ListServiceDeployments and DescribeServiceDeployments tell of it."""

    service_deployment_arn: str
    service_arn: str
    cluster_arn: str
    target_service_revision_arn: str
    status: str
    status_reason: str | None
    created_at: datetime

    @property
    def target_service_revision(self) -> Mapping[str, Any]:
        return {"arn": self.target_service_revision_arn}

    @property
    def finished_at(self) -> datetime:
        return self.created_at

    started_at = updated_at = finished_at


_deployments: list[ServiceDeployment] = []


def install() -> None:
    """Teach this process's Moto. Doing it again changes nothing."""
    definition, backend = models.TaskDefinition, models.EC2ContainerServiceBackend
    if getattr(backend, "taught", False):
        return
    _around(definition, "__init__", _define)
    _around(backend, "create_service", _create)
    _around(backend, "update_service", _update)
    _around(backend, "delete_service", _delete)
    _around(backend, "list_tasks", _list_tasks)
    _around(backend, "reset", _reset)
    response = cast("Any", responses.EC2ContainerServiceResponse)
    _around(response, "create_service", _keep)
    response.list_service_deployments = _list_service_deployments
    response.describe_service_deployments = _describe_service_deployments
    cast("Any", backend).taught = True


def _around(owner: type, name: str, step: Callable[..., Any]) -> None:
    original = getattr(owner, name)

    def method(*arguments: Any, **named: Any) -> Any:
        return step(original, *arguments, **named)

    setattr(owner, name, method)


def _define(original: Callable[..., None], definition: Any, *arguments: Any, **named: Any) -> None:
    original(definition, *arguments, **named)
    for container in definition.container_definitions:
        container.setdefault("systemControls", [])
        # Of the two lists, ECS tells the one that was not sent as an empty one.
        capabilities = container.get("linuxParameters", {}).get("capabilities")
        if capabilities:
            container["linuxParameters"] = {
                **container["linuxParameters"],
                "capabilities": {"add": [], "drop": [], **capabilities},
            }


def _keep(original: Callable[..., Any], response: Any) -> Any:
    answer = original(response)
    service = answer.result["service"]
    for parameter, attribute in _KEPT.items():
        given = response._get_param(parameter)  # noqa: SLF001 - as Moto's own methods do
        if given is not None:
            setattr(service, attribute, given)
    return answer


def _create(original: Callable[..., Service], backend: Backend, *arguments: Any, **named: Any) -> Service:
    service = original(backend, *arguments, **named)
    _deploy(backend, service, When.CREATE, candidate=None)
    return service


def _update(original: Callable[..., Service], backend: Backend, properties: dict[str, Any]) -> Service:
    service = backend._get_service(properties.get("cluster", "default"), properties["service"])  # noqa: SLF001
    before = service.task_definition
    wanted = properties.get("task_definition")
    if wanted:
        definition = backend.describe_task_definition(wanted)
        if definition.status != "ACTIVE":
            raise exceptions.EcsClientException("TaskDefinition is inactive")
        properties["task_definition"] = definition.arn
    deploys = bool(properties.get("force_new_deployment")) or any(
        properties.get(name) not in (None, getattr(service, name, None)) for name in _DEPLOYED
    )
    original(backend, properties)
    if deploys and service.desired_count:
        _deploy(backend, service, When.UPDATE, candidate=before if _running(backend, service) else None)
    else:
        _scale(backend, service)
    return service


def _delete(original: Callable[..., Service], backend: Backend, *arguments: Any, **named: Any) -> Service:
    service = original(backend, *arguments, **named)
    service.desired_count = 0
    _scale(backend, service)
    return service


def _list_tasks(original: Callable[..., list[Any]], backend: Backend, *filters: str | None) -> list[Any]:
    *others, service_name, status = filters
    # Without a status, ECS lists those that are to run.
    found = original(backend, *others, service_name, status or "RUNNING")
    group = f"service:{service_name.rpartition('/')[2]}" if service_name else None
    return [task for task in found if group in (None, task.group)]


def _reset(original: Callable[..., None], backend: Backend, *arguments: Any, **named: Any) -> None:
    original(backend, *arguments, **named)
    _deployments.clear()
    failures.clear()


def _deploy(backend: Backend, service: Service, when: When, *, candidate: str | None) -> None:
    """End with the tasks of the new revision, or with those of the candidate, or with none."""
    now = datetime.now(UTC)
    id_ = str(uuid.uuid4().int)[:19]
    failure = _failure(service, when)
    if failure is None:
        for task in _running(backend, service):
            task.stop(f"Scaling activity initiated by (deployment ecs-svc/{id_})", "ServiceSchedulerInitiated")
        _record(service, id_, now, "SUCCESSFUL", None)
        _primary(service, id_, now, "COMPLETED")
        _scale(backend, service)
        _say(service, f"(service {service.name}) has reached a steady state.")
        return
    for _ in range(FAILED_TASKS):
        _fail(backend, service, id_, now, CAUSES[failure.cause])
    _say(service, f"(service {service.name}) (deployment ecs-svc/{id_}) deployment failed: tasks failed to start.")
    if candidate is None:
        _record(service, id_, now, "ROLLBACK_FAILED", "No rollback candidate was found to run the rollback.")
        _primary(service, id_, now, "FAILED", failed=FAILED_TASKS)
        _count(backend, service)
        return
    back = str(uuid.uuid4().int)[:19]
    _say(service, f"(service {service.name}) rolling back to deployment ecs-svc/{back}.")
    reason = "Service deployment rolled back because the circuit breaker threshold was exceeded."
    _record(service, id_, now, "ROLLBACK_SUCCESSFUL", reason)
    service.task_definition = candidate
    _primary(service, back, now, "COMPLETED")
    _count(backend, service)


def _fail(backend: Backend, service: Service, deployment: str, now: datetime, words: Words) -> None:
    """A task that was tried and is gone."""
    task = _start(backend, service, deployment, now)
    id_ = task.task_arn.rpartition("/")[2]
    for container in backend.describe_task_definition(task.task_definition_arn).container_definitions:
        options = container.get("logConfiguration", {}).get("options", {})
        if words.log and "awslogs-group" in options:
            group, stream = options["awslogs-group"], f"{options['awslogs-stream-prefix']}/{container['name']}/{id_}"
            logs = logs_backends[backend.account_id][options["awslogs-region"]]
            logs.create_log_stream(group, stream)
            logs.put_log_events(group, stream, [{"timestamp": int(now.timestamp() * 1000), "message": words.log}])
    task.containers = [{**one, "lastStatus": "STOPPED", "exitCode": words.exit_code} for one in task.containers]
    image = task.containers[0]["image"]
    task.stop(words.stopped_reason.format(image=image), words.stop_code)
    _say(service, words.event.format(service=service.name, task=id_, image=image))


def _failure(service: Service, when: When) -> Failure | None:
    tags = {tag["key"]: tag["value"] for tag in service.tags}
    key = tags.get("snyk-broker:stack", ""), tags.get("snyk-broker:integration", "")
    found = failures.get(key)
    if found is None or found.when != when:
        return None
    if not found.always:
        del failures[key]
    return found


def _record(service: Service, id_: str, now: datetime, status: str, reason: str | None) -> None:
    path = f"{service.cluster_name}/{service.name}"
    prefix = service.arn.rpartition(":service/")[0]
    _deployments.append(
        ServiceDeployment(
            service_deployment_arn=f"{prefix}:service-deployment/{path}/{uuid.uuid4().hex[:21]}",
            service_arn=service.arn,
            cluster_arn=service.cluster_arn,
            target_service_revision_arn=f"{prefix}:service-revision/{path}/{id_}",
            status=status,
            status_reason=reason,
            created_at=now,
        )
    )


def _primary(service: Service, id_: str, now: datetime, state: str, *, failed: int = 0) -> None:
    service.deployments = [
        {
            **service.deployments[0],
            "id": f"ecs-svc/{id_}",
            "status": "PRIMARY",
            "taskDefinition": service.task_definition,
            "createdAt": now,
            "updatedAt": now,
            "failedTasks": failed,
            "rolloutState": state,
            "rolloutStateReason": f"ECS deployment ecs-svc/{id_} completed."
            if state == "COMPLETED"
            else "ECS deployment circuit breaker: tasks failed to start.",
        }
    ]


def _running(backend: Backend, service: Service) -> list[ServiceTask]:
    tasks = backend.tasks.get(service.cluster_name, {}).values()
    return [task for task in tasks if task.group == f"service:{service.name}" and task.last_status == "RUNNING"]


def _scale(backend: Backend, service: Service) -> None:
    """Start or stop tasks of the revision that is deployed."""
    failed = service.deployments and service.deployments[0].get("rolloutState") == "FAILED"
    wanted = 0 if failed else service.desired_count
    running = _running(backend, service)
    deployment = service.deployments[0]["id"].rpartition("/")[2] if service.deployments else ""
    for _ in range(wanted - len(running)):
        _start(backend, service, deployment, datetime.now(UTC)).started_at = datetime.now(UTC)
    for task in running[wanted:]:
        task.stop(f"Scaling activity initiated by (deployment ecs-svc/{deployment})", "ServiceSchedulerInitiated")
    _count(backend, service)


def _start(backend: Backend, service: Service, deployment: str, now: datetime) -> ServiceTask:
    definition = backend.describe_task_definition(service.task_definition)
    arn = f"{service.cluster_arn.replace(':cluster/', ':task/')}/{uuid.uuid4().hex}"
    strategy: list[Mapping[str, Any]] = getattr(service, "capacity_provider_strategy", None) or [{}]
    task = ServiceTask(
        task_arn=arn,
        cluster_arn=service.cluster_arn,
        task_definition_arn=definition.arn,
        group=f"service:{service.name}",
        started_by=f"ecs-svc/{deployment}",
        containers=[
            {"taskArn": arn, "name": one["name"], "image": one["image"], "lastStatus": "RUNNING"}
            for one in definition.container_definitions
        ],
        cpu=definition.cpu,
        memory=definition.memory,
        capacity_provider_name=strategy[0].get("capacityProvider"),
        tags=service.tags,
        created_at=now,
    )
    backend.tasks.setdefault(service.cluster_name, {})[arn] = task
    return task


def _count(backend: Backend, service: Service) -> None:
    running = len(_running(backend, service))
    service.running_count, service.pending_count = running, 0
    for deployment in service.deployments:
        deployment |= {"desiredCount": service.desired_count, "runningCount": running, "pendingCount": 0}


def _say(service: Service, message: str) -> None:
    """The newest first, as ECS tells them."""
    service.events.insert(0, {"id": str(uuid.uuid4()), "createdAt": datetime.now(UTC), "message": message})


def _list_service_deployments(response: Any) -> ActionResult:
    name = str(response._get_param("service")).rpartition("/")[2]  # noqa: SLF001
    cluster = str(response._get_param("cluster", "default")).rpartition("/")[2]  # noqa: SLF001
    found = [one for one in reversed(_deployments) if one.service_arn.endswith(f"/{cluster}/{name}")]
    return ActionResult({"serviceDeployments": found})


def _describe_service_deployments(response: Any) -> ActionResult:
    wanted = response._get_param("serviceDeploymentArns")  # noqa: SLF001
    found = [one for one in _deployments if one.service_deployment_arn in wanted]
    return ActionResult({"serviceDeployments": found, "failures": []})
