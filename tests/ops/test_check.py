import json
import time
from pathlib import Path

import pytest

from ops.check import check
from tests.ops.conftest import stack_file
from tests.ops.console import Console
from tests.stack_files import ROOT, STACK_FILES

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
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{console.stack_file} is right.\n", "")


def test_without_a_file_all_stacks_are_checked(console: Console) -> None:
    done = console.run("check", "--json")
    assert done.returncode == 0
    assert [one["file"] for one in json.loads(done.stdout)] == [str(file) for file in STACK_FILES]


def test_a_warning_is_shown_and_is_no_failure(console: Console) -> None:
    stack_file(console.home, {"github": {"type": "github-com", "replicas": 1}})
    done = console.run("check", str(console.stack_file))
    right, warning = done.stdout.splitlines()
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
    assert (done.returncode, done.stdout) == (1, f"{console.stack_file} is right.\n")
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
        {"file": str(file), "problems": [replicas, host], "warnings": []},
        {"file": str(console.stack_file), "problems": [], "warnings": []},
    ]


def test_files_that_cannot_be_read_are_problems_like_others(console: Console) -> None:
    broken = written(console.home, "broken", "config:\n  a: [canary\n")
    binary = written(console.home, "binary", b"\xff\xfe")
    failing = console.home / "Pulumi.failing.yaml"
    failing.symlink_to("/proc/self/mem")  # which anybody may open, and nobody read at its start
    done = console.run("check", *map(str, (broken, binary, failing, console.stack_file)))
    assert (done.returncode, done.stdout) == (1, f"{console.stack_file} is right.\n")
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


def test_checking_takes_less_than_a_second() -> None:
    start = time.process_time()
    check([SHOWCASE])
    assert time.process_time() - start < 1
