"""Which container image runs."""

from dataclasses import dataclass

REPOSITORY = "snyk/broker"

# The newest release of the client's package. Snyk publishes each release to Docker Hub as one tag per type, a while
# after the package; whether a tag is there cannot be seen at preview.
VERSION = "5.22.14"

# Older clients do not know all of the accept flags, which then would not switch off what they say.
OLDEST = "4.205.1"


def release(version: str) -> tuple[int, ...]:
    """A version as numbers, to compare it."""
    return tuple(int(part) for part in version.split("."))


@dataclass(frozen=True)
class Image:
    repository: str
    version: str
    digest: str | None

    def reference(self, image_tag: str) -> str:
        """What ECS pulls. The tag stays in front of a digest, for people: the digest alone decides."""
        tagged = f"{self.repository}:{self.version}-{image_tag}"
        return f"{tagged}@{self.digest}" if self.digest else tagged
