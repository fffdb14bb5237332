"""What a command shows that ends by an error of ours."""

import subprocess
import sys
from pathlib import Path

from tests.ops.conftest import stack_file
from tests.stack_files import ROOT

# Runs the commands after a defect was put into one: the text of the file is among its local variables.
DEFECTIVE = """
import runpy, settings.yaml_file
def load(text):
    raise RuntimeError("a defect")
settings.yaml_file.load = load
runpy.run_module("ops", run_name="__main__")
"""


def test_a_crash_shows_where_it_was_and_no_value(tmp_path: Path) -> None:
    file = stack_file(tmp_path, {"canary": {"type": "github-com"}})
    done = subprocess.run(
        [sys.executable, "-c", DEFECTIVE, "check", str(file)],
        cwd=ROOT,
        env={"HOME": str(tmp_path), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    # Python's own traceback, which knows no local variables, and not one that is drawn.
    assert done.stderr.startswith("Traceback (most recent call last):\n")
    assert done.stderr.endswith("RuntimeError: a defect\n")
    assert "canary" not in done.stderr
