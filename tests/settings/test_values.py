"""Single values of a stack file: where what is taken ends."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from settings import values


def words(kind: Any, value: object) -> str | None:
    """Why a type of value refuses one; None when it takes it."""
    try:
        TypeAdapter[object](kind).validate_python(value)
    except ValidationError as refused:
        (error,) = refused.errors()
        return error["msg"].removeprefix("Value error, ")
    return None


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "[::1]"])
@pytest.mark.parametrize("port", ["", ":8000"])
def test_no_url_leads_to_the_client_s_own_container(host: str, port: str) -> None:
    assert (
        words(values.Url, f"http://{host}{port}") == "must not lead to localhost, which is the client's own container"
    )


@pytest.mark.parametrize(
    "host", ["localhost.acme.internal", "127.acme", "127.0.0.1.acme", "128.0.0.1", "[::2]", "[::1:1]"]
)
def test_a_host_that_only_looks_local_is_none(host: str) -> None:
    assert words(values.Url, f"http://{host}:8000") is None


START = "must be a URL that starts with http:// or https:// and names a host"
END = "must end with the host, port or path: no slash, query or fragment behind it"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://acme", None),
        ("https://acme:65535/a/b", None),
        ("https://acme:65536", "must be a URL whose port is between 1 and 65535"),
        ("https://acme:0", START),
        ("ftp://acme", START),
        ("//acme", START),
        ("http:///a", START),
        ("https://acme/a b", START),
        ("https://canary@acme", "must not hold credentials"),
        ("https://:canary@acme", "must not hold credentials"),
        ("https://acme/", END),
        ("https://acme?a=b", END),
        ("https://acme#a", END),
    ],
)
def test_a_url_is_taken_or_told_what_it_must_be(url: str, why: str | None) -> None:
    assert words(values.Url, url) == why


@pytest.mark.parametrize(
    ("extensions", "why"),
    [
        (False, None),
        ([], None),
        (("tf", "json"), None),
        (True, "must be a list of file extensions, or false for none of them"),
        ("tf", "must be a list of file extensions, or false for none of them"),
        (["tf", "json", "tf"], "names tf twice"),
    ],
)
def test_extensions_are_a_list_or_false(extensions: object, why: str | None) -> None:
    assert words(values.Extensions, extensions) == why


CIDR = "must be a CIDR block: an address, a slash and a prefix length"


@pytest.mark.parametrize(
    ("block", "why"),
    [
        ("10.20.0.0/16", None),
        ("2001:db8::/32", None),
        ("10.20.0.0", CIDR),
        ("10.20.0.0/255.255.0.0", CIDR),
        ("10.20.0.0/33", CIDR),
        ("fe80::%eth0/64", CIDR),
        ("10.20.0.1/16", "has host bits set: the block starts at 10.20.0.0/16"),
    ],
)
def test_a_block_of_addresses_is_taken_or_told_what_it_must_be(block: str, why: str | None) -> None:
    assert words(values.Cidr, block) == why


def test_a_block_is_written_as_ec2_writes_it() -> None:
    assert TypeAdapter[str](values.Cidr).validate_python("2001:0DB8:0::/32") == "2001:db8::/32"


PATH = "must begin and end with a slash, without blanks and empty parts, such as /team/"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/", None),
        ("/team/", None),
        ("/eu/team-1/x~y/", None),
        ("", PATH),
        ("team/", PATH),
        ("/team", PATH),
        ("//", PATH),
        ("/a b/", PATH),
        ("/a\x7f/", PATH),
    ],
)
def test_a_path_of_roles_is_one_that_iam_takes(path: str, why: str | None) -> None:
    assert words(values.RolePath, path) == why


@pytest.mark.parametrize(
    ("arn", "right"),
    [
        ("arn:aws:iam::123456789012:policy/limits", True),
        ("arn:aws-us-gov:iam::123456789012:policy/team/limits", True),
        ("arn:aws:iam::aws:policy/PowerUserAccess", True),
        ("arn:aws:iam::12345678901:policy/limits", False),
        ("arn:aws:iam::123456789012:role/limits", False),
        ("limits", False),
    ],
)
def test_a_boundary_is_a_policy(arn: str, right: bool) -> None:
    assert (words(values.PolicyArn, arn) is None) is right
