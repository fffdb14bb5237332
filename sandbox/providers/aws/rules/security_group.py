"""Security groups. CreateSecurityGroup and the Authorize operations in EC2's API reference."""

import re
from collections.abc import Iterator

from sandbox.providers.aws.rules.common import known, tag_limits
from sandbox.providers.aws.rules.ec2 import block
from sandbox.providers.base.contract import Problem
from sandbox.providers.base.wire import Properties

tags = tag_limits

_CHARACTERS = r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*"
_LISTED = "a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{}!$*"
_LONGEST = 255
_HIGHEST_PORT = 65535


def group_name(inputs: Properties) -> Iterator[Problem]:
    name: str | None = known(inputs, "name")
    if name is None:
        return
    if name.lower().startswith("sg-"):
        yield Problem(
            "name", f"Value ({name}) for parameter GroupName is invalid. Group names may not be in the format sg-*."
        )
    yield from _text("name", "GroupName", name)
    if name == "default":
        yield Problem("name", "Cannot use reserved security group name: default")


def description(inputs: Properties) -> Iterator[Problem]:
    text: str | None = known(inputs, "description")
    if text is not None:
        yield from _text("description", "Description", text)


def _text(name: str, parameter: str, text: str) -> Iterator[Problem]:
    invalid = f"Value ({text}) for parameter {parameter} is invalid."
    if len(text) > _LONGEST:
        yield Problem(name, f"{invalid} Character sets beyond {_LONGEST} characters are not supported.")
    if not re.fullmatch(_CHARACTERS, text):
        yield Problem(name, f"{invalid} Valid characters are {_LISTED}.")


def ports(inputs: Properties) -> Iterator[Problem]:
    # Port -1 stands for all ICMP types. With protocol -1 all ports are open whatever the rule says, and the official
    # provider refuses ports there.
    protocol = known(inputs, "ipProtocol")
    low, high = known(inputs, "fromPort"), known(inputs, "toPort")
    if protocol == "-1":
        if low is not None or high is not None:
            yield Problem("fromPort", "fromPort and toPort cannot be given with ipProtocol -1: it covers all ports")
        return
    if protocol in ("tcp", "udp", "6", "17"):
        for name in ("fromPort", "toPort"):
            if name not in inputs:
                yield Problem(name, f"Invalid value 'Must specify both from and to ports with TCP/UDP.' for {name}.")
            elif not 0 <= (known(inputs, name) or 0) <= _HIGHEST_PORT:
                yield Problem(name, f"Invalid value '{inputs[name]}' for portRange. Must be 0 to {_HIGHEST_PORT}.")
        if low is not None and high is not None and low > high:
            yield Problem("fromPort", f"Invalid TCP/UDP port range ({low}:{high})")


def source_block(inputs: Properties) -> Iterator[Problem]:
    for name in ("cidrIpv4", "cidrIpv6"):
        yield from block(name, known(inputs, name))
