"""Which container image runs."""

from dataclasses import dataclass

REPOSITORY = "snyk/broker"

# The newest release of the client that was rehearsed. Docker Hub publishes a release as one tag per type.
VERSION = "5.22.14"


@dataclass(frozen=True)
class Image:
    repository: str
    version: str
    digest: str | None

    def reference(self, image_tag: str) -> str:
        """What ECS pulls. The tag stays in front of a digest, for people: the digest alone decides."""
        tagged = f"{self.repository}:{self.version}-{image_tag}"
        return f"{tagged}@{self.digest}" if self.digest else tagged
