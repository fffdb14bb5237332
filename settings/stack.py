"""One stack: who it is and what is asked of it."""

import json
import pathlib
import typing
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import yaml

from broker.regions import Endpoints
from settings.model import Integration, Network, StackSettings
from settings.parse import parse
from settings.problems import Path, Problem, SettingsError

ROOT = pathlib.Path(__file__).parent.parent

# Tags that this program puts on what it makes, and reads again.
TAG = "snyk-broker"


@dataclass(frozen=True)
class Settings:
    project: str
    stack: str
    region: str  # of AWS
    endpoints: Endpoints  # of Snyk
    network: Network
    integrations: Mapping[str, Integration]
    warnings: tuple[str, ...]

    def secret(self, integration: str) -> str:
        """Name or ARN of the secret with the integration's credentials."""
        return self.integrations[integration].secret or f"{self.project}/{self.stack}/{integration}/credentials"

    def tags(self, integration: str | None = None) -> dict[str, str]:
        """Tags of a resource of the stack, or of one of its integrations."""
        tags = {f"{TAG}:project": self.project, f"{TAG}:stack": self.stack}
        return tags | ({f"{TAG}:integration": integration} if integration else {})


def load(project: str, stack: str, config: Mapping[str, str], secret_keys: Collection[str]) -> Settings:
    """Settings from the configuration that Pulumi hands to a program: texts, of which structured ones are JSON.

    Raises SettingsError with every problem.
    """
    values: dict[str, object] = {}
    for key, text in config.items():
        try:
            values[key] = {_ENCRYPTED: None} if key in secret_keys else json.loads(text)
        except ValueError:
            values[key] = text
    return _settings(project, stack, values, f"Pulumi.{stack}.yaml")


def read(file: pathlib.Path) -> Settings:
    """Settings from a stack file, Pulumi.<stack>.yaml.

    Raises SettingsError with every problem, OSError when the file cannot be read.
    """
    project = project_name()
    try:
        content: object = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeError) as error:
        # The parser's own words repeat the line, which might hold a credential.
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise SettingsError(str(file), project, [Problem(("config",), f"is not YAML{where}")]) from None
    return _settings(project, stack_name(file), _mapping(_mapping(content).get("config")), str(file))


def _mapping(value: object) -> dict[str, object]:
    return typing.cast("dict[str, object]", value) if isinstance(value, dict) else {}


def stack_name(file: pathlib.Path) -> str:
    return file.name.removeprefix("Pulumi.").removesuffix(".yaml")


def project_name() -> str:
    return yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["name"]


# How Pulumi marks an encrypted value in a stack file.
_ENCRYPTED = "secure"


def _encrypted(path: Path, value: object) -> Iterator[Problem]:
    inner = _mapping(value)
    if _ENCRYPTED in inner:
        what = "is an encrypted value. Credentials are kept outside Pulumi: python -m ops secrets set stores them"
        yield Problem(path, what)
        return
    for key, below in inner.items():
        yield from _encrypted((*path, key), below)


def _settings(project: str, stack: str, config: Mapping[str, object], source: str) -> Settings:
    try:
        config = json.loads(json.dumps(config, default=str, ensure_ascii=False).encode())
    except (TypeError, ValueError, RecursionError):
        problem = Problem(
            ("config",), "holds something other than texts, numbers, lists and mappings with texts as keys"
        )
        raise SettingsError(source, project, [problem]) from None
    prefix = f"{project}:"
    values = {key.removeprefix(prefix): value for key, value in config.items() if key.startswith(prefix)}
    encrypted = list(_encrypted((), values))
    asked, problems = (None, encrypted) if encrypted else parse(values)
    region = config.get("aws:region")
    if not isinstance(region, str) or not region:
        problems.insert(0, Problem(("aws:region",), "is required: where the clients run", "eu-central-1"))
    if asked is None or problems or not isinstance(region, str):
        raise SettingsError(source, project, problems)
    settings = Settings(
        project=project,
        stack=stack,
        region=region,
        endpoints=asked.snyk.endpoints,
        network=asked.network,
        integrations=MappingProxyType(asked.integrations),
        warnings=tuple(_warnings(asked)),
    )
    problems = list(_shared_secrets(settings))
    if problems:
        raise SettingsError(source, project, problems)
    return settings


def _shared_secrets(settings: Settings) -> Iterator[Problem]:
    # Clients of two integrations on one Broker token take each other's connections and share the limit of four.
    owners: dict[str, str] = {}
    for key in settings.integrations:
        secret = settings.secret(key)
        owner = owners.setdefault(secret, key)
        if owner != key:
            what = f"is the secret of {owner} too; each integration has a Broker token of its own"
            yield Problem(
                ("integrations", key, "secret"), what, f"{settings.project}/{settings.stack}/{key}/credentials"
            )


def _warnings(asked: StackSettings) -> list[str]:
    """What works and is unwise."""
    warnings: list[str] = []
    for key, integration in asked.integrations.items():
        if integration.replicas == 1:
            warnings.append(
                f"integrations.{key}: one replica is no redundancy: Snyk recommends two or more (replicas: 2)"
            )
        if integration.size.cpu < 1024:  # noqa: PLR2004
            warnings.append(
                f"integrations.{key}: size.cpu is below the one CPU that Snyk states for a client (cpu: 1024)"
            )
    return warnings
