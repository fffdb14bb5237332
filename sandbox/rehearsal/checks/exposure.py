"""Checks of what gets out."""

import base64
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from sandbox.rehearsal.checks.base import Case, Outcome, failed, passed
from sandbox.rehearsal.proxy import Address

SHORTEST = 6  # characters; shorter ones occur by chance


def egress(case: Case) -> Outcome:
    """The client asks for no host and port but those that `ops render` lists."""
    listed = {Address(entry["host"], entry["port"]) for entry in case.deployed.egress}
    asked = {address for replica in case.replicas for address in replica.proxy.addresses}
    others = sorted(str(address) for address in asked - listed)
    if others:
        return failed(f"{', '.join(others)} is contacted and not in the egress: a security group would stop it")
    return passed(f"only {', '.join(sorted(str(address) for address in asked))}")


def logs(case: Case) -> Outcome:
    """No credential is in the clients' logs."""
    texts = {replica.log: replica.log.read_text(errors="replace") for replica in case.replicas}
    found = {
        (name, log)
        for name, value in case.secrets.items()
        for shape in _shapes(value)
        for log, text in texts.items()
        if shape in text
    }
    if found:
        return failed("; ".join(f"the value of {name} is in the log {log}" for name, log in sorted(found)))
    return passed(f"none of {', '.join(case.secrets)} in {sum(map(len, texts.values()))} characters")


def _shapes(value: str) -> Iterator[str]:
    """The credential as it is, and the ways in which it is sent."""
    texts = [value]
    if "@" in value:
        url = urlsplit(value if "://" in value else f"//{value}")
        texts += [text for text in (url.password, unquote(url.password or "")) if text]
        texts.append(base64.b64encode(f"{unquote(url.username or '')}:{unquote(url.password or '')}".encode()).decode())
    yield from (text for text in texts if len(text) >= SHORTEST)
