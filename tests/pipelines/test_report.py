import subprocess
import sys

import pytest

from pipelines.report import report, shortened
from tests.stack_files import ROOT

RUN = "https://github.com/acme/broker/actions/runs/7"


def test_a_report_says_what_it_is_about_and_holds_the_output() -> None:
    text = report("Preview of dev: success", "+ aws:ecs/service:Service\n", "abc123", RUN)
    assert text.startswith("### Preview of dev: success\n\nCommit abc123, [log](https://github.com/acme/broker/")
    assert "\n```text\n+ aws:ecs/service:Service\n```\n" in text


def test_output_cannot_end_its_block() -> None:
    text = report("T", "a\n```\n@everyone\n````\nb", "abc123", RUN)
    assert "\n`````text\n" in text
    assert text.endswith("b\n`````\n\n</details>\n")


@pytest.mark.parametrize("line", ["short", "ü" * 500, "x" * 200_000])
def test_a_report_fits_into_a_comment_and_keeps_both_ends(line: str) -> None:
    output = "\n".join(["first", *[line] * (200_000 // len(line)), "+ 12 to create"])
    text = report("T", output, "abc123", RUN)
    assert len("<!-- preview of some-environment -->\n" + text) <= 65_536  # what GitHub takes
    assert "first" in text
    assert "The middle is left out" in text
    assert "+ 12 to create" in text


def test_lines_are_not_cut() -> None:
    lines = [f"line {number}" for number in range(100)]
    kept = shortened("\n".join(lines), 400).splitlines()
    assert kept[0] == "line 0"
    assert kept[-1] == "line 99"
    assert {line for line in kept if line.startswith("line")} <= set(lines)


@pytest.mark.parametrize("pull_request", [{}, {"COMMIT": "def456"}], ids=["on main", "of a pull request"])
def test_the_command_takes_run_and_commit_from_the_runner(pull_request: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.report", "Update of dev: failure"],
        cwd=ROOT,
        env={
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "acme/broker",
            "GITHUB_RUN_ID": "7",
            "GITHUB_SHA": "abc123",
            **pull_request,
        },
        input="error: it failed",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == report(
        "Update of dev: failure", "error: it failed", pull_request.get("COMMIT", "abc123"), RUN
    )
