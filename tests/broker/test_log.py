import pytest

from broker.log import readable


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        pytest.param(
            '{"name":"snyk-broker","hostname":"ip-10","pid":7,"level":40,"type":"TransportError","description":401,'
            '"msg":"Failed to connect to broker server.","time":"2026-11-24T21:00:00Z","v":0}',
            "warn Failed to connect to broker server. description 401",
            id="a refusal",
        ),
        pytest.param(
            '{"level":50,"err":{"name":"Error","message":"connect ECONNREFUSED 10.1.2.3:7990","stack":"Error: at x"},'
            '"url":"https://git.acme/a","requestId":"1","msg":"Error making raw request to downstream."}',
            "error Error making raw request to downstream. connect ECONNREFUSED 10.1.2.3:7990 url https://git.acme/a",
            id="an error",
        ),
        pytest.param('{"level":50,"error":"plain","msg":"Said."}', "error Said. plain", id="an error that is a text"),
        pytest.param('{"level":30,"message":"Broker client version is outdated."}', "info Broker client version is"
            " outdated.", id="a notice of the server"),
        pytest.param('{"level":60,"msg":"Ends.","statusCode":500}', "fatal Ends. statusCode 500", id="a status"),
        pytest.param('{"level":20,"msg":"Detail."}', "Detail.", id="a level without a name"),
        pytest.param("### [Broker Server Healthcheck] error.  ", "### [Broker Server Healthcheck] error.", id="a text"),
        pytest.param("[1, 2]", "[1, 2]", id="JSON that is no entry"),
        pytest.param("", "", id="nothing"),
    ],
)  # fmt: skip
def test_a_line_is_shown_without_what_serves_machines(line: str, shown: str) -> None:
    assert readable(line) == shown
