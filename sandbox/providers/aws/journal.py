"""A record of every create that is under way, so that what a killed run made can be found again.

The record is written first. The call whose answer holds the new id carries a header that names it, and the local AWS
keeps the answer beside the record before it sends it.
"""

import hashlib
import json
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

VARIABLE = "SANDBOX_CREATES"
HEADER = "X-Sandbox-Create"

_current: ContextVar[Path | None] = ContextVar("current", default=None)


@contextmanager
def recorded(urn: str, token: str, region: str, identity: Mapping[str, Any]) -> Generator[None]:
    """Record a create for as long as the call lasts. `identity`: the inputs that tell which resource it is."""
    directory = os.environ.get(VARIABLE)
    if not directory:
        yield
        return
    record = Path(directory) / f"{hashlib.sha256(urn.encode()).hexdigest()[:16]}.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    answer(record).unlink(missing_ok=True)
    entry = {"urn": urn, "type": token, "region": region, "inputs": identity}
    record.write_text(json.dumps(entry), encoding="utf-8")
    reset = _current.set(record)
    try:
        yield
    finally:
        _current.reset(reset)


def mark(params: dict[str, Any], **_: Any) -> None:
    """Add the header to a request that is about to be sent."""
    record = _current.get()
    if record:
        params["headers"][HEADER] = str(record)


def answer(record: Path) -> Path:
    """Where the local AWS keeps the answer to a recorded create."""
    return record.with_name(f"{record.name}.response")
