"""Comments, on a server that behaves as GitHub's does."""

import json
import subprocess
import sys
import threading
from collections.abc import Generator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.stack_files import ROOT

THREAD = "/repos/acme/broker/issues/5/comments"
BOT = "github-actions[bot]"


@dataclass
class GitHub:
    address: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    tokens: set[str | None] = field(default_factory=set[str | None])

    def add(self, author: str, body: str) -> dict[str, Any]:
        self.comments.append({"id": 100 + len(self.comments), "user": {"login": author}, "body": body})
        return self.comments[-1]

    def comment(self, key: str, text: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pipelines.comment", key],
            cwd=ROOT,
            env={
                "GITHUB_API_URL": self.address,
                "GITHUB_REPOSITORY": "acme/broker",
                "GITHUB_TOKEN": "made-up",
                "PULL_REQUEST": "5",
                "PYTHONUTF8": "1",
            },
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def github() -> Generator[GitHub]:
    state = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def answer(self, status: int, body: object) -> None:
            state.tokens.add(self.headers["Authorization"])
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def sent(self) -> str:
            return json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = parse_qs(url.query)
            size = int(query["per_page"][0])
            start = (int(query["page"][0]) - 1) * size
            self.answer(200, state.comments[start : start + size] if url.path == THREAD else {})

        def do_POST(self) -> None:
            if self.path != THREAD:
                self.answer(404, {})
                return
            self.answer(201, state.add(BOT, self.sent()))

        def do_PATCH(self) -> None:
            of_repository, _, number = self.path.rpartition("/")
            found = [comment for comment in state.comments if comment["id"] == int(number)]
            if of_repository != "/repos/acme/broker/issues/comments" or found[0]["user"]["login"] != BOT:
                self.answer(403, {})
                return
            found[0]["body"] = self.sent()
            self.answer(200, found[0])

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        state.address = f"http://127.0.0.1:{server.server_port}"
        yield state
        server.shutdown()
        thread.join()


def bodies(github: GitHub) -> list[str]:
    return [comment["body"] for comment in github.comments]


def test_the_comment_of_an_environment_is_edited_in_place(github: GitHub) -> None:
    assert github.comment("preview of dev", "first, ä").returncode == 0
    assert github.comment("preview of prod", "of prod").returncode == 0
    assert github.comment("preview of dev", "second").returncode == 0
    assert bodies(github) == ["<!-- preview of dev -->\nsecond", "<!-- preview of prod -->\nof prod"]
    assert github.tokens == {"Bearer made-up"}


def test_a_comment_is_found_on_a_later_page(github: GitHub) -> None:
    for number in range(150):
        github.add("somebody", f"remark {number}")
    github.add(BOT, "<!-- preview of dev -->\nfirst")
    assert github.comment("preview of dev", "second").returncode == 0
    assert len(github.comments) == 151
    assert bodies(github)[-1] == "<!-- preview of dev -->\nsecond"


def test_a_comment_of_somebody_else_is_left_alone(github: GitHub) -> None:
    github.add("somebody", "<!-- preview of dev -->\nquoted")
    assert github.comment("preview of dev", "ours").returncode == 0
    assert bodies(github) == ["<!-- preview of dev -->\nquoted", "<!-- preview of dev -->\nours"]


def test_a_refusal_fails_the_step_without_the_token_in_the_log(github: GitHub) -> None:
    github.address += "/elsewhere"
    done = github.comment("preview of dev", "text")
    assert done.returncode != 0
    assert "made-up" not in done.stdout + done.stderr
