"""The name of an image, taken apart as container runtimes do it (reference.ParseNormalizedNamed of distribution)."""

from dataclasses import dataclass

DOCKER_HUB = "docker.io"
_ALIASES = {"index.docker.io": DOCKER_HUB}


@dataclass(frozen=True)
class Reference:
    registry: str  # its host, maybe with a port
    repository: str  # the path in the registry
    tag: str | None = None
    digest: str | None = None

    @property
    def pinned(self) -> str | None:
        """What decides which image it is: a digest goes before the tag that stands in front of it."""
        return self.digest or self.tag


def parse(image: str) -> Reference:
    """A name such as `snyk/broker:5.1.2-gitlab`, in which registry, tag and digest may be left out."""
    named, _, digest = image.partition("@")
    first, slash, rest = named.partition("/")
    if slash and (first == "localhost" or "." in first or ":" in first):
        registry, path = _ALIASES.get(first, first), rest
    else:
        registry, path = DOCKER_HUB, named
    repository, _, tag = path.partition(":")
    if registry == DOCKER_HUB and "/" not in repository:
        repository = f"library/{repository}"
    return Reference(registry, repository, tag or None, digest or None)
