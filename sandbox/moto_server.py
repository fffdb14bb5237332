"""The local AWS: Moto behind a small layer of ours, in a process of its own.

Started as `python -m sandbox.moto_server FD ID`: FD is a listening socket, ID names this process and its memory.
"""

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from moto.moto_server.werkzeug_app import (  # pyright: ignore[reportMissingTypeStubs] -- typed, not marked
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from sandbox import local_aws, local_ecs, local_secrets, paths
from sandbox.aws_calls import Call, call_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class SandboxLayer:
    """Tells the server's id and the calls it got, takes orders to fail, and keeps the answers to calls that create.

    A provider names a journal file in a header; the answer is beside that file before the provider has it. So
    what a killed provider created can be found and removed.
    """

    def __init__(self, aws: "WSGIApplication", server_id: str, work: Path) -> None:
        self._aws = aws
        self._id = server_id
        self._work = work.resolve()
        self._calls: list[Call] = []

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        own = self._own(environ)
        if own is not None:
            return own(environ, start_response)
        if call := call_of(environ):
            self._calls.append(call)
        journal = environ.pop("HTTP_X_SANDBOX_CREATE", None)
        if journal is None:
            return self._aws(environ, start_response)
        entry = Path(journal).resolve()
        if not entry.is_relative_to(self._work):
            return Response(f"{journal} is outside {self._work}", 400)(environ, start_response)
        response = Response.from_app(self._aws, environ, buffered=True)
        answer = {
            "status": response.status_code,
            "headers": dict(response.headers),
            "body": response.get_data(as_text=True),
        }
        unfinished = Path(f"{entry}.unfinished")
        unfinished.write_text(json.dumps(answer))
        unfinished.replace(f"{entry}.response")
        return response(environ, start_response)

    def _own(self, environ: "WSGIEnvironment") -> Response | None:
        """What is asked of the sandbox and not of AWS."""
        match environ["PATH_INFO"]:
            case local_aws.ID_PATH:
                return Response(self._id)
            case local_aws.CALLS_PATH:
                return Response(json.dumps([asdict(call) for call in self._calls]))
            case local_aws.FAILURES_PATH:
                order = json.loads(Request(environ).get_data())
                whose = order.pop("stack"), order.pop("integration")
                local_ecs.failures[whose] = local_ecs.Failure(**order)
                return Response(status=204)
            case _:
                return None


class QuietHandler(MotoRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keeps no access log: addresses hold names."""


def leave_when_forgotten(server_id: str) -> NoReturn:
    """Ends the process when no record leads to it any more, as when the checkout has been deleted."""
    while True:
        time.sleep(5)
        record = local_aws.recorded()
        if record is None or record.id != server_id:
            os._exit(0)


def main(fd: int, server_id: str) -> None:
    threading.Thread(target=leave_when_forgotten, args=(server_id,), daemon=True).start()
    local_ecs.install()
    local_secrets.install()
    host, port = socket.socket(fileno=os.dup(fd)).getsockname()
    application = SandboxLayer(DomainDispatcherApplication(create_backend_app), server_id, paths.WORK)
    make_server(host, port, application, threaded=True, request_handler=QuietHandler, fd=fd).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
