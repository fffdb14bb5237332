"""python -m sandbox.providers.scaffold: what it takes to add a resource type."""

from sandbox.providers.scaffold.cli import app

app(prog_name="python -m sandbox.providers.scaffold")
