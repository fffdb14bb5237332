"""Services as an update makes them, on the local AWS."""

from collections.abc import Mapping

from tests.ops.console import Console

TAGS = {"snyk-broker:project": "snyk-broker", "snyk-broker:stack": "test"}
ACCOUNT = "eu-central-1:123456789012"
IMAGE = "snyk/broker:5.22.14-gitlab"


def cluster(console: Console, name: str = "acme", tags: Mapping[str, str] = TAGS) -> str:
    made = console.ecs().create_cluster(
        clusterName=name, tags=[{"key": key, "value": value} for key, value in tags.items()]
    )
    return made["cluster"].get("clusterArn", "")


def register(console: Console, key: str, secret: str | None = None) -> str:
    """A further revision of an integration's task definition, which reads a secret of that ARN; its own ARN."""
    logs = {"awslogs-group": f"acme-{key}", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "broker"}
    made = console.ecs().register_task_definition(
        family=f"snyk-broker_test_snyk-broker-{key}",
        containerDefinitions=[
            {"name": "proxy", "image": "acme/proxy:1", "memory": 128},
            {
                "name": "client",
                "image": IMAGE,
                "memory": 128,
                "logConfiguration": {"logDriver": "awslogs", "options": logs},
                "secrets": [{"name": "BROKER_TOKEN", "valueFrom": f"{secret}:BROKER_TOKEN::"}] if secret else [],
            },
        ],
    )
    return made["taskDefinition"].get("taskDefinitionArn", "")


def serve(console: Console, key: str, cluster: str = "acme", replicas: int = 2, secret: str | None = None) -> str:
    """Make the service of an integration; its ARN."""
    made = console.ecs().create_service(
        cluster=cluster, serviceName=key, taskDefinition=register(console, key, secret), desiredCount=replicas
    )
    return made["service"].get("serviceArn", "")


def deployment(console: Console, service: str) -> str:
    """The id of the service's present deployment."""
    name = service.split("/")[1]
    (found,) = console.ecs().describe_services(cluster=name, services=[service])["services"]
    (latest, *_) = found.get("deployments", [])
    return latest.get("id", "")
