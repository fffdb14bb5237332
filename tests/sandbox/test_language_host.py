"""Programs run by the real engine through the sandbox's language host."""

import os
from pathlib import Path

import pytest

from tests.checkout import Checkout


class Project:
    """A small project of its own beside the real one."""

    def __init__(self, checkout: Checkout, folder: Path) -> None:
        self._checkout, self._folder = checkout, folder
        (folder / "beside.py").write_text("VALUE = 7")
        self.write_options()
        self.pulumi("stack", "init", "sandbox")

    def write_options(self, options: str = "{}") -> None:
        runtime = f"{{name: python, options: {options}}}"
        (self._folder / "Pulumi.yaml").write_text(f"name: small\nruntime: {runtime}\n", encoding="utf-8")

    def pulumi(self, *arguments: str, code: int = 0, **variables: str) -> str:
        done = self._checkout.sandbox("pulumi", "--", "-C", str(self._folder), *arguments, code=code, **variables)
        return done.stdout + done.stderr

    def preview(self, program: str, code: int = 0, **variables: str) -> str:
        (self._folder / "__main__.py").write_text(program, encoding="utf-8")
        return self.pulumi("preview", code=code, **variables)


@pytest.fixture(scope="module")
def small(checkout: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(checkout, tmp_path_factory.mktemp("small"))


@pytest.fixture
def project(small: Project) -> Project:
    small.write_options()
    return small


def test_a_program_gets_its_config_its_names_and_its_folder(project: Project) -> None:
    project.pulumi("config", "set", "greeting", "hello")
    project.pulumi("config", "set", "--secret", "word", "hidden")
    shown = project.preview("""
import pulumi, beside
config = pulumi.Config()
pulumi.log.info(f"{config.require('greeting')} {pulumi.get_project()}/{pulumi.get_stack()} {beside.VALUE}")
pulumi.export("word", config.require_secret("word"))
""")
    assert "hello small/sandbox 7" in shown
    assert "[secret]" in shown
    assert "hidden" not in shown


def test_a_run_error_is_one_line(project: Project) -> None:
    shown = project.preview("import pulumi\nraise pulumi.RunError('the stack file is wrong')", code=1)
    assert shown.partition("Diagnostics:")[2].count("the stack file is wrong") == 1
    assert "Traceback" not in shown


def test_an_exception_shows_where_it_was_raised(project: Project) -> None:
    shown = project.preview("def fails():\n    raise ValueError('nobody expected this')\nfails()", code=1)
    assert "ValueError: nobody expected this" in shown
    assert "in fails" in shown


def test_a_program_that_leaves_by_itself_fails(project: Project) -> None:
    assert "the program exited with code 3" in project.preview("raise SystemExit(3)", code=1)


def test_a_program_that_is_killed_fails(project: Project) -> None:
    assert "the program was ended by signal 9" in project.preview("import os\nos.kill(os.getpid(), 9)", code=1)


def test_a_missing_virtual_environment_is_named(project: Project, tmp_path: Path) -> None:
    project.write_options(f"{{virtualenv: {tmp_path}/gone}}")
    assert f"the virtual environment has no {tmp_path}/gone/bin/python" in project.preview("", code=1)


def test_plugins_on_path_are_not_taken(project: Project, tmp_path: Path) -> None:
    other = tmp_path / "bin" / "pulumi-language-python"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\nexit 1\n")
    other.chmod(0o755)
    shown = project.preview("", PATH=f"{other.parent}:{os.environ['PATH']}")
    assert "warning" not in shown


def test_the_sandbox_adds_nothing_to_the_programs_path(project: Project, checkout: Checkout) -> None:
    shown = project.preview("import sys, pulumi\npulumi.log.info(f'path {sys.path}')")
    assert "path [" in shown
    assert f"'{checkout.root}'" not in shown
    assert f"'{checkout.root}/sandbox'" not in shown
