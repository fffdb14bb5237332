"""`secrets set` for container registries: what their agent decodes is exactly what was typed."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from broker.catalogue import REGISTRY_KINDS
from tests.ops.conftest import stack_file
from tests.ops.console import TOKEN, Console

HOST = "registry.acme.internal"
AGENT, URL = "http://agent.acme.internal:8081", "http://broker.acme.internal:8000"

# What JSON, shells and the client give a meaning to.
AWKWARD = r"""canary"quoted"\back\\slash\n'single'$HOME${HOME}$$`date`*?#{}[],:=@/%20&<>|;~!äßø日本🔑"""
PASSWORD = f"  {AWKWARD}  two  blanks\t"
GOOGLE_KEY = json.dumps({"type": "service_account", "private_key": f"canary\n{AWKWARD}\n"}, indent=2) + "\n"

USER_AND_PASSWORD = {"CR_USERNAME": f"robot$acme {AWKWARD}", "CR_PASSWORD": PASSWORD}
GIVEN: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys((kind for kind in REGISTRY_KINDS if kind != "ecr"), USER_AND_PASSWORD),
    "digitalocean-cr": {"CR_TOKEN": AWKWARD},
    "gcr": {"CR_PASSWORD": GOOGLE_KEY},
    "google-artifact-cr": {"CR_PASSWORD": GOOGLE_KEY},
}
DECODED: Mapping[str, tuple[str, str]] = {  # user and password
    **dict.fromkeys(GIVEN, (USER_AND_PASSWORD["CR_USERNAME"], USER_AND_PASSWORD["CR_PASSWORD"])),
    "digitalocean-cr": (AWKWARD, AWKWARD),
    "gcr": ("_json_key", GOOGLE_KEY),
    "google-artifact-cr": ("_json_key", GOOGLE_KEY),
}


def write_stack(console: Console, **registries: Mapping[str, str]) -> None:
    integrations = {
        name: {"type": "container-registry", "registry": {"agentUrl": AGENT, **registry}, "clientUrl": URL}
        for name, registry in registries.items()
    }
    stack_file(console.home, integrations)


def stored(console: Console, name: str = "registry") -> dict[str, str]:
    found = console.secrets().get_secret_value(SecretId=f"snyk-broker/test/{name}/credentials")
    return json.loads(found["SecretString"])


def decoded(values: Mapping[str, str]) -> Any:
    """As the agent reads it."""
    return json.loads(base64.b64decode(values["CR_CREDENTIALS"], validate=True))


def test_the_agent_decodes_what_was_typed_for_every_kind(console: Console) -> None:
    write_stack(console, **{kind: {"kind": kind, "host": HOST} for kind in GIVEN})
    done = [console.set({"BROKER_TOKEN": TOKEN, **given}, integration=kind) for kind, given in GIVEN.items()]
    assert [one.returncode for one in done] == [0] * len(GIVEN)
    for kind, (user, password) in DECODED.items():
        values = stored(console, kind)
        assert set(values) == {"BROKER_TOKEN", "CR_CREDENTIALS"}
        assert decoded(values) == {"type": kind, "username": user, "password": password, "registryBase": HOST}


def test_a_role_needs_no_credentials_and_takes_none(console: Console) -> None:
    role = "arn:aws:iam::123456789012:role/snyk"
    write_stack(console, registry={"kind": "ecr", "roleArn": role, "region": "eu-central-1"})
    refused = console.set({"BROKER_TOKEN": TOKEN, **USER_AND_PASSWORD}, integration="registry")
    assert refused.returncode == 1
    assert "CR_PASSWORD is no credential of this integration; it has BROKER_TOKEN" in refused.stderr
    assert not console.exists()
    assert "Still missing" not in console.set({"BROKER_TOKEN": TOKEN}, integration="registry").stdout
    assert stored(console) == {"BROKER_TOKEN": TOKEN}


def test_user_and_password_change_together_and_the_token_alone(console: Console) -> None:
    write_stack(console, registry={"kind": "harbor-cr", "host": HOST})
    console.set({"BROKER_TOKEN": TOKEN, **USER_AND_PASSWORD}, integration="registry")
    before, token = stored(console), TOKEN.replace("0", "1")
    refused = console.set({"CR_PASSWORD": "canary"}, integration="registry")
    assert refused.returncode == 1
    assert "CR_USERNAME is missing; a registry's credentials change together" in refused.stderr
    assert stored(console) == before
    assert console.set({"BROKER_TOKEN": token}, integration="registry").returncode == 0
    assert stored(console) == before | {"BROKER_TOKEN": token}


def test_a_password_that_is_typed_in_a_terminal_arrives_as_it_is(console: Console) -> None:
    write_stack(console, registry={"kind": "harbor-cr", "host": HOST})
    terminal = console.terminal("secrets", "set", str(console.stack_file), "registry")
    for prompt, answer in (("BROKER_TOKEN", TOKEN), ("CR_USERNAME", "robot$acme"), ("CR_PASSWORD", AWKWARD)):
        terminal.asked(prompt)
        terminal.type(f"{answer}\n")
    assert terminal.end() == 0
    assert "canary" not in terminal.screen
    assert decoded(stored(console))["password"] == AWKWARD


def test_a_key_is_read_from_its_file(console: Console) -> None:
    write_stack(console, registry={"kind": "gcr", "host": HOST})
    (console.home / "key.json").write_text(GOOGLE_KEY, encoding="utf-8")
    terminal = console.terminal("secrets", "set", str(console.stack_file), "registry")
    terminal.asked("BROKER_TOKEN")
    terminal.type(f"{TOKEN}\n")
    terminal.asked("CR_PASSWORD or @FILE")
    terminal.type("@~/nowhere.json\n")
    terminal.read_until("nowhere.json cannot be read.")
    terminal.asked("CR_PASSWORD or @FILE")
    terminal.type("@~/key.json\n")
    assert terminal.end() == 0
    assert "canary" not in terminal.screen
    assert decoded(stored(console))["password"] == GOOGLE_KEY


def test_the_forms_of_a_missing_credential_are_those_of_its_parts(console: Console) -> None:
    write_stack(console, registry={"kind": "nexus-cr", "host": HOST})
    asked = {"BROKER_TOKEN", "CR_USERNAME", "CR_PASSWORD"}

    def forms() -> set[str]:
        return set(json.loads(console.status("--json").stdout)["integrations"]["registry"]["forms"])

    assert forms() == asked
    console.set({"BROKER_TOKEN": TOKEN}, integration="registry")
    assert forms() == asked - {"BROKER_TOKEN"}
    console.set({"BROKER_TOKEN": TOKEN, **USER_AND_PASSWORD}, integration="registry")
    assert forms() == set()
