"""python -m tests.engine.record_release: keeps the state of this version, on which later ones are tried.

Deploys releases/Pulumi.release.yaml on a local AWS of its own and writes what Pulumi then holds, without what differs
from run to run. There is no credential in a state; those of the local AWS are generated, and in its secrets only.
"""

import json
import tempfile
import tomllib
from pathlib import Path

from tests.checkout import ROOT, Checkout

RELEASES = Path(__file__).parent / "releases"
STACK_FILE = RELEASES / "Pulumi.release.yaml"
STACK = "release"


def checkout_at(folder: Path) -> Checkout:
    """A copy of the checkout that has the release's stack file."""
    checkout = Checkout.copied_to(folder)
    (folder / "stacks" / STACK_FILE.name).write_text(STACK_FILE.read_text())
    return checkout


def main() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    with tempfile.TemporaryDirectory() as folder:
        checkout = checkout_at(Path(folder))
        try:
            checkout.sandbox("--stack", STACK, "up")
            exported = checkout.sandbox("--stack", STACK, "pulumi", "--", "stack", "export").stdout
        finally:
            checkout.sandbox("down")
    state = json.loads(exported)
    del state["deployment"]["secrets_providers"]  # nothing is encrypted: there is no secret
    for resource in state["deployment"]["resources"]:
        for key in ("created", "modified", "sourcePosition", "stackTrace"):
            resource.pop(key, None)
    file = RELEASES / f"{version}.json"
    file.write_text(json.dumps(state, indent=1, sort_keys=True) + "\n")
    print(f"Wrote {file.relative_to(ROOT)}: {len(state['deployment']['resources'])} resources.")  # noqa: T201


if __name__ == "__main__":
    main()
