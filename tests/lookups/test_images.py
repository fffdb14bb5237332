import threading
import time
from collections.abc import Generator, Mapping

import pytest

from images import registry
from lookups import images
from lookups.images import SWITCH
from tests.components.recording import Aws, Inputs, Recorded, built
from tests.registry import Registry, served

VERSION = "7.1.0"
INTEGRATIONS = {
    "code": {"type": "github-com"},
    "more-code": {"type": "github-com"},
    "tickets": {"type": "jira", "host": "jira.acme.internal", "username": "snyk"},
}
SECRETS: Mapping[str, Inputs] = {f"snyk-broker/test/{key}/credentials": {} for key in INTEGRATIONS}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Generator[Registry]:
    """Gives Docker Hub, which is asked."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv(SWITCH, "true")
    with served(Registry()) as hub:
        monkeypatch.setattr(registry, "_HUB_API", hub.host)
        yield hub


def run(*, preview: bool) -> Recorded:
    config = {"integrations": INTEGRATIONS, "defaults": {"image": {"version": VERSION}}}
    return built(config, aws=Aws(secrets=SECRETS), preview=preview)


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
def test_an_image_that_is_missing_is_a_warning_and_no_error(hub: Registry, preview: bool) -> None:
    hub.has = {f"snyk/broker:{VERSION}-jira"}
    recorded = run(preview=preview)
    (warning,) = recorded.log
    assert warning.splitlines()[1:] == [
        "  integrations.code.image: Docker Hub has no image snyk/broker:7.1.0-github-com",
        "  integrations.more-code.image: Docker Hub has no image snyk/broker:7.1.0-github-com",
        "Name a version that is there, or push the image. Ask again with: python -m ops images check test",
    ]
    assert len(recorded.all("aws:ecs/service:Service")) == 3


def test_images_that_are_there_are_asked_for_once_and_not_spoken_of(hub: Registry) -> None:
    hub.has = {f"snyk/broker:{VERSION}-jira", f"snyk/broker:{VERSION}-github-com"}
    hub.wants_token = False
    assert run(preview=True).log == []
    assert len(hub.asked) == 2


def test_what_is_not_known_is_not_spoken_of(hub: Registry) -> None:
    hub.status = 403
    assert run(preview=False).log == []


def test_a_registry_that_hangs_does_not_hold_up_the_program(hub: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    assert images.SECONDS <= 3
    monkeypatch.setattr(images, "SECONDS", 0.1)
    hub.wait = threading.Event()
    start = time.monotonic()
    assert run(preview=True).log == []
    assert time.monotonic() - start < 2


def test_nobody_is_asked_where_that_is_switched_off(hub: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "false")
    assert run(preview=False).log == []
    assert hub.asked == []
