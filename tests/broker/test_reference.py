import pytest

from broker.reference import Reference, parse

DIGEST = "sha256:" + "5c" * 32


@pytest.mark.parametrize(
    ("image", "parts"),
    [
        ("acme/client:1.2.3-jira", Reference("docker.io", "acme/client", "1.2.3-jira")),
        ("docker.io/acme/client", Reference("docker.io", "acme/client")),
        ("index.docker.io/acme/client:1", Reference("docker.io", "acme/client", "1")),
        ("client:1", Reference("docker.io", "library/client", "1")),
        ("docker.io/client", Reference("docker.io", "library/client")),
        ("acme/a/b/c:1", Reference("docker.io", "acme/a/b/c", "1")),
        ("quay.io/client:1", Reference("quay.io", "client", "1")),
        ("registry:5000/acme/client", Reference("registry:5000", "acme/client")),
        ("registry:5000/acme/client:1", Reference("registry:5000", "acme/client", "1")),
        ("localhost/client:1", Reference("localhost", "client", "1")),
        (f"acme/client@{DIGEST}", Reference("docker.io", "acme/client", None, DIGEST)),
        (f"registry:5000/client:1@{DIGEST}", Reference("registry:5000", "client", "1", DIGEST)),
    ],
)
def test_a_name_is_taken_apart(image: str, parts: Reference) -> None:
    assert parse(image) == parts


@pytest.mark.parametrize(
    ("image", "pinned"), [("acme/client", None), ("acme/client:1", "1"), (f"acme/client:1@{DIGEST}", DIGEST)]
)
def test_a_digest_decides_before_a_tag(image: str, pinned: str | None) -> None:
    assert parse(image).pinned == pinned
