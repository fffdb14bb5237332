"""The arithmetic of a rollout, walked through as ECS walks it."""

import pytest

from broker.rollout import MAX_CLIENTS, rollout

REPLICAS = range(1, MAX_CLIENTS + 1)


def bounds(replicas: int) -> tuple[int, int]:
    """The fewest and the most running clients, in ECS's words: the minimum is rounded up, the maximum down."""
    percent = rollout(replicas)
    return -(-replicas * percent.minimum_percent // 100), replicas * percent.maximum_percent // 100


@pytest.mark.parametrize("replicas", REPLICAS)
def test_clients_never_take_more_slots_than_snyk_gives(replicas: int) -> None:
    _, most = bounds(replicas)
    assert most <= MAX_CLIENTS


@pytest.mark.parametrize("replicas", REPLICAS)
def test_a_rollout_can_always_take_a_step(replicas: int) -> None:
    fewest, most = bounds(replicas)
    assert fewest < replicas or most > replicas


@pytest.mark.parametrize("replicas", REPLICAS)
def test_a_rollout_always_ends_and_a_client_always_runs(replicas: int) -> None:
    fewest, most = bounds(replicas)
    old, new = replicas, 0
    for _ in range(2 * replicas):
        if old + new < most and new < replicas:
            new += 1
        elif old and old + new > fewest:
            old -= 1
        assert old + new >= max(1, fewest)
    assert (old, new) == (0, replicas)


@pytest.mark.parametrize("replicas", [2, 3])
def test_a_slot_is_left_for_a_client_that_has_just_stopped(replicas: int) -> None:
    _, most = bounds(replicas)
    assert most + 1 <= MAX_CLIENTS


@pytest.mark.parametrize("replicas", [0, MAX_CLIENTS + 1])
def test_other_numbers_have_no_rollout(replicas: int) -> None:
    with pytest.raises(KeyError):
        rollout(replicas)
