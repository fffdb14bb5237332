"""Whatever validates can run."""

import re

import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from broker.catalogue import CATALOGUE, credentials
from broker.client import client
from broker.egress import egress
from settings import load
from settings.clients import client_spec
from tests.broker.integration_maps import integrations
from tests.stack_files import configuration

NAME = r"[A-Z_][A-Z0-9_]*"
HOST = r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?"
IMAGE = r"([a-z0-9.-]+(:[0-9]+)?/)?[a-z0-9._/-]+:[0-9.]+-[a-z0-9-]+(@sha256:[0-9a-f]{64})?"
EVERY_CREDENTIAL = {found.name for entry in CATALOGUE.values() for found in entry.credentials} | {"BROKER_TOKEN"}


@pytest.mark.parametrize("type_", CATALOGUE)
@given(data=st.data())
# Without shrinking, which takes minutes: the integrations are small anyway.
@settings(max_examples=20, phases=[Phase.generate])
def test_whatever_validates_can_run(type_: str, data: st.DataObject) -> None:
    asked = data.draw(integrations(type_))
    loaded = load("snyk-broker", "test", configuration({"integrations": {"it": asked}}), ())
    spec = client_spec(loaded.integrations["it"])
    container = client(spec, loaded.endpoints)
    environment = dict(container.environment)
    assert yaml.safe_load(yaml.safe_dump(environment)) == environment
    assert all(re.fullmatch(NAME, name) for name in (*environment, *container.secrets))
    assert not environment.keys() & {*container.secrets, *EVERY_CREDENTIAL}
    assert {credential.name for credential in credentials(type_, spec.fields)} <= set(container.secrets)
    assert re.fullmatch(IMAGE, container.image)
    for reached in egress(spec, loaded.endpoints):
        assert re.fullmatch(HOST, reached.host)
        assert 1 <= reached.port <= 65535
