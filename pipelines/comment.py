"""python -m pipelines.comment KEY < TEXT: puts one comment of that key on a pull request, and edits it from then on."""

import json
import os
import sys
from typing import Any
from urllib.request import Request, urlopen

AUTHOR = "github-actions[bot]"
PER_PAGE = 100


def put(key: str, text: str) -> None:
    marker = f"<!-- {key} -->\n"  # which GitHub does not show
    repository = f"/repos/{os.environ['GITHUB_REPOSITORY']}"
    thread = f"{repository}/issues/{os.environ['PULL_REQUEST']}/comments"
    body = {"body": marker + text}
    if comment := own(thread, marker):
        call("PATCH", f"{repository}/issues/comments/{comment}", body)
    else:
        call("POST", thread, body)


def own(thread: str, marker: str) -> int | None:
    """The id of the comment with the marker. Another author's does not count: it cannot be edited."""
    page = 1
    while comments := call("GET", f"{thread}?per_page={PER_PAGE}&page={page}"):
        for comment in comments:
            if comment["user"]["login"] == AUTHOR and comment["body"].startswith(marker):
                return comment["id"]
        page += 1
    return None


def call(method: str, path: str, body: dict[str, str] | None = None) -> Any:
    request = Request(  # noqa: S310 - the runner sets the address
        os.environ["GITHUB_API_URL"] + path,
        method=method,
        data=json.dumps(body).encode() if body else None,
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}",
            "Content-Type": "application/json",
        },
    )
    with urlopen(request, timeout=30) as response:  # noqa: S310
        return json.load(response)


if __name__ == "__main__":
    put(sys.argv[1], sys.stdin.read())
