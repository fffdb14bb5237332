"""Moto as a server in this process, with the one state that Moto has in a process."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.request import urlopen

from moto.moto_server.werkzeug_app import (  # pyright: ignore[reportMissingTypeStubs] -- typed, not marked
    DomainDispatcherApplication,
    create_backend_app,
)
from werkzeug.serving import make_server

from sandbox import local_ecs, local_secrets
from sandbox.moto_server import QuietHandler

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@contextmanager
def served(layer: Callable[["WSGIApplication"], "WSGIApplication"] = lambda aws: aws) -> Generator[str]:
    """The endpoint of an empty AWS, behind a layer."""
    local_ecs.install()
    local_secrets.install()
    application = layer(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=QuietHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.port}"
    reset(endpoint)  # from what other tests in this process have made
    yield endpoint
    server.shutdown()
    server.server_close()


def reset(endpoint: str) -> None:
    urlopen(f"{endpoint}/moto-api/reset", data=b"").close()  # noqa: S310 - a server of our own
