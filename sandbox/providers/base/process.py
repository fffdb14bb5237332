"""The process of a provider: it serves until the engine ends it, or is gone."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import grpc

from sandbox.providers.base.protocol import provider_pb2_grpc
from sandbox.providers.base.provider import C, Provider
from sandbox.providers.base.server import Server

_WORKERS = 16  # more are slower
_LARGEST_MESSAGE = 400 << 20  # bytes, as the engine's own limit
_PARENT_POLL = 0.5  # seconds
_GRACE = 60  # seconds for requests that have begun: leaving one behind would orphan what it creates


def serve(provider: Provider[C]) -> None:
    """Print the port and serve. Returns when the engine has ended it and no request is under way."""
    over = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        over.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    engine = os.getppid()
    options = [
        ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
        ("grpc.max_send_message_length", _LARGEST_MESSAGE),
    ]
    server = grpc.server(ThreadPoolExecutor(_WORKERS), options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Server(provider), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)  # noqa: T201 - the engine reads it
    # A killed engine cannot end its providers: a new parent, or process 1 from the start, is the only sign.
    while not over.wait(_PARENT_POLL) and os.getppid() == engine != 1:
        pass
    server.stop(_GRACE).wait()
