"""python -m sandbox.providers.random ENGINE_ADDRESS."""

from sandbox.providers.base.process import serve
from sandbox.providers.random.provider import RandomProvider

serve(RandomProvider())
