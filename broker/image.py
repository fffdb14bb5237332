"""Which container image runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

REPOSITORY = "snyk/broker"

# The newest release of the client's package. A release gets its images on Docker Hub later than its package, after
# somebody at Snyk approves it (.circleci/config.yml of snyk/broker), or never: `ops images check` asks.
VERSION = "5.22.14"

# Older clients do not know all of the accept flags, which then would not switch off what they say.
OLDEST = "4.205.1"


@dataclass(frozen=True)
class Base:
    """What an image is made on."""

    prefix: str  # of the type in the image's tag
    user: str  # the image's own, by number, so that the runtime can tell that it is not root


# dockerfiles/base/Dockerfile and Dockerfile.ubi of snyk/broker. The user goes with the base: the home folder, which
# has the rules, is closed to others.
UBUNTU = "ubuntu"
BASES: Mapping[str, Base] = MappingProxyType({UBUNTU: Base("", "1000"), "rhel-ubi": Base("rhel-ubi-", "10001")})


def release(version: str) -> tuple[int, ...]:
    """A version as numbers, to compare it."""
    return tuple(int(part) for part in version.split("."))


@dataclass(frozen=True)
class Image:
    repository: str
    version: str
    digest: str | None
    base: Base = BASES[UBUNTU]

    def reference(self, image_tag: str) -> str:
        """What ECS pulls. The tag stays in front of a digest, for people: the digest alone decides."""
        tagged = f"{self.repository}:{self.version}-{self.base.prefix}{image_tag}"
        return f"{tagged}@{self.digest}" if self.digest else tagged
