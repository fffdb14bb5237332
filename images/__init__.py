"""Whether the images that a stack's tasks need are in their registries."""

import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from threading import Thread

from broker.client import client_task
from broker.reference import DOCKER_HUB, parse
from images import registry
from images.registry import Answer, Result
from settings import Settings
from settings.clients import client_spec

__all__ = ["Answer", "Pull", "Result", "check", "pulls"]


@dataclass(frozen=True)
class Pull:
    """An image that the clients of an integration are started from."""

    integration: str
    image: str
    with_credentials: bool

    def said(self, answer: Answer) -> str:
        """The answer in words."""
        at = parse(self.image).registry
        where = "Docker Hub" if at == DOCKER_HUB else at
        if answer.result is Result.UNKNOWN:
            return f"whether {where} has the image {self.image} is unknown: {answer.reason}"
        return f"{where} has {'no' if answer.result is Result.MISSING else 'the'} image {self.image}"


def pulls(settings: Settings) -> Iterator[Pull]:
    for key, integration in settings.integrations.items():
        task = client_task(client_spec(integration), settings.endpoints)
        for image in dict.fromkeys(container.image for container in task.containers):
            yield Pull(key, image, integration.image.pull_credential is not None)


def check(wanted: Collection[Pull], seconds: float = 15) -> Mapping[Pull, Answer]:
    """Ask the registries, side by side and once for each image.

    Returns after the seconds at the latest; what was not answered by then is unknown.
    """
    answers: dict[str, Answer] = {}

    def ask(image: str) -> None:
        answers[image] = registry.ask(image, seconds)

    # Not a pool's: the end of the process would wait for a resolver or a registry that hangs.
    threads = [Thread(target=ask, args=(image,), daemon=True) for image in {pull.image for pull in wanted}]
    end = time.monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0, end - time.monotonic()))
    return {pull: _as_pulled(pull, answers.get(pull.image, registry.LATE)) for pull in wanted}


def _as_pulled(pull: Pull, answer: Answer) -> Answer:
    """What it means for somebody with credentials, who may see more: Docker Hub alone hides nothing by a 404."""
    if answer.result is Result.MISSING and pull.with_credentials and parse(pull.image).registry != DOCKER_HUB:
        return Answer(Result.UNKNOWN, "it may show more to somebody with the pull credential")
    return answer
