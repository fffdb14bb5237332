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
