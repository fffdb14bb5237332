"""How long the program takes: `make bench`. Figures vary between runs, so compare within one, and quote ratios."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).parents[2]))

import settings
from tests.checkout import ROOT, Checkout

ROUNDS = 7
FLAT = ("-C", "tests/bench/flat")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        checkout = Checkout.copied_to(Path(folder))
        try:
            for name, seconds in figures(checkout):
                print(f"{name:<68}{seconds:>8}", flush=True)  # noqa: T201
        finally:
            checkout.sandbox("down")


def figures(checkout: Checkout) -> Iterator[tuple[str, str]]:
    yield "importing the program (settings, components and Pulumi's SDK)", seconds(median(importing))
    yield "`sandbox up` from nothing, with the start of the local AWS", seconds(timed(lambda: checkout.sandbox("up")))
    yield "`sandbox up` without changes", seconds(median(lambda: timed(lambda: checkout.sandbox("up"))))
    pulumi(checkout, *FLAT, "stack", "init", "sandbox")
    pulumi(checkout, *FLAT, "config", "set", "aws:region", "eu-central-1")
    pulumi(checkout, *FLAT, "up", "--yes", "--skip-preview")
    ours, flat = paired(lambda: preview(checkout), lambda: preview(checkout, *FLAT))
    yield "preview without changes, as the engine measures it", seconds(ours)
    yield "the same of a flat script with the same resources", seconds(flat)
    yield "ratio of the two", f"{ours / flat:.2f}"
    yield "`ops check` of all stack files", seconds(median(lambda: timed(lambda: ops(checkout, "check"))))
    yield "reading the stack `showcase`, once the modules are there", seconds(reading())
    for count in (1, 10, 100):
        taken = previewing(checkout, count)
        yield f"preview of a new stack with {count} integrations", seconds(taken)
        yield "  for each of them", seconds(taken / count)


def ops(checkout: Checkout, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "ops", *arguments], cwd=checkout.root, capture_output=True, check=True)


def reading() -> float:
    return timed(lambda: settings.read(ROOT / "stacks" / "Pulumi.showcase.yaml"))


def previewing(checkout: Checkout, count: int) -> float:
    """The preview of a stack whose secrets are not there yet: half of the integrations are GitLab, half GitHub."""
    file = checkout.root / "stacks" / f"Pulumi.many{count}.yaml"
    content = yaml.safe_load((ROOT / "stacks" / "Pulumi.sandbox.yaml").read_text())
    kinds = ({"type": "github-com"}, {"type": "gitlab", "host": "gitlab.acme.internal"})
    content["config"]["snyk-broker:integrations"] = {f"number-{n}": kinds[n % 2] for n in range(count)}
    file.write_text(yaml.safe_dump(content))
    answer = json.loads(checkout.sandbox("--stack", f"many{count}", "pulumi", "--", "preview", "--json").stdout)
    return answer["duration"] / 1e9


def importing() -> float:
    code = "import sys; sys.path.insert(0, '.'); import components, lookups"
    return timed(lambda: subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True))


def preview(checkout: Checkout, *where: str) -> float:
    answer = json.loads(pulumi(checkout, *where, "preview", "--json"))
    assert set(answer["changeSummary"]) == {"same"}, answer["changeSummary"]
    return answer["duration"] / 1e9


def pulumi(checkout: Checkout, *arguments: str) -> str:
    return checkout.sandbox("pulumi", "--", *arguments).stdout


def timed(work: Callable[[], object]) -> float:
    begin = time.monotonic()
    work()
    return time.monotonic() - begin


def median(measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(3))


def paired(one: Callable[[], float], other: Callable[[], float]) -> tuple[float, float]:
    """Medians of both, measured in turns, so that what else the machine does falls on both."""
    rounds = [(one(), other()) for _ in range(ROUNDS)]
    return statistics.median(first for first, _ in rounds), statistics.median(second for _, second in rounds)


def seconds(value: float) -> str:
    return f"{value:.2f} s"


if __name__ == "__main__":
    main()
