"""python -m sandbox.providers.aws ENGINE_ADDRESS."""

from sandbox.providers.aws.provider import AwsProvider
from sandbox.providers.base.process import serve

serve(AwsProvider())
