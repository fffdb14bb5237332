"""Names, so that no two of them meet and none is longer than AWS allows.

An integration's key has no underscore, so what stands behind one belongs to no other integration.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# The tags of this program begin with it.
TAG = "snyk-broker"

# Of the deployment that the stack program makes.
DEPLOYMENT = "snyk-broker"

# Of an integration in the stack file, and so of all that is named after it.
KEY = r"[a-z]([a-z0-9-]{0,30}[a-z0-9])?"

# What Pulumi hangs behind the name of a resource: a hyphen and seven hexadecimal digits.
_SUFFIX = 8

# Of a role, before that (API reference of CreateRole).
MAX_ROLE_NAME = 64 - _SUFFIX


@dataclass(frozen=True)
class Names:
    """Names of one task of an integration and of what it needs."""

    project: str
    stack: str
    resource: str  # the integration's in the program: unique in a stack
    integration: str  # its key
    task: str = ""  # which of the integration's tasks; the clients have none
    role_prefix: str = ""  # what the names of roles begin with

    @staticmethod
    def of(project: str, stack: str, deployment: str, integration: str, role_prefix: str = "") -> "Names":
        """Names of the clients of an integration in a deployment."""
        return Names(project, stack, f"{deployment}-{integration}", integration, role_prefix=role_prefix)

    @property
    def component(self) -> str:
        """Of resources in the program, which Pulumi makes their names in AWS of."""
        return self.resource + self._task

    @property
    def execution_role(self) -> str:
        return f"{self.role_prefix}{self.component}-exec"

    @property
    def task_role(self) -> str:
        return f"{self.role_prefix}{self.component}-task"

    @property
    def service(self) -> str:
        """Unique in the cluster."""
        return self.integration + self._task

    @property
    def family(self) -> str:
        """Of the task definitions: unique in an account and region, as long as project and stack are."""
        return re.sub(r"[^A-Za-z0-9_-]", "-", f"{self.project}_{self.stack}_{self.component}")

    @property
    def log_prefix(self) -> str:
        """How the names of log streams begin."""
        return self.task or "broker"

    @property
    def _task(self) -> str:
        return f"_{self.task}" if self.task else ""

    def problems(self) -> Iterator[str]:
        """In words, each name that would meet another or that AWS would refuse (API reference of each service)."""
        if not re.fullmatch(KEY, self.integration):
            yield (
                f"{self.integration!r} cannot be an integration's name: up to 32 lower-case letters, digits and"
                " hyphens, with a letter first"
            )
        for what, name, limit in (
            ("role", self.execution_role, MAX_ROLE_NAME),
            ("role", self.task_role, MAX_ROLE_NAME),
            ("security group", self.component, 255 - _SUFFIX),
            ("log group", self.component, 512 - _SUFFIX),
            ("service", self.service, 255),
            ("task definition's family", self.family, 255),
        ):
            if len(name) > limit:
                yield f"the {what} {name} would have {len(name)} characters, and may have {limit}"


def tags_of(project: str, stack: str, integration: str | None = None) -> dict[str, str]:
    """Tags of what a stack makes, or of what belongs to one of its integrations."""
    found = {f"{TAG}:project": project, f"{TAG}:stack": stack}
    return found | ({f"{TAG}:integration": integration} if integration else {})
