"""What the published client makes of the environment that is rendered for it."""

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from broker.client import client
from broker.egress import Egress, egress
from broker.regions import REGIONS
from sandbox.rehearsal import broker_home
from sandbox.rehearsal.packages import Packages
from settings import Integration
from settings.clients import client_spec, secret_values
from settings.parse import parse

EU = REGIONS["SNYK-EU-01"]
SCRIPT = Path(__file__).parent / "load_rules.cjs"
TOKEN, CANARY = "0a1b2c3d-0a1b-4c3d-8e9f-0123456789ab", "canary"

Asked = Mapping[str, object]  # an integration of a stack file
Rule = Mapping[str, Any]


@dataclass(frozen=True)
class Loaded:
    """A client that has loaded its rules. The value of every secret holds the canary."""

    image_tag: str
    given: frozenset[str]  # variables that are rendered, secrets among them
    egress: tuple[Egress, ...]
    public: list[Rule]
    private: list[Rule]
    variables: Mapping[str, str]  # that the rules use, with their values
    signs_commits: bool


@dataclass(frozen=True)
class RealClient:
    packages: Packages
    data: Path  # a copy of the Broker's source, or as much of it as has rules and defaults
    homes: Path

    def load(self, asked: Mapping[str, Asked]) -> dict[str, Loaded]:
        """Start all the clients as far as their rules, in one process."""
        integrations = {name: _integration(one) for name, one in asked.items()}
        tags = {name: one.entry.tag(one.fields) for name, one in integrations.items()}
        environments = {name: _environment(one) for name, one in integrations.items()}
        clients = [{"home": str(self._home(tags[name])), "environment": environments[name]} for name in asked]
        # The client's data is found from where its modules seem to be: in its home.
        flags = ("--preserve-symlinks", "--preserve-symlinks-main")
        node = self.packages.modules / self.packages.client_node
        run = subprocess.run(
            [node, *flags, SCRIPT], input=json.dumps(clients).encode(), capture_output=True, check=False
        )
        assert run.returncode == 0, run.stderr.decode()
        return {
            name: Loaded(
                image_tag=tags[name],
                given=frozenset(environments[name]),
                egress=egress(client_spec(integrations[name]), EU),
                public=found["rules"]["public"],
                private=found["rules"]["private"],
                variables=found["variables"],
                signs_commits=found["signs"],
            )
            for name, found in zip(asked, json.loads(run.stdout), strict=True)
        }

    def template(self, image_tag: str) -> Mapping[str, list[Rule]]:
        """The basic rules in an image."""
        return json.loads((self._home(image_tag) / "accept.json").read_text(encoding="utf-8"))

    def defaults(self, image_tag: str) -> Mapping[str, str]:
        """The variables in an image's .env, which hold where nothing else is given."""
        text = (self._home(image_tag) / ".env").read_text(encoding="utf-8")
        return dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))

    def further_rules(self, name: str) -> list[Rule]:
        """A set of rules that a flag adds."""
        return json.loads((self.data / "defaultFilters" / f"{name}.json").read_text(encoding="utf-8"))

    def _home(self, image_tag: str) -> Path:
        home = self.homes / image_tag
        if not home.exists():
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv(broker_home.VARIABLE, str(self.data))
                broker_home.lay_out(f"snyk/broker:{image_tag}", image_tag, home)
            (home / "node_modules").symlink_to(self.packages.modules)
        return home


def _integration(asked: Asked) -> Integration:
    network = {"create": {"cidr": "10.40.0.0/16"}}
    parsed = parse({"snyk": {"region": "SNYK-EU-01"}, "network": network, "integrations": {"it": asked}})
    assert [problem.text("snyk-broker") for problem in parsed.problems] == []
    return parsed.integrations["it"]


def _environment(integration: Integration) -> dict[str, str]:
    forms = {credential.name: credential.form for credential in secret_values(integration)}
    secrets = {name: form.replace("{word}", CANARY).replace("{uuid}", TOKEN) for name, form in forms.items()}
    return {**client(client_spec(integration), EU).environment, **secrets}
