"""Stack files whose configuration stands in Pulumi ESC. The command pulumi is a stand-in: it answers as it is told to.

The form of its answers is that of Pulumi 3.259.0, which was asked on a stack of its own.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tests.ops.console import Console
from tests.stack_files import ROOT, SMALLEST

NAMES = ["acme/broker", "acme/live"]
INTEGRATIONS = {"lab": {"type": "jira", "host": "jira.acme.internal", "username": "snyk"}}
WHOLE: Mapping[str, object] = {
    "aws:region": "eu-west-3",
    "aws:allowedAccountIds": ["123456789012"],
    **{f"snyk-broker:{key}": value for key, value in {**SMALLEST, "integrations": INTEGRATIONS}.items()},
}


@pytest.fixture
def console(endpoint: str, tmp_path: Path) -> Console:
    """Gives a console with a stack file that says next to nothing itself."""
    return Console(endpoint, tmp_path, written(tmp_path, {}))


def written(folder: Path, config: Mapping[str, object], environment: object = NAMES) -> Path:
    file = folder / "Pulumi.test.yaml"
    file.write_text(yaml.safe_dump({"environment": environment, "config": config}), encoding="utf-8")
    return file


def answer(config: Mapping[str, object], secrets: tuple[str, ...] = ()) -> str:
    """What `pulumi config --json` prints."""
    entries: dict[str, object] = {key: {"secret": True} for key in secrets}
    for key, value in config.items():
        entry = {"value": value} if isinstance(value, str) else {"value": json.dumps(value), "objectValue": value}
        entries[key] = {**entry, "secret": False}
    return json.dumps(entries)


def install(console: Console, prints: str, *, opened: str = "", complaint: str = "", code: int = 0) -> None:
    """A command pulumi on the console's PATH, which notes how it is called."""
    for name, text in (("closed", prints), ("opened", opened), ("complaint", complaint)):
        (console.home / name).write_text(text, encoding="utf-8")
    script = console.home / "bin" / "pulumi"
    script.parent.mkdir()
    script.write_text(
        f'#!/bin/sh\ncd "{console.home}"\necho "$OLDPWD $*" >> calls\n/bin/cat complaint >&2\n'
        f'case "$*" in *--open) /bin/cat opened;; *) /bin/cat closed;; esac\nexit {code}\n',
        encoding="utf-8",
    )
    script.chmod(0o755)


def calls(console: Console) -> list[str]:
    return (console.home / "calls").read_text(encoding="utf-8").splitlines()


def run(console: Console, *arguments: str):  # noqa: ANN201 - as the console's
    environment = console.environment | {"PATH": str(console.home / "bin")}
    return console.run(*arguments, environment=environment)


def test_a_command_reads_what_the_environments_hold(console: Console) -> None:
    install(console, answer(WHOLE))
    done = run(console, "secrets", "status", str(console.stack_file), "--json")
    found = json.loads(done.stdout)
    assert (found["region"], list(found["integrations"])) == ("eu-west-3", ["lab"])
    options = f"--non-interactive --stack test --config-file {console.stack_file}"
    assert calls(console) == [f"{ROOT} config --json --show-secrets=false {options}"]


def test_a_file_without_environments_needs_no_pulumi(console: Console) -> None:
    install(console, "", code=1)
    written(console.home, WHOLE, None)
    assert run(console, "check", str(console.stack_file)).returncode == 0
    assert not (console.home / "calls").exists()


def test_what_is_wrong_in_an_environment_is_a_problem(console: Console) -> None:
    install(console, answer({**WHOLE, "snyk-broker:defaults": {"replicas": 9}}))
    done = run(console, "check", str(console.stack_file))
    assert done.returncode == 1
    assert "defaults.replicas: must be 4 or less" in done.stderr


def test_a_whole_configuration_is_right(console: Console) -> None:
    install(console, answer(WHOLE))
    done = run(console, "check", str(console.stack_file))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{console.stack_file} is right.\n")


def test_a_secret_of_an_environment_is_as_encrypted_as_one_of_the_file(console: Console) -> None:
    install(console, answer(WHOLE, secrets=("aws:profile", "snyk-broker:defaults")))
    done = run(console, "check", str(console.stack_file))
    assert (done.returncode, done.stderr.count("\n  ")) == (1, 1)
    assert "defaults: is an encrypted value" in done.stderr


def test_an_environment_is_opened_only_for_what_is_unknown_before(console: Console) -> None:
    unknown = {**WHOLE, "snyk-broker:network": {"existing": {"vpcId": "[unknown]"}}}
    install(console, answer(unknown), opened=answer(WHOLE))
    assert run(console, "check", str(console.stack_file)).returncode == 0
    assert [call.endswith(" --open") for call in calls(console)] == [False, True]


REFUSED = "backend file does not support environments"


@pytest.mark.parametrize(
    ("pulumi", "why"),
    [
        pytest.param(None, "there is no command pulumi", id="no pulumi"),
        pytest.param({"prints": "", "complaint": f"note\nerror: {REFUSED}\n", "code": 1}, REFUSED, id="refused"),
        pytest.param({"prints": "", "code": 7}, "pulumi config ended with code 7", id="no words"),
        pytest.param({"prints": "Enter a passphrase"}, "pulumi config printed something other than JSON", id="no JSON"),
        pytest.param(
            {"prints": answer({"aws:region": "[unknown]"}), "opened": answer({"aws:region": "[unknown]"})},
            "pulumi config tells [unknown] for a value of it",
            id="unknown when opened",
        ),
    ],
)
def test_without_its_environments_a_file_is_checked_as_far_as_it_goes(
    console: Console, pulumi: Mapping[str, str] | None, why: str
) -> None:
    if pulumi:
        install(console, **pulumi)  # pyright: ignore[reportArgumentType]
    file = console.stack_file
    note = (
        f"Configuration of {file} stands in the Pulumi ESC environment acme/broker, acme/live, which could not be read:"
        f" {why}. Log in with: pulumi login"
    )
    checked = run(console, "check", str(file))
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == (
        f"{file} is right as far as it goes.\n  warning: {note}. What is missing here was not looked for\n"
    )
    asked = run(console, "secrets", "status", str(file))
    assert (asked.returncode, asked.stdout, asked.stderr) == (1, "", f"{note}\n")


def test_what_is_wrong_in_the_file_itself_is_found_all_the_same(console: Console) -> None:
    """And what may stand in the environment is no problem, however deep it is missing."""
    written(
        console.home,
        {
            "aws:profil": "acme",
            "snyk-broker:integrations": {
                "apps": {"type": "apprisk"},
                "lab": {"type": "gitlab"},
                "plain": {"replicas": 7},
                "registry": {"type": "container-registry", "registry": {"kind": "harbor-cr"}},
            },
        },
    )
    done = run(console, "check", "--json", str(console.stack_file))
    (found,) = json.loads(done.stdout)
    assert done.returncode == 1
    paths = [problem["path"] for problem in found["problems"]]
    assert paths == [["aws:profil"], ["integrations", "plain", "replicas"]]
    assert "acme/broker, acme/live" in found["warnings"][0]


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        pytest.param(["acme/one"], "environment acme/one, which", id="a list"),
        pytest.param({"imports": ["acme/two"], "values": {}}, "environment acme/two, which", id="imports"),
        pytest.param({"values": {"pulumiConfig": {}}}, "environment of the file's own, which", id="its own"),
    ],
)
def test_the_environment_is_named(console: Console, environment: object, told: str) -> None:
    file = written(console.home, {}, environment)
    assert told in run(replace(console, stack_file=file), "check", str(file)).stdout
