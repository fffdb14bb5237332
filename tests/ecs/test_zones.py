import pytest

from ecs.zones import has_fargate


@pytest.mark.parametrize("zone", ["apne1-az3", "usw1-az2", "cnn1-az3", "cnn1-az4"])
def test_zones_in_which_fargate_is_not(zone: str) -> None:
    assert not has_fargate(zone)


@pytest.mark.parametrize(
    "zone", ["apne1-az1", "apne1-az4", "usw1-az3", "cnn1-az2", "usw2-az2", "apne2-az3", "use1-az6"]
)
def test_all_others_have_it(zone: str) -> None:
    assert has_fargate(zone)
