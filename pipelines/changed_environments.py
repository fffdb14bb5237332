"""python -m pipelines.changed_environments ROLE_VARIABLE: the environments that a change concerns.

Reads the changed files, each ended by NUL, from stdin, and the repository's variables as JSON from $VARIABLES. Prints a
list for a job's matrix as a step's output. The role of the environment prod is the variable ROLE_VARIABLE_PROD; an
environment that has none is not deployed, and is left out with a notice.
"""

import json
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import yaml

STACKS = Path("stacks")
STACK_FILE = re.compile(r"stacks/Pulumi\.[^/]+\.yaml")
SHOWN_LOCALLY = re.compile(r"sandbox|showcase(-.*)?")  # stacks for the local AWS only

# What no stack is made from. All else is taken for the program: an update without changes costs minutes, while a change
# that is overlooked is never deployed.
BESIDE_THE_PROGRAM = re.compile(
    r"(\.ci|\.github|docs|examples|ops|pipelines|sandbox|tests)/.*"
    r"|\.gitignore|\.pre-commit-config\.yaml|[^/]*\.md|LICENSE|Makefile|pyproject\.toml"
    r"|requirements\.in|requirements-dev\.(in|txt)"  # but for requirements.txt, which is what is installed
)


def environments(stacks: Path) -> list[str]:
    names = (file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in stacks.glob("Pulumi.*.yaml"))
    return sorted(name for name in names if not SHOWN_LOCALLY.fullmatch(name))


def changed(environments: Iterable[str], files: Iterable[str]) -> list[str]:
    """Those of the environments whose stack file is among the files; all of them when the program is."""
    inputs = {file for file in files if not BESIDE_THE_PROGRAM.fullmatch(file)}
    if any(not STACK_FILE.fullmatch(file) for file in inputs):
        return list(environments)
    return [environment for environment in environments if f"stacks/Pulumi.{environment}.yaml" in inputs]


def role_variable(prefix: str, environment: str) -> str:
    """The name of the variable with an environment's role: GitHub allows capitals, digits and underscores."""
    return f"{prefix}_{re.sub('[^A-Z0-9]', '_', environment.upper())}"


def region(stack_file: Path) -> str:
    return yaml.safe_load(stack_file.read_text(encoding="utf-8"))["config"]["aws:region"]


def main() -> None:
    prefix = sys.argv[1]
    variables: dict[str, str] = json.loads(os.environ["VARIABLES"])
    matrix: list[dict[str, str]] = []
    for environment in changed(environments(STACKS), sys.stdin.read().split("\0")[:-1]):
        variable = role_variable(prefix, environment)
        if role := variables.get(variable):
            file = STACKS / f"Pulumi.{environment}.yaml"
            matrix.append({"environment": environment, "role": role, "region": region(file)})
        else:
            sys.stderr.write(
                f"::notice title={environment} is skipped::The repository has no variable {variable}."
                " docs/pipelines.md tells how to set it up.\n"
            )
    sys.stdout.write(f"environments={json.dumps(matrix)}\n")


if __name__ == "__main__":
    main()
