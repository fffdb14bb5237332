"""The client's environment variables that need care: whose they are, and which hold credentials."""

import re
from collections.abc import Iterator

from broker.catalogue import BROKER_TOKEN, CATALOGUE

# What else sets it, in the words of an error message.
OWNED = {
    "ACCEPT": "the program: another file would switch off the client's own rules",
    "ACCEPT_APPRISK": "essentials",
    "ACCEPT_CODE": "code",
    "ACCEPT_CUSTOM_PR_TEMPLATES": "prTemplates",
    "ACCEPT_ESSENTIALS": "essentials",
    "ACCEPT_GIT": "code",
    "ACCEPT_IAC": "infrastructureAsCode",
    "ACCEPT_LARGE_MANIFESTS": "largeManifests",
    "BROKER_CLIENT_URL": "clientUrl",
    "BROKER_CLIENT_URL_TLS_TERMINATED": "clientUrl, when it starts with https://",
    "BROKER_CLIENT_VALIDATION_URL": "validationUrl",
    "BROKER_DISPATCHER_BASE_URL": "snyk",
    "API_BASE_URL": "snyk",
    "BROKER_HA_MODE_ENABLED": "highAvailability",
    "BROKER_CLIENT_VALIDATION_BASIC_AUTH": "the image, whose rules send it",
    "BROKER_HEALTHCHECK_PATH": "the program, whose health check asks there",
    "BROKER_SERVER_URL": "snyk",
    "BROKER_TYPE": "the image",
    "BROKER_VERSION": "the image",
    "CR_USERNAME": "python -m ops secrets set, which asks for it",
    "GIT_COMMITTER_EMAIL": "commitSigning.email",
    "GIT_COMMITTER_NAME": "commitSigning.name",
    "GITHUB_RAW": "the image",
    "HOME": "the image",
    "LOG_LEVEL": "logLevel",
    "NEXUS_URL": "the image, from the secret BASE_NEXUS_URL",
    "PATH": "the image",
    "PORT": "the program: security groups and health checks go by it",
}

# Variables that do not do what one would think.
USELESS = {
    "CA_CERT": "the client ignores it since version 4.166; NODE_EXTRA_CA_CERTS names a file in the image",
    "GIT_CLIENT_URL": "it leads to the Code Agent, which Snyk has given up; code: brokered does without",
    "HTTPS_CERT": "the client's own listener stays plain HTTP, as its health check does; end TLS in front of it,"
    " clientUrl start with https://",
    "HTTPS_KEY": "the client's own listener stays plain HTTP: end TLS in front of it",
    "LOG_ENABLE_BODY": "the client sets it to false itself since version 5",
    "PROXY_AUTH": "the client ignores it since version 5; put user and password into the URL in HTTPS_PROXY, keep that"
    " URL in the secret and name it: secretEnvironment: [HTTPS_PROXY]",
    "SKIP_REMOTE_CONFIG": "this program runs classic clients",
    "UNIVERSAL_BROKER_ENABLED": "this program runs classic clients",
}

# What the client itself takes for a credential and masks in its logs (lib/logs/redact), and pools of credentials.
_CREDENTIAL = re.compile(
    "TOKEN|PASSWORD|SECRET|PASSPHRASE|PEM|CREDENTIALS|PRIVATE_KEY|AUTHORIZATION|_AUTH$|API_?KEY|_KEY$|_POOL$"
)


# Credentials that `ops secrets set` asks for: those of all types, and the parts of a registry's.
ASKED_FOR = {BROKER_TOKEN.name, "CR_PASSWORD", "CR_TOKEN"} | {
    credential.name for entry in CATALOGUE.values() for credential in entry.credentials
}


def owner(name: str) -> str | None:
    """Which key of the stack file sets the variable; None when none does."""
    if name.startswith("BROKER_DOWNSTREAM_TYPE_"):
        return "the image"
    return OWNED.get(name) or next((key for variable, key in _field_variables() if variable == name), None)


def is_credential(name: str) -> bool:
    return name in ASKED_FOR or _CREDENTIAL.search(name) is not None


def _field_variables() -> Iterator[tuple[str, str]]:
    for entry in CATALOGUE.values():
        for field in entry.fields:
            if field.variable:
                yield field.variable, field.key
