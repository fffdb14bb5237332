"""What the client writes to its log: one JSON object a line (bunyan's), between lines of plain text at its start."""

import json
from typing import Any, cast

from broker.symptom import Symptom

_LEVELS = {30: "info", 40: "warn", 50: "error", 60: "fatal"}  # bunyan's numbers

_SEEN = "seen with the client 5.22.14 in such a situation"
_CODE = "the client's code, 5.22.14"
_NODE = f"Node's words; {_SEEN}"

# What stands in the same line first is the cause of what stands in it later: the client names the address that did not
# answer, and then what it could not do for that.
SYMPTOMS = (
    Symptom(
        (
            "self-signed certificate",
            "self signed certificate",
            "unable to get local issuer certificate",
            "unable to verify the first certificate",
        ),
        cause="The client does not know who signed the certificate that it was shown: a proxy or firewall inspects TLS,"
        " or the system has a certificate of the company's own.",
        remedy="Let the connections to Snyk pass without inspection. For a system of your own, build an image with the"
        " authority's certificate and name the file: environment: {NODE_EXTRA_CA_CERTS: /home/node/acme-ca.pem}.",
        source=_NODE,
    ),
    Symptom(
        ("certificate has expired", "CERT_HAS_EXPIRED"),
        cause="The certificate that the client was shown has expired.",
        remedy="Renew it at the host that the line names.",
        source="Node's words",
    ),
    Symptom(
        ("GLOBAL_AGENT.HTTP_PROXY` configuration value", "wrong version number"),
        cause="HTTPS_PROXY begins with https:// and the proxy speaks plain HTTP.",
        remedy="Write HTTPS_PROXY: http://proxy:3128. What goes through it is encrypted all the same.",
        source=f"{_SEEN}; github.com/snyk/broker issue 573",
    ),
    Symptom(
        ("before secure TLS connection was established",),
        cause="A proxy or firewall ended the connection before TLS began: it wants a password, or forbids the host.",
        remedy="Let it allow the host that the line names. With a password, keep the proxy's whole URL in the secret"
        " and write secretEnvironment: [HTTPS_PROXY].",
        source=_SEEN,
    ),
    Symptom(
        ("getaddrinfo ENOTFOUND", "getaddrinfo EAI_AGAIN"),
        cause="No DNS server that the client asks knows the host that the line names.",
        remedy="Correct the host in the stack file, or let the VPC's resolver forward your domain: a new VPC knows"
        " public names only.",
        source=_NODE,
    ),
    Symptom(
        ("ECONNREFUSED",),
        cause="Nothing listens at the address that the line names, or a firewall answers for it.",
        remedy="Correct the port in the stack file, or open the firewall. A proxy that is named must run.",
        source=_NODE,
    ),
    Symptom(
        ("ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"),
        cause="What the client sends to the address that the line names goes nowhere: there is no route, or a firewall"
        " drops it.",
        remedy="Give the private subnets a route there, and open the port in firewalls, in the security group (egress)"
        " and in network ACLs.",
        source="Node's words",
    ),
    Symptom(
        ("is not valid JSON",),
        within="Error getting connection allocation",
        cause="Something on the way to api.*.snyk.io answers in its place, as a proxy does that forbids a host.",
        remedy="Let it allow api.*.snyk.io and broker.*.snyk.io of the region.",
        source=_SEEN,
    ),
    Symptom(
        ("response - 401", "response - 403", "response - 404"),
        within="Unexpected connection allocation server",
        cause="Snyk's API answers and refuses: the Broker token is unknown there, or something on the way answers in"
        " its place.",
        remedy="Compare snyk.region with the organisation's, and the token with the one that Snyk shows under Settings"
        " > Integrations; store another with python -m ops secrets set.",
        source=_SEEN,
    ),
    Symptom(
        ("before next Broker Dispatcher API call", "Could not receive server id from Broker Dispatcher"),
        cause="The client cannot reach api.*.snyk.io, and waits for it before it connects: 30 s, 60 s and so on.",
        remedy="Open port 443 to api.*.snyk.io and broker.*.snyk.io of the region, in firewalls and proxies.",
        source=_SEEN,
    ),
    Symptom(
        ('"description":401', '"description":403', '"description":404'),
        within="Failed to connect to broker server",
        cause="Snyk's server answers and refuses: the Broker token is unknown there, or something on the way answers in"
        " its place.",
        remedy="Compare snyk.region with the organisation's, and the token with the one that Snyk shows under Settings"
        " > Integrations; store another with python -m ops secrets set.",
        source=_SEEN,
    ),
    Symptom(
        ("Failed to connect to broker server", "Error on websocket connection"),
        cause="The client cannot reach broker.*.snyk.io, or something on the way ends the connection.",
        remedy="Open port 443 to broker.*.snyk.io of the region, for WebSockets and long connections too.",
        source=_SEEN,
    ),
    Symptom(
        ("Reconnect failed.",),
        cause="The client tried for about four hours to reach Snyk, and ended. It starts again by itself.",
        remedy="Open port 443 to broker.*.snyk.io of the region, or wait for the end of an outage: status.snyk.io.",
        source=_CODE,
    ),
    Symptom(
        ("[Broker Token Validation Check] error", "MISSING_BROKER_TOKEN", "Broker Token in unrecognised format"),
        cause="The secret's BROKER_TOKEN is no Broker token, which is a UUID.",
        remedy="Store the one that Snyk shows under Settings > Integrations: python -m ops secrets set.",
        source=_SEEN,
    ),
    Symptom(
        ("client version is outdated",),
        cause="Snyk refuses this version of the client.",
        remedy="Name a newer one, image: {version: …}, and run pulumi up.",
        source="the server's code and the client's check, 5.22.14",
    ),
    Symptom(
        ("client version is deprecated",),
        cause="Snyk will refuse this version of the client before long.",
        remedy="Name a newer one, image: {version: …}, and run pulumi up.",
        source="the server's code, 5.22.14",
    ),
    Symptom(
        ("Shutting down client.", "caught unhandledRejection"),
        cause="The client could not start; this line, or the one before it, says why. It ends with exit code 0.",
        remedy="Mend what it names. Without own variables in environment, all that it reads comes from this program.",
        source=_SEEN,
    ),
    Symptom(
        ("Uncaught exception",),
        cause="The client broke down on an error that it does not expect, and starts again.",
        remedy="Look for the error at github.com/snyk/broker/issues, and take the newest version of the client.",
        source=_SEEN,
    ),
    Symptom(
        ('"statusCode":401', '"statusCode":403'),
        within="Non 2xx HTTP Code Received",
        cause="The system that the client serves refuses the credential.",
        remedy="Store one that is valid and may do what Snyk needs: python -m ops secrets set.",
        source=_CODE,
    ),
    Symptom(
        ('"statusCode":404',),
        within="Non 2xx HTTP Code Received",
        cause="The system does not have what was asked for: another host or path is meant, or the credential may not"
        " see it.",
        remedy="Compare the URL in the line with the system's, and host in the stack file.",
        source=_CODE,
    ),
    Symptom(
        ("not match any accept rule",),
        cause="Snyk asked for something that no rule lets through.",
        remedy="Is it wanted? infrastructureAsCode, code, essentials and prTemplates in the stack file add rules.",
        source=_CODE,
    ),
    Symptom(
        ("Websocket connection closed, forwarding via API",),
        cause="A webhook came while the tunnel was closed. It was sent to Snyk's API instead: nothing is lost.",
        remedy="None for the webhook. Why the tunnel was closed is in the lines before.",
        source=_CODE,
    ),
    Symptom(
        ("Websocket connection to the broker server was closed",),
        cause="The tunnel to Snyk was closed. The client opens it again by itself.",
        remedy="None, unless it happens often: then something on the way ends long connections.",
        source=_CODE,
    ),
)


def readable(line: str) -> str:
    """The line without what serves machines: level, message, error and address of one that is an object."""
    try:
        value: object = json.loads(line)
    except ValueError:
        return line.strip()
    if not isinstance(value, dict):
        return line.strip()
    entry = cast("dict[str, Any]", value)
    error: object = entry.get("err") or entry.get("error")
    if isinstance(error, dict):
        error = cast("dict[str, object]", error).get("message")
    level = _LEVELS.get(entry.get("level", 0), "")
    told = [entry.get("msg"), entry.get("message"), error]
    told += [f"{key} {entry[key]}" for key in ("description", "statusCode", "url") if entry.get(key)]
    return " ".join(part for part in (level, *(str(part) for part in told if part)) if part)
