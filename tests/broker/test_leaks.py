"""Each kind of credential is recognised as what it is, in each of its forms, and what is none is taken for none."""

import base64
import json
from collections.abc import Mapping, Sequence

import pytest

from broker import leaks


def filler(length: int, letters: str = "canary0") -> str:
    """So many letters, of which no secret was made."""
    return (letters * length)[:length]


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


WORD, HEX, CAPITALS = filler(20), filler(16, "0badcafe"), filler(16, "CANARY0")
PRIVATE = [f"-----BEGIN {kind}PRIVATE KEY" for kind in ("", "RSA ", "DSA ", "EC ", "OPENSSH ", "ENCRYPTED ")]

# Every value is the shortest of its form that counts.
CREDENTIALS: Mapping[str, Sequence[str]] = {
    "a GitHub token": [*(f"gh{kind}_{WORD}" for kind in "pousr"), f"github_pat_{WORD}"],
    "a GitLab token": [f"gl{kind}-{filler(16)}" for kind in ("pat", "dt", "rt", "soat")],
    "an Atlassian token": [f"{start}{filler(16)}" for start in ("ATATT", "ATCTT", "BBDC-")],
    "an AWS access key": [f"{start}{CAPITALS}" for start in ("AKIA", "ASIA")],
    "a Docker Hub token": [f"dckr_{kind}_{filler(16)}" for kind in ("pat", "oat")],
    "a JSON Web Token": [f"eyJ{filler(8)}.eyJ{filler(8)}.c"],
    "a private key": [*PRIVATE, "-----BEGIN PGP PRIVATE KEY BLOCK-----"],
    "a key in base64": [
        *(in_base64(f"{start}-----\n{filler(25)}\n") for start in PRIVATE),
        *(in_base64(json.dumps({"canary": WORD}, indent=indent)) for indent in (None, 2, "\t")),
        f"eyJ{filler(40)}",
    ],
    "a SonarQube token": [f"sq{kind}_{HEX}" for kind in "upa"],
    "a DigitalOcean token": [f"do{kind}_v1_{HEX}" for kind in "opr"],
    "a Snyk token": [f"snyk_{kind}at.c" for kind in "us"],
    "an Azure DevOps token": [f"{filler(76)}AZDO{filler(4)}"],
    "an authorization header": [f"{scheme} {filler(8)}" for scheme in ("Basic", "Bearer")],
    "an Artifactory token": [f"AKCp{WORD}", f"cmVmdGtu{WORD}"],
    "a Bitbucket app password": [f"ATBB{filler(16)}"],
    "a token in a URL": [
        *(f"https://acme.internal/a{mark}{name}=canary" for mark in "?&" for name in ("token", "key", "secret")),
        "https://acme.internal/a?password=canary",
        "https://acme.internal/a?private_token=canary",
    ],
    leaks.URL: [
        "https://canary:canary@acme.internal",
        "https://canary@acme.internal",  # a token alone
        "canary:canary@acme.internal:8080",
        "by canary:canary@acme.internal",  # not at the start
        "canary:c/n@acme.internal",  # with what a password may have and a URL may not
    ],
    leaks.UUID: ["0a1b2c3d-0a1b-4c3d-8e9f-0123456789ab", "0A1B2C3D-0A1B-4C3D-8E9F-0123456789AB"],
}

NO_CREDENTIALS = [
    "",
    # What stands in most stack files.
    "github.acme.internal:8443/api/v3",
    "https://acme.internal:8443/a?page=2&sort=key",
    "https://acme.internal/a?token=",
    "https://acme.internal:8443/a@b",
    "registry.acme.internal:5000/snyk/broker:5.22.14@sha256:" + filler(64, "0badcafe"),
    "broker@sha256:" + filler(64, "0badcafe"),
    "snyk@acme.example",
    "Bearer $GITLAB_TOKEN",
    "arn:aws:iam::123456789012:role/snyk",
    "-----BEGIN CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----",
    "the Basic authorization of canary",
    # What a credential is like, and is one letter short of.
    f"ghp_{filler(19)}",
    f"ghx_{WORD}",
    f"github_pat_{filler(19)}",
    f"glpat-{filler(15)}",
    f"gla-{filler(16)}",
    f"glabcde-{filler(16)}",
    f"ATATT{filler(15)}",
    f"AKIA{CAPITALS[1:]}",
    f"AKIA{CAPITALS.lower()}",
    f"dckr_pat_{filler(15)}",
    f"eyJ{filler(7)}.eyJ{filler(8)}.c",
    f"eyJ{filler(8)}.eyJ{filler(7)}.c",
    f"eyJ{filler(8)}.eyJ{filler(8)}.",
    f"eyJ{filler(39)}",
    f"squ_{HEX[1:]}",
    f"sqx_{HEX}",
    f"dop_v1_{HEX[1:]}",
    f"dox_v1_{HEX}",
    "snyk_uat.",
    "snyk_xat.canary",
    f"{filler(75)}AZDO{filler(4)}",
    f"{filler(76)}AZDO{filler(3)}",
    f"Basic {filler(7)}",
    f"Bearer {filler(7)}",
    f"AKCp{filler(19)}",
    f"cmVmdGtu{filler(19)}",
    f"ATBB{filler(15)}",
    "https://acme.internal/a?token=canar",
    "https://acme.internal/a/token=canary",
    "a1b2c3d-0a1b-4c3d-8e9f-0123456789ab",
    "0a1b2c3d-0a1b-4c3d-8e9f-0123456789a",
    "0a1b2c3d-0a1b-4c3d-0123456789ab",
]


@pytest.mark.parametrize(
    ("kind", "value"), [(kind, value) for kind, values in CREDENTIALS.items() for value in values], ids=str
)
def test_a_credential_is_recognised_as_what_it_is(kind: str, value: str) -> None:
    assert leaks.looks_like(value) == kind


@pytest.mark.parametrize("value", NO_CREDENTIALS)
def test_what_is_no_credential_is_taken_for_none(value: str) -> None:
    assert leaks.looks_like(value) is None


def test_every_kind_is_tried_here() -> None:
    assert set(CREDENTIALS) == set(leaks._SHAPES)  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize("value", [value for values in CREDENTIALS.values() for value in values], ids=str)
def test_a_credential_is_masked_wherever_it_stands_in_a_log(value: str) -> None:
    for before, after in (("", ""), ("error Cannot use ", " at all"), ('{"url": "', '"}')):
        shown = leaks.masked(f"{before}{value}{after}")
        assert shown.startswith(before[:-1])  # a quote may be taken for part of a name
        assert not any(part in shown for part in ("canary", "CANARY", "badcafe", "0a1b2c3d"))


@pytest.mark.parametrize(
    "line",
    [
        "(service github) (task b5067ed30cc5431d89fe74c47fd9981f) failed container health checks.",
        "error Error making raw request to downstream. connect ECONNREFUSED 127.0.0.1:18999",
        "HTTP GET https://broker.eu.snyk.io/healthcheck: 401 Unauthorized",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:snyk-broker/prod/github/credentials-EaPYTy",
        "",
    ],
)
def test_a_line_without_credentials_stays_as_it_is(line: str) -> None:
    assert leaks.masked(line) == line


def test_all_of_several_credentials_are_masked_and_no_more() -> None:
    line = f"GET https://u:{WORD}@git.acme/a?x=1 with ghp_{WORD} and Bearer {WORD} 401"
    shown = leaks.masked(line)
    assert shown.startswith("GET ")
    assert shown.endswith(" with [a GitHub token] and [an authorization header] 401")
    assert "canary" not in shown


def test_a_key_of_many_lines_is_masked_to_its_end() -> None:
    assert leaks.masked(f"read {PRIVATE[1]}-----\n{WORD}\n{HEX}") == "read [a private key]"
