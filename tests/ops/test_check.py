import json
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from ops.check import check
from tests.ops.conftest import stack_file
from tests.ops.console import Console
from tests.registry import Registry, served
from tests.stack_files import ROOT, STACK_FILES

TAKES = "  It takes 2 vCPUs of Fargate, 3 while all clients are replaced (AWS's default quota: 6)"
SHOWCASE = ROOT / "stacks" / "Pulumi.showcase.yaml"
NOWHERE = "http://127.0.0.1:1"  # an AWS that cannot be reached: checking needs none


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return Console(NOWHERE, tmp_path, stack_file(tmp_path, {"github": {"type": "github-com"}}))


def written(folder: Path, name: str, text: str | bytes) -> Path:
    file = folder / f"Pulumi.{name}.yaml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def wrong(folder: Path, name: str) -> Path:
    """A stack file with two problems."""
    (folder / name).mkdir()
    return stack_file(folder / name, {"github": {"type": "github-com", "replicas": 9}, "lab": {"type": "gitlab"}})


def test_a_right_file_is_said_to_be_right(console: Console) -> None:
    done = console.run("check", str(console.stack_file))
    takes = f"{TAKES}, 2 elastic IP addresses (5) and 1 VPC (5)."
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{console.stack_file} is right.\n{takes}\n", "")


def test_without_a_file_all_stacks_are_checked(console: Console) -> None:
    done = console.run("check", "--json")
    assert done.returncode == 0
    assert [one["file"] for one in json.loads(done.stdout)] == [str(file) for file in STACK_FILES]


def test_a_warning_is_shown_and_is_no_failure(console: Console) -> None:
    stack_file(console.home, {"github": {"type": "github-com", "replicas": 1}})
    done = console.run("check", str(console.stack_file))
    right, _, warning = done.stdout.splitlines()
    assert (done.returncode, right) == (0, f"{console.stack_file} is right.")
    assert warning.startswith("  warning: integrations.github: one replica is no redundancy")


def test_a_person_reads_each_problem_with_what_to_write(console: Console) -> None:
    file = wrong(console.home, "a")
    done = console.run("check", str(file))
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr
        == f"""\
{file} has 2 problems; nothing was changed. Below each stands what to write.
  1. integrations.github.replicas: must be 4 or less
       snyk-broker:integrations:
         github:
           replicas: 2
  2. integrations.lab.host: is required
       snyk-broker:integrations:
         lab:
           host: gitlab.acme.internal
"""
    )


def test_all_problems_of_all_files_are_reported(console: Console) -> None:
    first, second = wrong(console.home, "a"), wrong(console.home, "b")
    done = console.run("check", str(first), str(console.stack_file), str(second))
    assert (done.returncode, done.stdout.splitlines()[:-1]) == (1, [f"{console.stack_file} is right."])
    assert [line for line in done.stderr.splitlines() if " has 2 problems" in line] == [
        f"{file} has 2 problems; nothing was changed. Below each stands what to write." for file in (first, second)
    ]
    assert done.stderr.count("integrations.github.replicas: must be 4 or less") == 2


def test_a_machine_reads_the_same(console: Console) -> None:
    file = wrong(console.home, "a")
    done = console.run("check", "--json", str(file), str(console.stack_file))
    assert (done.returncode, done.stderr) == (1, "")
    replicas = {"path": ["integrations", "github", "replicas"], "what": "must be 4 or less", "fix": 2}
    host = {"path": ["integrations", "lab", "host"], "what": "is required", "fix": "gitlab.acme.internal"}
    assert json.loads(done.stdout) == [
        {"file": str(file), "problems": [replicas, host], "warnings": [], "notes": [], "demand": None},
        {
            "file": str(console.stack_file),
            "problems": [],
            "warnings": [],
            "notes": [],
            "demand": {"vcpus": 2, "vcpusAtPeak": 3, "elasticIps": 2, "vpcs": 1},
        },
    ]


def test_files_that_cannot_be_read_are_problems_like_others(console: Console) -> None:
    broken = written(console.home, "broken", "config:\n  a: [canary\n")
    binary = written(console.home, "binary", b"\xff\xfe")
    failing = console.home / "Pulumi.failing.yaml"
    failing.symlink_to("/proc/self/mem")  # which anybody may open, and nobody read at its start
    done = console.run("check", *map(str, (broken, binary, failing, console.stack_file)))
    assert (done.returncode, done.stdout.splitlines()[:-1]) == (1, [f"{console.stack_file} is right."])
    assert "canary" not in done.stderr
    assert [line for line in done.stderr.splitlines() if line.startswith("  1. ")] == [
        "  1. config: is not YAML, or has a key twice (line 3, column 1)",
        "  1. config: is not YAML, or has a key twice",
        "  1. config: cannot be read: Input/output error",
    ]


@pytest.mark.parametrize("name", ["Pulumi.nowhere.yaml", "."])
def test_what_is_no_file_is_a_wrong_argument(console: Console, name: str) -> None:
    done = console.run("check", str(console.home / name))
    assert (done.returncode, done.stdout) == (2, "")
    assert "Invalid value for 'files'" in done.stderr


NEXUS = {"type": "nexus", "host": "nexus.acme.internal", "replicas": 1}


def of_registry(folder: Path, name: str, acme: Registry, **versions: str) -> Path:
    """A stack file whose integrations are of that registry, each with its version."""
    (folder / name).mkdir()
    image = {"repository": acme.image("client")}
    integrations = {key: {**NEXUS, "image": {**image, "version": version}} for key, version in versions.items()}
    return stack_file(folder / name, integrations)


@pytest.fixture
def acme() -> Generator[Registry]:
    """Gives a registry with one image."""
    with served(Registry(has={"client:7.1.0-nexus"})) as acme:
        yield acme


def test_only_online_are_registries_asked(console: Console, acme: Registry) -> None:
    file = of_registry(console.home, "a", acme, old="7.0.0")
    assert console.run("check", str(file)).returncode == 0
    assert acme.asked == []


def test_online_a_missing_image_is_a_problem_beside_the_warnings(console: Console, acme: Registry) -> None:
    right, other = (of_registry(console.home, name, acme, new="7.1.0") for name in ("a", "b"))
    lacking = of_registry(console.home, "c", acme, new="7.1.0", old="7.0.0")
    done = console.run("check", "--online", *map(str, (right, other, lacking, wrong(console.home, "d"))))
    assert done.returncode == 1
    assert [line for line in done.stdout.splitlines() if "is right" in line] == [
        f"{right} is right.",
        f"{other} is right.",
    ]
    assert done.stdout.count("one replica is no redundancy") == 4
    assert done.stderr.startswith(f"{lacking} has 1 problem; nothing was changed.")
    assert (
        f"  1. integrations.old.image: {acme.host} has no image {acme.host}/client:7.0.0-nexus:"
        " name a version that is there, or push the image\n" in done.stderr
    )
    assert "integrations.lab.host: is required" in done.stderr
    assert len([asked for asked in acme.asked if asked.endswith("/7.1.0-nexus")]) == 1  # of three files


def test_online_a_registry_that_says_nothing_is_a_note_and_no_failure(console: Console, acme: Registry) -> None:
    acme.status = 403
    file = of_registry(console.home, "a", acme, one="7.1.0")
    words = f"integrations.one.image: whether {acme.host} has the image {acme.host}/client:7.1.0-nexus is unknown"
    done = console.run("check", "--online", str(file))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, f"  note: {words}: it asks for credentials")
    as_json = console.run("check", "--online", "--json", str(file))
    (report,) = json.loads(as_json.stdout)
    assert (as_json.returncode, report["problems"], report["notes"]) == (0, [], [f"{words}: it asks for credentials"])


def test_checking_takes_less_than_a_second() -> None:
    start = time.process_time()
    check([SHOWCASE])
    assert time.process_time() - start < 1
