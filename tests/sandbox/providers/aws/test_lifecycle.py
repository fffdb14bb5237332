"""Every resource type, through its whole life on a real Moto."""

from typing import Any

import pytest

from sandbox.providers.aws.types import TABLES
from sandbox.providers.base import sdk
from sandbox.providers.base.types import conform
from sandbox.providers.base.wire import UNKNOWN, Properties, has_unknown
from tests.sandbox.providers.aws.cases import CASES, Case, World
from tests.sandbox.providers.driver import Driver, Made, kinds

each_type = pytest.mark.parametrize("case", CASES, ids=str)


def changed(inputs: Properties, change: Properties) -> Properties:
    return {name: value for name, value in {**inputs, **change}.items() if value is not None}


def _given(inputs: Properties) -> Properties:
    return {name: value for name, value in inputs.items() if name != "__defaults"}


def _is_gone(case: Case, found: Made | None) -> bool:
    if case.absent is None or found is None:
        return found is None
    return {name: found.state.get(name) for name in case.absent} == case.absent


def test_every_type_has_a_case() -> None:
    assert {case.token for case in CASES} == set(TABLES)


@each_type
def test_create_read_update_replace_delete(case: Case, aws: Driver, world: World) -> None:
    inputs = case.inputs(world)
    outputs = sdk.resource(case.token).outputs
    planned = aws.preview(case.token, aws.checked(case.token, inputs))
    assert planned == {**dict.fromkeys(outputs, UNKNOWN), **_given(aws.checked(case.token, inputs))}

    made = aws.create(case.token, inputs)
    assert made.id
    assert not has_unknown(made.state)
    for name, value in made.state.items():
        assert conform(outputs[name], value, name) == value
    assert {name: made.state[name] for name in inputs} == inputs
    assert kinds(aws.diff(made, inputs)) == {}

    found = aws.read(made)
    assert found is not None
    assert (found.id, found.inputs, found.state) == (made.id, made.inputs, made.state)

    if case.change:
        wanted = changed(inputs, case.change(world))
        difference = aws.diff(made, wanted)
        assert difference.diffs
        assert not difference.replaces
        planned = aws.update(made, wanted, preview=True).state
        outputs_only = set(made.state) - set(made.inputs)
        made = aws.update(made, wanted)
        assert outputs_only <= set(made.state)
        assert {name: made.state.get(name) for name in wanted} == wanted
        assert {name: planned.get(name) for name in wanted} == wanted
        found = aws.read(made)
        assert found is not None
        assert found.inputs == made.inputs
        assert kinds(aws.diff(found, wanted)) == {}
        made, inputs = found, wanted

    replacing = case.replace(world)
    if replacing:
        difference = aws.diff(made, changed(inputs, replacing))
        assert set(replacing) <= set(difference.replaces)

    aws.delete(made)
    assert _is_gone(case, aws.read(made))
    aws.delete(made)  # deleting what is gone is no error


@each_type
def test_import_finds_all_inputs_by_the_id_alone(case: Case, aws: Driver, world: World) -> None:
    inputs = case.inputs(world)
    made = aws.create(case.token, inputs)
    found = aws.import_(case.token, case.import_id(made))
    assert found is not None
    assert found.id == made.id
    provider_only = TABLES[case.token].provider_only
    unknowable = {"forceNewDeployment", *provider_only}
    assert kinds(aws.diff(found, {**inputs, **{n: found.inputs[n] for n in unknowable & set(found.inputs)}})) in (
        {},
        {"forceNewDeployment": "ADD"},
    )
    aws.delete(made)
    assert _is_gone(case, aws.import_(case.token, case.import_id(made)))


@pytest.mark.parametrize("case", [case for case in CASES if case.drift], ids=str)
def test_drift_shows_in_a_refresh_and_an_update_repairs_it(case: Case, aws: Driver, world: World, clients: Any) -> None:
    assert case.drift
    property_, change_behind_its_back = case.drift
    inputs = case.inputs(world)
    made = aws.create(case.token, inputs)
    change_behind_its_back(clients, made)

    drifted = aws.read(made)
    assert drifted is not None
    assert drifted.inputs.get(property_) != made.inputs.get(property_)
    assert any(where.startswith(property_) for where in kinds(aws.diff(drifted, inputs)))

    repaired = aws.update(drifted, inputs)
    found = aws.read(repaired)
    assert found is not None
    assert found.inputs == made.inputs
    aws.delete(found)
