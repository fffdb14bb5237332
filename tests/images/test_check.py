"""The images of a whole stack."""

import threading
import time
from collections.abc import Generator, Mapping

import pytest

import images
from images import Answer, Pull, Result, check, pulls, registry
from settings import Settings, load
from tests.registry import Registry, served
from tests.stack_files import configuration

SECONDS = 5.0
JIRA = {"type": "jira", "host": "jira.acme.internal"}


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Generator[Registry]:
    """Gives a registry that has nothing, as Docker Hub too."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with served(Registry(wants_token=False)) as acme:
        monkeypatch.setattr(registry, "_HUB_API", acme.host)
        yield acme


def stack(integrations: Mapping[str, object]) -> Settings:
    return load("snyk-broker", "test", configuration({"integrations": integrations}), ())


def test_every_integration_pulls_what_its_clients_run() -> None:
    own = {"repository": "registry.acme.internal/client", "version": "7.1.0", "base": "rhel-ubi", "pullCredential": "x"}
    asked = stack({"one": {**JIRA, "image": {"version": "7.1.0"}}, "two": {"type": "github-com", "image": own}})
    assert list(pulls(asked)) == [
        Pull("one", "snyk/broker:7.1.0-jira-bearer-auth", with_credentials=False),
        Pull("two", "registry.acme.internal/client:7.1.0-rhel-ubi-github-com", with_credentials=True),
    ]


def test_an_image_of_several_integrations_is_asked_for_once(acme: Registry) -> None:
    acme.has = {"acme/client:7.1.0-nexus"}
    shared, other = acme.image("acme/client:7.1.0-nexus"), acme.image("acme/client:7.1.0-nexus2")
    wanted = [Pull("one", shared, with_credentials=False), Pull("two", shared, with_credentials=True)]
    found = check([*wanted, Pull("three", other, with_credentials=False)], SECONDS)
    assert {pull.integration: answer.result for pull, answer in found.items()} == {
        "one": Result.EXISTS,
        "two": Result.EXISTS,
        "three": Result.MISSING,
    }
    assert sorted(acme.asked) == [
        "HEAD /v2/acme/client/manifests/7.1.0-nexus",
        "HEAD /v2/acme/client/manifests/7.1.0-nexus2",
    ]


def test_different_images_are_asked_for_side_by_side(acme: Registry) -> None:
    acme.wait = threading.Barrier(3)  # lets none pass before all are there
    wanted = [Pull(name, acme.image(f"acme/client:{name}"), with_credentials=False) for name in ("a", "b", "c")]
    assert {answer.result for answer in check(wanted, SECONDS).values()} == {Result.MISSING}


def test_one_that_hangs_is_unknown_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def resolve(image: str, seconds: float) -> Answer:
        ended.wait(SECONDS)  # as a resolver does, whatever the seconds
        return Answer(Result.MISSING)

    monkeypatch.setattr(images.registry, "ask", resolve)
    start = time.monotonic()
    wanted = [Pull(name, f"acme/client:{name}", with_credentials=False) for name in ("a", "b")]
    found = check(wanted, 0.1)
    took = time.monotonic() - start
    ended.set()
    assert set(found.values()) == {Answer(Result.UNKNOWN, "it did not answer in time")}
    assert took < 1


@pytest.mark.parametrize("with_credentials", [True, False])
def test_a_registry_but_docker_hub_may_hide_what_only_a_user_may_see(acme: Registry, with_credentials: bool) -> None:
    hub = Pull("one", "snyk/broker:7.1.0-jira", with_credentials)
    own = Pull("two", acme.image("snyk/broker:7.1.0-jira"), with_credentials)
    found = check([hub, own], SECONDS)
    assert found[hub].result is Result.MISSING
    assert found[own].result is (Result.UNKNOWN if with_credentials else Result.MISSING)


@pytest.mark.parametrize(
    ("image", "answer", "words"),
    [
        ("snyk/broker:7", Answer(Result.MISSING), "Docker Hub has no image snyk/broker:7"),
        ("acme.internal/a:7", Answer(Result.EXISTS), "acme.internal has the image acme.internal/a:7"),
        ("quay.io/a:7", Answer(Result.UNKNOWN, "why"), "whether quay.io has the image quay.io/a:7 is unknown: why"),
    ],
)
def test_an_answer_in_words(image: str, answer: Answer, words: str) -> None:
    assert Pull("one", image, with_credentials=False).said(answer) == words
