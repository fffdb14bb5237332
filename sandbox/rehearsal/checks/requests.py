"""Checks of what goes through the tunnel, and what does not."""

import http.client
import json
import uuid

from sandbox.rehearsal.checks import explain
from sandbox.rehearsal.checks.base import Case, Outcome, failed, passed, skipped
from sandbox.rehearsal.recorder import MARK
from sandbox.rehearsal.snyk import Call
from sandbox.rehearsal.traffic import pooled

EXTENSIONS = ("tf", "yaml", "yml", "json", "tpl")  # of Infrastructure as Code
CAN_SCAN_CODE = "ACCEPT_IAC"  # only clients with rules for it have the variable


def request(case: Case) -> Outcome:
    """An allowed request arrives at the system, with exactly the credential from the secret."""
    call, traffic = case.traffic.allowed, case.traffic
    asked = case.ask(call)
    log = f" Log: {case.alive[0].log}"
    if not asked.arrivals:
        return failed(
            f"{call.method} {call.path} does not arrive: {explain.answer(asked.answer, case.environment)}.{log}"
        )
    arrived = asked.arrivals[0].request
    try:
        path = traffic.arrives(case.environment)
        credentials = [traffic.credential(environment) for environment in pooled(case.environment)]
    except KeyError as missing:
        return failed(f"{missing.args[0]} is not set: the client sends the image's placeholder instead")
    if arrived.path != path:
        return failed(f"{call.path} arrives at {arrived.host} as {arrived.path} instead of {path}.{log}")
    if arrived.headers.get(traffic.header) not in credentials:
        return failed(
            f"{call.path} arrives with another credential than the one in the secret {case.deployed.secret}. The client"
            f" takes a `$` in it for a variable.{log}"
        )
    return passed(f"{call.method} {call.path} arrives at {arrived.host}{arrived.path} with the secret's credential")


def forbidden(case: Case) -> Outcome:
    """A request that no rule allows is blocked, and not passed on."""
    call = case.traffic.forbidden
    if call is None:
        return skipped("this type's rules allow every request")
    asked = case.ask(call)
    if asked.arrivals:
        return failed(f"{call.method} {call.path} reaches the system, though no rule should allow it")
    if not explain.blocked(asked.answer):
        return failed(f"{call.method} {call.path} is not blocked but answered with status {asked.answer.status}")
    return passed(f"{call.method} {call.path} is blocked by the client")


def infrastructure_as_code(case: Case) -> Outcome:
    """Files of Infrastructure as Code can be read when that is on, and cannot when it is off."""
    if CAN_SCAN_CODE not in case.stated:
        return skipped("not a source-code manager")
    wanted = [extension for extension in EXTENSIONS if extension in case.stated[CAN_SCAN_CODE].split(",")]
    unwanted = [extension for extension in EXTENSIONS if extension not in wanted]
    opened = case.traffic.code_opens_files and case.stated["ACCEPT_CODE"] == "true"
    if not wanted and opened:
        return skipped("off, but Snyk Code's own rules let every file through")
    for extension in wanted:
        if explain.blocked(case.ask(Call(f"{case.traffic.file}.{extension}")).answer):
            return failed(f"a file .{extension} is blocked, and the stack file asks to scan it")
    for extension in () if opened else unwanted:
        if not explain.blocked(case.ask(Call(f"{case.traffic.file}.{extension}")).answer):
            return failed(f"a file .{extension} can be read, and the stack file does not allow that")
    allowed = f"{', '.join(wanted)} can be read" if wanted else ""
    blocked = f"{', '.join(unwanted)} cannot" if unwanted and not opened else ""
    return passed("; ".join(filter(None, (allowed, blocked))))


def webhook(case: Case) -> Outcome:
    """What a system sends to the client's inbound port reaches Snyk."""
    hook = case.traffic.webhook
    if hook is None:
        return skipped("this type gets no webhooks")
    replica, mark = case.alive[0], str(uuid.uuid4())
    body = json.dumps({**hook.body, MARK: mark}).encode()
    try:
        status, _ = replica.container.request(replica.port, "POST", hook.path, body)
    except (OSError, http.client.HTTPException) as error:
        return failed(f"the client does not answer a webhook: {error}")
    if not any(mark.encode() in received.body for received in list(case.snyk.webhooks.received)):
        return failed(f"POST {hook.path} does not reach Snyk: the client answers with status {status}")
    return passed(f"POST {hook.path} reaches Snyk")
