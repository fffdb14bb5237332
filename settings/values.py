"""Types of single values. A message never repeats a text it refuses: it might be a credential in the wrong place."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_interface, ip_network
from typing import Annotated, Any, Literal, cast
from urllib.parse import urlsplit

from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic_core import CoreSchema, core_schema


def _cidr(value: str) -> str:
    """The block in the one spelling that EC2 uses."""
    words = "must be a CIDR block: an address, a slash and a prefix length"
    if not re.fullmatch(r"[0-9A-Fa-f.:]+/[0-9]+", value):
        raise ValueError(words)
    try:
        block = ip_network(value, strict=False)
    except ValueError:
        raise ValueError(words) from None
    if str(block) != str(ip_interface(value)):
        raise ValueError(f"has host bits set: the block starts at {block}")
    return str(block)


_LOCAL = re.compile(r"localhost|127(\.[0-9]+){3}|::1")


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ValueError("must be a URL whose port is between 1 and 65535") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or re.search(r"\s", value):
        raise ValueError("must be a URL that starts with http:// or https:// and names a host")
    if parts.username or parts.password:
        raise ValueError("must not hold credentials")
    if _LOCAL.fullmatch(parts.hostname):
        raise ValueError("must not lead to localhost, which is the client's own container")
    if value.endswith("/") or parts.query or parts.fragment:
        raise ValueError("must end with the host, port or path: no slash, query or fragment behind it")
    return value


@dataclass(frozen=True, eq=False)
class Check:
    """A check of one value, and what it means in JSON Schema."""

    check: Callable[[Any], Any]
    keywords: Mapping[str, object]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), **self.keywords}


def _pattern(pattern: str, words: str) -> Check:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(words)
        return value

    return Check(check, {"pattern": f"^({pattern})$"})


def one_of(options: Iterable[str] | Iterable[int]) -> Check:
    """A closed list, whose error names the nearest option."""
    known = tuple(options)

    def check(value: str | int) -> str | int:
        if value in known:
            return value
        if len(known) == 1:
            raise ValueError(f"must be {known[0]}")
        near = get_close_matches(value, map(str, known), n=1) if isinstance(value, str) else []
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"must be one of {', '.join(map(str, known))}{hint}")

    return Check(check, {"enum": list(known)})


Cidr = Annotated[str, Check(_cidr, {"pattern": r"^[0-9A-Fa-f.:]+/[0-9]+$"})]
Url = Annotated[str, Check(_url, {"pattern": r"^https?://[^\s?#]*[^\s?#/]$"})]
VpcId = Annotated[str, _pattern(r"vpc-[0-9a-f]{8,17}", "must be a VPC's id: vpc- and 8 to 17 hexadecimal digits")]
SubnetId = Annotated[
    str, _pattern(r"subnet-[0-9a-f]{8,17}", "must be a subnet's id: subnet- and 8 to 17 hexadecimal digits")
]
SecurityGroupId = Annotated[
    str, _pattern(r"sg-[0-9a-f]{8,17}", "must be a security group's id: sg- and 8 to 17 hexadecimal digits")
]
PrefixListId = Annotated[
    str, _pattern(r"pl-[0-9a-f]{8,17}", "must be a prefix list's id: pl- and 8 to 17 hexadecimal digits")
]
Digest = Annotated[str, _pattern(r"sha256:[0-9a-f]{64}", "must be sha256: and 64 hexadecimal digits")]
Version = Annotated[
    str,
    _pattern(
        r"[0-9]+\.[0-9]+\.[0-9]+",
        "must be a release of the client in full: three numbers with dots, not a floating tag",
    ),
]
Repository = Annotated[
    str,
    _pattern(
        r"([a-z0-9.-]+(:[0-9]+)?/)?[a-z0-9._/-]*[a-z0-9]",
        "must be an image repository in lower case, without tag or digest",
    ),
]
# A security-group rule's description: EC2 refuses anything else (API reference of IpRange).
RuleDescription = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255),
    _pattern(
        r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]*",
        "takes letters, digits, blanks and ._-:/()#,@[]+=&;{}!$* only (AWS keeps it as the rule's description)",
    ),
]
# API reference of CreateSecret. An ARN may name a secret of another region.
SecretId = Annotated[
    str,
    _pattern(
        r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9_/+=.@-]+-[A-Za-z0-9]{6}"
        r"|(?!.*-[A-Za-z0-9]{6}$)[A-Za-z0-9_/+=.@-]{1,512}",
        "must be a secret's full ARN, or its name: letters, digits and /_+=.@- without a hyphen and six characters"
        " at the end (Secrets Manager takes that for the end of an ARN)",
    ),
]

MAX_PORT = 65535
Port = Annotated[int, Field(ge=1, le=MAX_PORT)]
Region = Annotated[str, _pattern(r"[a-z]{2}(-[a-z]+)+-[0-9]", "must be an AWS region")]
RoleArn = Annotated[
    str,
    _pattern(
        r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+",
        "must be a role's ARN: arn:aws:iam::<account>:role/<name>",
    ),
]
AccountId = Annotated[str, _pattern(r"[0-9]{12}", "must be an account's id: twelve digits, in quotes")]
Duration = Annotated[
    str, _pattern(r"(?=.)([0-9]+h)?([0-9]+m)?([0-9]+s)?", "must be hours, minutes and seconds, such as 1h30m")
]
Web = Annotated[str, _pattern(r"https?://[^\s/]+.*", "must be a URL that starts with https:// and names a host")]
# API reference of CreateRole, and of the names of roles and policies there.
PolicyArn = Annotated[
    str,
    _pattern(
        r"arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]+",
        "must be a policy's ARN: arn:aws:iam::<account>:policy/<name>",
    ),
]
RolePath = Annotated[
    str,
    StringConstraints(max_length=512),
    _pattern(r"/([!-.0-~]+/)*", "must begin and end with a slash, without blanks and empty parts, such as /team/"),
]
RoleNamePrefix = Annotated[str, _pattern(r"[A-Za-z0-9_+=,.@-]*", "takes letters, digits and _+=,.@- only")]
# API reference of AssumeRole.
ExternalId = Annotated[
    str,
    _pattern(r"[A-Za-z0-9_+=,.@:/-]{2,1224}", "must be 2 to 1224 letters, digits and _+=,.@:/- (AWS's external id)"),
]
Email = Annotated[str, _pattern(r"[^\s\x00-\x1f@]+@[^\s\x00-\x1f@]+", "must be an e-mail address")]
User = Annotated[
    str,
    _pattern(r"[^\s\x00-\x1f:]([^\x00-\x1f:]*[^\s\x00-\x1f:])?", "must be a user's name: one line, without a colon"),
]
Word = Annotated[
    str,
    _pattern(
        r"[^\s\x00-\x1f:/@]+(/[^\s\x00-\x1f:/@]+)*",
        "must be a name, without blanks, scheme or credentials, and no slash at either end",
    ),
]


def _host(path: str, words: str) -> Check:
    pattern = rf"(?!.*\.\.)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{{1,5}})?{path}"
    shape = re.compile(pattern)

    def check(value: str) -> str:
        if "://" in value:
            raise ValueError("must not have a scheme: the client puts https:// in front")
        if not shape.fullmatch(value):
            raise ValueError(words)
        _, _, port = value.split("/", maxsplit=1)[0].partition(":")
        if port and not 1 <= int(port) <= MAX_PORT:
            raise ValueError(f"must have a port between 1 and {MAX_PORT}")
        return value

    return Check(check, {"pattern": f"^{pattern}$"})


Host = Annotated[str, _host("", "must be a host name, maybe with a port, and nothing behind it")]
HostAndPath = Annotated[
    str, _host(r"(/[A-Za-z0-9_.~-]+)*", "must be a host name, maybe with a port and a path, and no slash at the end")
]

IAC_EXTENSIONS = ("tf", "yaml", "yml", "json", "tpl")


def _extensions(value: Any) -> Any:
    """A list, or false for none of them."""
    if value is False:
        return ()
    if not isinstance(value, list | tuple):
        raise ValueError("must be a list of file extensions, or false for none of them")  # noqa: TRY004 - for pydantic
    extensions = cast("list[object]", value)
    twice = next((extension for extension in extensions if extensions.count(extension) > 1), None)
    # Only what is known is repeated: the rest is the next check's.
    if twice in IAC_EXTENSIONS:
        raise ValueError(f"names {twice} twice")
    return tuple(extensions)


_Extension = Annotated[str, one_of(IAC_EXTENSIONS)]
_Distinct = Annotated[tuple[_Extension, ...], Field(json_schema_extra={"uniqueItems": True})]
Extensions = Annotated[
    tuple[_Extension, ...],
    BeforeValidator(_extensions, json_schema_input_type=_Distinct | Literal[False]),
]
