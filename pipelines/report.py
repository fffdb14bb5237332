"""python -m pipelines.report TITLE < OUTPUT: a command's output as Markdown, short enough for a comment on GitHub."""

import os
import re
import sys

LIMIT = 65_000  # characters; GitHub takes 65,536, and a comment gets a marker


def report(title: str, output: str, commit: str, run: str) -> str:
    longest = max((len(ticks) for ticks in re.findall("`+", output)), default=0)
    fence = "`" * max(3, longest + 1)  # so that no output ends the block
    head = f"### {title}\n\nCommit {commit}, [log]({run}).\n\n<details><summary>Output</summary>\n\n{fence}text\n"
    tail = f"\n{fence}\n\n</details>\n"
    return head + shortened(output.strip("\n"), LIMIT - len(head) - len(tail)) + tail


def shortened(text: str, limit: int) -> str:
    """The text's start, and its end, where Pulumi counts the changes and names the errors."""
    if len(text) <= limit:
        return text
    notice = "\n\n… The middle is left out, since GitHub allows no longer text: the log has all of it. …\n\n"
    half = (limit - len(notice)) // 2
    # Whole lines, unless a single one is longer than the half.
    start, end = text[:half], text[-half:]
    return (start.rpartition("\n")[0] or start) + notice + (end.partition("\n")[2] or end)


def main() -> None:
    at = os.environ
    run = f"{at['GITHUB_SERVER_URL']}/{at['GITHUB_REPOSITORY']}/actions/runs/{at['GITHUB_RUN_ID']}"
    # On a pull request the runner's own commit is a merge that is in nobody's history.
    commit = at.get("COMMIT") or at["GITHUB_SHA"]
    sys.stdout.write(report(sys.argv[1], sys.stdin.read(), commit, run))


if __name__ == "__main__":
    main()
