"""Every mistake of the corpus gets its own problem, whose fix mends it, and what is unwise its own warning."""

from pathlib import Path

import pytest

from settings import SettingsError, load, read
from settings.problems import Problem
from tests.settings.corpus import UNWISE, WRONG, header
from tests.settings.snippets import at_path, fixed, put, taken_out
from tests.stack_files import config_of, handed_over


def problems_of(file: Path) -> tuple[Problem, ...]:
    with pytest.raises(SettingsError) as refused:
        read(file)
    return refused.value.problems


@pytest.mark.parametrize("file", WRONG, ids=lambda file: file.stem)
def test_a_mistake_is_one_problem_with_path_words_and_a_fix_that_mends_it(file: Path) -> None:
    problems, expected = problems_of(file), header(file).expected
    assert [".".join(map(str, problem.path)) for problem in problems] == [mistake.path for mistake in expected]
    config = config_of(file)
    for problem, mistake in zip(problems, expected, strict=True):
        assert mistake.words in problem.what
        top, *below = problem.path
        place = (f"snyk-broker:{top}", *below)
        if mistake.taken_out:
            assert problem.fix is None
            config = taken_out(config, place)
        else:
            assert at_path(fixed(problem), problem) == problem.fix
            config = put(config, place, problem.fix)
    assert load("snyk-broker", "test", handed_over(config), ()).integrations


def test_ten_mistakes_are_ten_problems_in_one_message() -> None:
    file = next(file for file in WRONG if file.stem == "ten-mistakes")
    with pytest.raises(SettingsError) as refused:
        read(file)
    message = str(refused.value)
    assert message.startswith(f"{file} has 10 problems; nothing was changed.")
    for number, problem in enumerate(refused.value.problems, start=1):
        assert f"\n  {number}. {problem.text('snyk-broker')}" in message


@pytest.mark.parametrize("file", UNWISE, ids=lambda file: file.stem)
def test_what_works_and_is_unwise_is_one_warning(file: Path) -> None:
    [expected] = header(file).expected
    [warning] = read(file).warnings
    assert warning.startswith(f"{expected.path}: ")
    assert expected.words in warning
