"""Credentials of a container registry, in the one form that Snyk's agent takes.

Source: the entry script of Snyk's image, which makes the same out of single variables, but without escaping what JSON
must have escaped. So it is made here, and kept as one secret.
"""

import base64
import json

from broker.catalogue import Credential, password

_GOOGLE = ("gcr", "google-artifact-cr")


def questions(kind: str) -> tuple[Credential, ...]:
    """What a person knows of a registry of the kind; nothing for ECR, which is read with a role."""
    if kind == "ecr":
        return ()
    if kind == "digitalocean-cr":
        return (Credential("CR_TOKEN", "DigitalOcean token"),)
    if kind in _GOOGLE:
        key = Credential(
            "CR_PASSWORD",
            "Service account key",
            r"\s*\{(.|\n)*\}\s*",
            "the key's JSON document",
            '{"private_key": "{word}"}',
            of_file=True,
        )
        return (key,)
    return (
        password("CR_USERNAME", "Registry user"),
        password("CR_PASSWORD", "Registry password"),
    )


def composed(kind: str, host: str, answers: dict[str, str]) -> str:
    """The value of CR_CREDENTIALS."""
    token = answers.get("CR_TOKEN")
    content = {
        "type": kind,
        "username": token or answers.get("CR_USERNAME", "_json_key"),
        "password": token or answers["CR_PASSWORD"],
        "registryBase": host,
    }
    return base64.b64encode(json.dumps(content).encode()).decode()
