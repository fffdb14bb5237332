"""Values that look like credentials, wherever they stand."""

import re

UUID = "a UUID, such as a Broker token"
URL = "a URL with credentials"

_SHAPES = {
    "a GitHub token": r"(gh[pousr]_\w{20,}|github_pat_\w{20,})",
    "a GitLab token": r"gl[a-z]{2,4}-[\w-]{16,}",
    "an Atlassian token": r"(ATATT|ATCTT|BBDC-)[\w=+/-]{16,}",
    "an AWS access key": r"(AKIA|ASIA)[A-Z0-9]{16}",
    "a Docker Hub token": r"dckr_(pat|oat)_[\w-]{16,}",
    "a JSON Web Token": r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
    # How `{"`, `{` with a line end, and the first line of a private key begin: a Google key, a Docker login.
    "a key in base64": r"(eyJ|ewog|ewoJ|LS0tLS1CRUdJTiB[EFPQS])[\w+/]{40}",
    "a SonarQube token": r"sq[upa]_[0-9a-f]{16,}",
    "a DigitalOcean token": r"do[opr]_v1_[0-9a-f]{16,}",
    "a Snyk token": r"snyk_[us]at\.\w+",
    "an Azure DevOps token": r"\w{76}AZDO\w{4}",
    "an authorization header": r"^(Basic|Bearer) [\w=+/.-]{8,}",
    "an Artifactory token": r"AKCp\w{20,}|cmVmdGtu[\w=]{20,}",
    "a Bitbucket app password": r"ATBB\w{16,}",
    "a token in a URL": r"[?&]\w*(token|key|password|secret)=[^&\s]{6,}",
    # user:password@host after a blank or slash; anything before an @ in a URL; a text that is nothing else. An image
    # with a digest (…@sha256:…) is none.
    URL: r"[^\s/:@]+:[^\s/@]+@(?!sha256:)[\w.-]+|://[^\s/@]+@|^[^\s/:@]+:(?!//)[^\s@]+@(?!sha256:)[\w.-]+",
    UUID: r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
}


def looks_like(value: str) -> str | None:
    """Which kind of credential the text seems to hold, if any."""
    return next((kind for kind, shape in _SHAPES.items() if re.search(shape, value)), None)


# A whole text is looked at by its beginning, a log by any part of it. What follows a find, up to a blank or quote,
# belongs to it: a shape is no longer than recognising takes. A key with lines is masked to the end.
_IN_TEXT = _SHAPES | {
    "a private key": rf"{_SHAPES['a private key']}[\s\S]*",
    URL: _SHAPES[URL].replace("|^", "|"),
    "an authorization header": r"\b(Basic|Bearer) [\w=+/.-]{8,}",
}


def masked(text: str) -> str:
    """The text with [what it seemed to be] in place of what looks like a credential."""
    for kind, shape in _IN_TEXT.items():
        text = re.sub(rf"""({shape})[^\s"',}}\]]*""", f"[{kind}]", text)
    return text
