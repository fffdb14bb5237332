"""One stack: who it is and what is asked of it."""

import functools
import json
import pathlib
import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast

import yaml

from broker.regions import Endpoints
from ecs.names import tags_of
from settings import yaml_file
from settings.demand import Demand, demand
from settings.integration_types import Integration
from settings.leaks import ENCRYPTED, find_elsewhere
from settings.network import Network
from settings.parse import mapping, parse
from settings.problems import Problem, SettingsError
from settings.provider import Provider, read_provider
from settings.roles import Roles
from settings.rules import across, role_names
from settings.warnings import about_new_network, warnings

ROOT = pathlib.Path(__file__).parent.parent


@dataclass(frozen=True)
class Settings:
    project: str
    stack: str
    region: str  # of AWS
    provider: Provider  # of AWS, in Pulumi
    not_followed: tuple[str, ...]  # of the provider's configuration: what the commands cannot do as well, and why
    endpoints: Endpoints  # of Snyk
    network: Network
    roles: Roles
    integrations: Mapping[str, Integration]
    warnings: tuple[str, ...]

    @property
    def demand(self) -> Demand:
        """What the stack takes of the account's quotas."""
        return demand(self.integrations.values(), self.network)

    def secret(self, integration: str) -> str:
        """Name or ARN of the secret with the integration's credentials."""
        return self.integrations[integration].secret or default_secret(self.project, self.stack, integration)

    def region_of(self, secret: str) -> str:
        """Region of a secret, which is in the stack's own unless its ARN names another.

        ECS reads a secret of another region, by its ARN, in the same account (ECS Developer Guide, "Specifying
        sensitive data" and "Private registry authentication for tasks").
        """
        return secret.split(":")[3] if secret.startswith("arn:") else self.region

    def aws_options(self, region: str) -> str:
        """Options of the AWS command line that lead to the stack's account."""
        profile = self.provider.profile
        return f"--region {region}" + (f" --profile {shlex.quote(profile)}" if profile else "")

    def tags(self, integration: str | None = None) -> dict[str, str]:
        """Tags of a resource of the stack, or of one of its integrations."""
        return tags_of(self.project, self.stack, integration)


def default_secret(project: str, stack: str, integration: str) -> str:
    """The name of a secret that the stack file does not name."""
    return f"{project}/{stack}/{integration}/credentials"


def load(project: str, stack: str, config: Mapping[str, str], secret_keys: Collection[str]) -> Settings:
    """Settings from the configuration that Pulumi hands to a program: texts, of which structured ones are JSON.

    Raises SettingsError with every problem.
    """
    values: dict[str, object] = {}
    for key, text in config.items():
        try:
            values[key] = {ENCRYPTED: None} if key in secret_keys else json.loads(text)
        except ValueError:
            values[key] = text
    return _settings(project, stack, values, f"Pulumi.{stack}.yaml")


def read(file: pathlib.Path) -> Settings:
    """Settings from a stack file, Pulumi.<stack>.yaml.

    Raises SettingsError with every problem, OSError when the file cannot be read.
    """
    values = {key: _structured(value) for key, value in mapping(_content(file).get("config")).items()}
    return _settings(project_name(), stack_name(file), values, str(file))


def environments(file: pathlib.Path) -> tuple[str, ...]:
    """Names of the Pulumi ESC environments in which further configuration of a stack file stands.

    What the file says itself goes before it. Raises as read() does.
    """
    found = _content(file).get("environment")
    imports = cast("object", found) if isinstance(found, list) else mapping(found).get("imports")
    names = cast("list[object]", imports) if isinstance(imports, list) else []
    return tuple(map(str, names)) or (("of the file's own",) if found else ())


def _content(file: pathlib.Path) -> Mapping[str, object]:
    try:
        return mapping(yaml_file.load(file.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeError) as error:
        # The parser's own words repeat the line, which might hold a credential.
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        problem = Problem(("config",), f"is not YAML, or has a key twice{where}")
        raise SettingsError(str(file), project_name(), [problem]) from None


def _structured(value: object) -> object:
    """A value as Pulumi hands it over: `pulumi config set` may have written structured ones as JSON in a text."""
    if isinstance(value, str) and value.startswith(("{", "[")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def stack_name(file: pathlib.Path) -> str:
    return file.name.removeprefix("Pulumi.").removesuffix(".yaml")


def project_name() -> str:
    return yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["name"]


def _settings(project: str, stack: str, config: Mapping[str, object], source: str) -> Settings:
    try:
        # What YAML can say and JSON cannot (lone surrogates, circles, dates) would fail later, with a traceback.
        config = json.loads(json.dumps(config, default=str, ensure_ascii=False).encode())
    except (TypeError, ValueError, RecursionError):
        problem = Problem(
            ("config",), "holds something other than texts, numbers, lists and mappings with texts as keys"
        )
        raise SettingsError(source, project, [problem]) from None
    prefix = f"{project}:"
    values = {key.removeprefix(prefix): value for key, value in config.items() if key.startswith(prefix)}
    parsed = parse(values)
    others = {key: value for key, value in config.items() if not key.startswith(prefix)}
    provider = read_provider(others)
    problems = [
        *provider.problems,
        *parsed.problems,
        *find_elsewhere(others),
        *across(parsed.integrations, functools.partial(default_secret, project, stack)),
        *(role_names(project, stack, parsed.integrations, parsed.stack.roles.name_prefix) if parsed.stack else ()),
    ]
    region = config.get("aws:region")
    if not isinstance(region, str) or not region:
        problems.insert(0, Problem(("aws:region",), "is required: where the clients run", "eu-central-1", missing=True))
    if parsed.stack is None or provider.settings is None or problems or not isinstance(region, str):
        raise SettingsError(source, project, problems)
    endpoints, network = parsed.stack.snyk.endpoints, parsed.stack.network
    of_network = about_new_network(network.create, parsed.integrations, endpoints) if network.create else ()
    return Settings(
        project=project,
        stack=stack,
        region=region,
        provider=provider.settings,
        not_followed=provider.not_followed,
        endpoints=endpoints,
        network=network,
        roles=parsed.stack.roles,
        integrations=MappingProxyType(parsed.integrations),
        warnings=(*of_network, *warnings(parsed.integrations)),
    )
