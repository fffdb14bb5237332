import pytest

from ecs.deployed import Deployed, shortfall, trouble

FAMILY = "arn:aws:ecs:eu-west-3:210987654321:task-definition/broker_eu_one"


def service(revision: int = 12, *, desired: int = 3, running: int = 3, pending: int = 0) -> Deployed:
    return Deployed(f"{FAMILY}:{revision}", desired, running, pending)


def wrong(found: Deployed) -> str | None:
    return trouble(found, registered=f"{FAMILY}:12")


def test_what_runs_as_registered_is_no_trouble() -> None:
    assert wrong(service()) is None
    assert wrong(service(desired=0, running=0)) is None


def test_another_revision_is_told_with_both_numbers() -> None:
    said = wrong(service(11))
    assert said
    assert "back to revision 11" in said
    assert "revision 12 did not" in said


def test_nothing_that_runs_is_told_with_what_becomes_of_it() -> None:
    given_up, starting = wrong(service(running=0)), wrong(service(running=0, pending=2))
    assert given_up
    assert "none of 3 tasks runs" in given_up
    assert "does not try again" in given_up
    assert starting == "none of 3 tasks runs yet: 2 are starting"


@pytest.mark.parametrize("running", [1, 2])
def test_some_that_run_are_a_shortfall_and_no_trouble(running: int) -> None:
    found = service(running=running)
    assert wrong(found) is None
    assert shortfall(found) == f"{running} of 3 tasks run"


def test_all_that_run_are_no_shortfall() -> None:
    assert shortfall(service()) is None
    assert shortfall(service(running=4)) is None  # while one takes over from another
